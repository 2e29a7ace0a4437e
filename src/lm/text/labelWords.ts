/** Words that stand for labels, as tokens of a vocabulary where they stand in a prompt. */

import * as errors from '../errors.ts';
import { wordsLike } from './wordsLike.ts';

/** A word in a vocabulary. */
export interface WordTokens {
  readonly ids: readonly number[];
  /** Where it is one known token. */
  readonly id?: number;
}

/** Looks up words at one place of prompts. */
export interface LabelWords {
  /** The tokens of a word as it stands there. */
  wordTokens(word: string): Promise<WordTokens>;
  /** Words in place of one that is not one known token, which are: of like meaning, then of like letters. */
  wordsLike(word: string): Promise<readonly string[]>;
  /**
   * The id of a label word as it stands there; `label` is for the message.
   * @throws UserError `lm.bad-label-word` when the word is not one known token.
   */
  labelWordId(word: string, label: string): Promise<number>;
}

/** A vocabulary, and how words become its tokens at a place. */
export interface WordPlace {
  /** Largest token id + 1. */
  readonly vocabulary: number;
  /** The id of the token for what the vocabulary cannot spell. */
  readonly unknown: number | undefined;
  /** The text of a token in the vocabulary's own spelling. */
  token(id: number): string;
  /** The ids of a word at the place. */
  idsOf(word: string): Promise<readonly number[]>;
}

/** The words of a place. */
export function labelWords({ vocabulary, unknown, token, idsOf }: WordPlace): LabelWords {
  const wordTokens = async (word: string): Promise<WordTokens> => {
    const ids = await idsOf(word);
    const [id, ...more] = ids;
    return id === undefined || more.length > 0 || id === unknown ? { ids } : { ids, id };
  };
  const isToken = async (word: string): Promise<boolean> => (await wordTokens(word)).id !== undefined;
  const alike = (word: string): Promise<readonly string[]> => wordsLike(word, { vocabulary, token, isToken });
  return {
    wordTokens,
    wordsLike: alike,
    labelWordId: async (word, label) => {
      const { ids, id } = await wordTokens(word);
      if (id !== undefined) return id;
      throw errors.badLabelWord(word, ids.map(token), label, ids.includes(unknown ?? -1), await alike(word));
    },
  };
}
