/** Words to take in place of one that is not one token of a vocabulary. */

import { nearNames } from '../../errors/wording/index.ts';

/** Words that say nearly the same, in the senses in which label words are used. */
const LIKE: readonly (readonly string[])[] = [
  ['terrible', 'horrible', 'awful', 'bad', 'poor', 'worst'],
  ['great', 'wonderful', 'excellent', 'good', 'fine', 'best'],
  ['okay', 'ok', 'alright', 'fine', 'average', 'neutral'],
  ['subjective', 'personal', 'opinion', 'private'],
  ['objective', 'factual', 'fact', 'neutral', 'public'],
  ['description', 'definition', 'reason', 'meaning'],
  ['entity', 'thing', 'object', 'item'],
  ['expression', 'abbreviation', 'term', 'word', 'letters'],
  ['human', 'person', 'people', 'man', 'name'],
  ['location', 'place', 'country', 'city'],
  ['number', 'numeric', 'count', 'date'],
  ['world', 'politics', 'global', 'international'],
  ['sports', 'sport', 'football', 'game'],
  ['business', 'economy', 'market', 'money'],
  ['tech', 'technology', 'science', 'computer'],
  ['no', 'false', 'not', 'wrong', 'never'],
  ['yes', 'true', 'right', 'indeed'],
  ['maybe', 'perhaps', 'possibly', 'neither', 'unknown'],
  ['incorrect', 'wrong', 'false', 'bad'],
  ['correct', 'right', 'true', 'good'],
];

/** So many are shown. */
const MOST = 5;

/** A vocabulary, for looking through it. */
interface Vocabulary {
  /** Largest token id + 1. */
  readonly vocabulary: number;
  /** The text of a token in the vocabulary's own spelling. */
  token(id: number): string;
  /** Whether a word is one known token where it stands after a space. */
  isToken(word: string): Promise<boolean>;
}

/** Words that are one token each: of like meaning, then those of the vocabulary whose letters are nearest. */
export async function wordsLike(word: string, vocabulary: Vocabulary): Promise<readonly string[]> {
  if (word.trim() === '') return [];
  const lowered = word.toLowerCase();
  const meant = LIKE.filter((group) => group.includes(lowered)).flat();
  const spelled = word === lowered ? meant : meant.flatMap((other) => [capitalized(other), other]);
  const found: string[] = [];
  const add = async (candidates: readonly string[]): Promise<void> => {
    for (const other of new Set(candidates)) {
      if (found.length === MOST) return;
      if (other !== word && !found.includes(other) && (await vocabulary.isToken(other))) found.push(other);
    }
  };
  await add(spelled);
  if (found.length < MOST) await add(nearNames(word, wordsOfVocabulary(vocabulary), 4 * MOST));
  return found;
}

const capitalized = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

/** Tokens that are whole words: with the mark of a space before them, or, in WordPiece, without the mark of what goes on. */
function wordsOfVocabulary({ vocabulary, token }: Vocabulary): readonly string[] {
  const words = Array.from({ length: vocabulary }, (_, id) => /^[Ġ▁]?((?!Ġ)\p{L}{2,})$/u.exec(token(id))?.[1]);
  return words.filter((word) => word !== undefined);
}
