/** A task for data of one's own: a prompt, and for each label a word that is one token of the model. */

import { familyOf, type LanguageModelConfig } from '../../nets/index.ts';
import { at } from '../../numeric/index.ts';
import type { LabelWord } from '../text/tokenizer.ts';
import { taskFor } from './nextWordPrompts.ts';
import { TASKS, type Task } from './tasks.ts';

/** What the labels are read as. */
export interface GuessedTask {
  readonly task: Pick<Task, 'prompt' | 'labels' | 'pair' | 'drop' | 'lower'>;
  /** How prompt and words were found, and what a person could do better. */
  readonly remarks: readonly string[];
}

export interface GuessOptions {
  /** Names of the labels as the data has them. */
  readonly classes: readonly string[];
  /** Whether an example has two texts. */
  readonly pair: boolean;
  /** The token of a word as it stands after a space; undefined where it is not exactly one. */
  readonly idOf: (word: string) => Promise<number | undefined>;
  /** The model that is asked; by default one that predicts masked words. */
  readonly config?: Pick<LanguageModelConfig, 'family'>;
}

/** Says nothing about the texts: the label comes first, as the name of a section does. The pair's is that of MRPC. */
const PROMPT = '{m}:_{a}';
const PAIR_PROMPT = '{a}{m},_{b}';
/** The same for decoders, of which the label comes last. */
const NEXT_WORD = '{a}_Label:';
const PAIR_NEXT_WORD = '{a}_{b}_Label:';

/** Has the labels of SST-2, whose name says more. */
const EMBEDDED = 'afinn';

/** Stand for labels that no word is found for; each is a token of every usual vocabulary. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Where the labels are those of a task known by name, its prompt and words. Otherwise the words are the labels' names or a
 * part of them, and letters where none of these is one token.
 */
export async function guessTask({ classes, pair, idOf, config }: GuessOptions): Promise<GuessedTask> {
  const found = TASKS.find((task) => task.name !== EMBEDDED && task.pair === pair && sameNames(task, classes));
  if (found !== undefined) {
    const known = config === undefined ? found : taskFor(found, config);
    const labels = known.labels.map(({ name, word }) => ({ name: spelled(classes, name), word }));
    if (await allDifferent(labels, idOf)) {
      const { prompt, drop, lower, name } = known;
      return {
        task: { prompt, labels, pair, drop, lower },
        remarks: [`its labels are those of '${name}': it has the prompt and the words of that`],
      };
    }
  }
  const { labels, remarks } = await wordsOf(inOrder(classes), idOf);
  const decodes = config !== undefined && familyOf(config).predicts === 'the next word';
  const prompt = decodes ? (pair ? PAIR_NEXT_WORD : NEXT_WORD) : pair ? PAIR_PROMPT : PROMPT;
  return { task: { prompt, labels, pair, drop: false, lower: false }, remarks };
}

const lowered = (name: string): string => name.toLowerCase();

function sameNames({ labels }: Task, classes: readonly string[]): boolean {
  return (
    labels.length === classes.length &&
    labels.every(({ name }) => classes.some((one) => lowered(one) === lowered(name)))
  );
}

const spelled = (classes: readonly string[], name: string): string =>
  classes.find((one) => lowered(one) === lowered(name)) ?? name;

async function allDifferent(labels: readonly LabelWord[], idOf: GuessOptions['idOf']): Promise<boolean> {
  const ids: (number | undefined)[] = [];
  for (const { word } of labels) ids.push(await idOf(word));
  return !ids.includes(undefined) && new Set(ids).size === ids.length;
}

/** Numbers by size, other names by their characters: of `no` and `yes`, `0` and `1`, the second is the positive one. */
function inOrder(classes: readonly string[]): readonly string[] {
  const numbers = classes.every((name) => Number.isFinite(Number(name)));
  return classes.toSorted((a, b) => (numbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

async function wordsOf(classes: readonly string[], idOf: GuessOptions['idOf']) {
  const taken = new Set<number>();
  const labels: LabelWord[] = [];
  const lettered: string[] = [];
  // Names that are words themselves go first, lest a part of a longer one takes them.
  const whole = new Map<string, string>();
  for (const name of classes) {
    const word = await firstFree([name, lowered(name)], idOf, taken);
    if (word !== undefined) whole.set(name, word);
  }
  for (const name of classes) {
    const word = whole.get(name) ?? (await firstFree(wordsWithin(name), idOf, taken));
    if (word !== undefined) labels.push({ name, word });
    else {
      const letter = await firstFree([...LETTERS], idOf, taken);
      labels.push({ name, word: letter ?? name });
      lettered.push(name);
    }
  }
  const remarks: string[] = [];
  if (lettered.length > 0) {
    remarks.push(
      `no word of ${lettered.map((name) => `'${name}'`).join(', ')} is one token of the model, so that a letter stands ` +
        'for it; a word that says what it means does better',
    );
  }
  if (classes.some((name) => /^[\d.+-]+$/.test(name))) {
    remarks.push('its labels are numbers, which tell the model nothing; words that say what they mean do better');
  }
  return { labels, remarks };
}

async function firstFree(
  words: readonly string[],
  idOf: GuessOptions['idOf'],
  taken: Set<number>,
): Promise<string | undefined> {
  for (const word of words) {
    const id = await idOf(word);
    if (id === undefined || taken.has(id)) continue;
    taken.add(id);
    return word;
  }
  return undefined;
}

/**
 * The words of a name such as `Sci/Tech`, `not_spam` or `billingIssue`, the longest first, for short ones mean little; then
 * what remains of them without an English ending, `bill` of `billing`.
 */
function wordsWithin(name: string): readonly string[] {
  const parts = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part.length > 1);
  const order = parts.map((_, k) => k).sort((a, b) => at(parts, b).length - at(parts, a).length || a - b);
  const words = order.flatMap((k) => [at(parts, k), lowered(at(parts, k))]);
  const stems = words.map((word) => word.replace(/(ing|ings|ed|er|ers|es|s|ly|al)$/, ''));
  return [...words, ...stems.filter((stem) => stem.length > 2)];
}
