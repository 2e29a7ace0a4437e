import { at, permutation } from '../../numeric/index.ts';
import * as errors from './dataErrors.ts';
import { differentTexts, type Example, type Located } from './example.ts';
import type { Fingerprint } from './fingerprint.ts';

/** A few-shot draw: examples to fit on, and others to choose hyperparameters on. */
export interface Draw {
  readonly seed: number;
  readonly train: readonly Example[];
  readonly dev: readonly Example[];
}

/** A draw that was made elsewhere. */
export interface ReadyDraw {
  readonly seed: number;
  readonly train: readonly Located[];
  readonly dev: readonly Located[];
  /** Where it lies, for messages. */
  readonly where: string;
}

/** Draws that were made elsewhere, with the test examples that come with them, if any. */
export interface ReadyDraws {
  readonly draws: readonly ReadyDraw[];
  readonly test?: readonly Located[];
  readonly files: readonly Fingerprint[];
  readonly description: string;
}

/** Seeds of the draws that results are averaged over: LM-BFF's. */
export const DRAW_SEEDS: readonly number[] = [13, 21, 42, 87, 100];

/**
 * Draws k examples per label for train and the next k for dev, without replacement, ordered by label (in the order
 * given), then by draw. A text that stands more than once is drawn once, under the label that it has first. The draw of one
 * label depends neither on the other labels nor, as far as it goes, on k.
 * @throws UserError `lm.bad-shot-count`, `lm.too-few-shots` when a label has fewer than 2k different examples, or that of a
 *   bad seed.
 */
export function drawShots(pool: readonly Example[], labels: readonly string[], k: number, seed: number): Draw {
  checkShots(k);
  const different = differentTexts(pool);
  const byLabel = labels.map((label) => {
    const ofLabel = (example: Example): boolean => example.label === label;
    const examples = different.filter(ofLabel);
    if (examples.length < 2 * k) {
      throw errors.tooFewShots(label, examples.length, k, pool.filter(ofLabel).length - examples.length);
    }
    const order = [...permutation(examples.length, seed, `shots/${label}`)];
    return order.slice(0, 2 * k).map((index) => at(examples, index));
  });
  return {
    seed,
    train: byLabel.flatMap((drawn) => drawn.slice(0, k)),
    dev: byLabel.flatMap((drawn) => drawn.slice(k)),
  };
}

/**
 * Refuses a seed that stands twice: the same draw would count twice in means and deviations.
 * @throws UserError `lm.repeated-seed`.
 */
export function checkSeeds(seeds: readonly number[]): void {
  const again = seeds.find((seed, index) => seeds.indexOf(seed) < index);
  if (again !== undefined) throw errors.repeatedSeed(again);
}

/**
 * Refuses a number of shots that is no positive integer.
 * @throws UserError `lm.bad-shot-count`.
 */
export function checkShots(k: number): void {
  if (!Number.isSafeInteger(k) || k < 1) throw errors.badShotCount(k);
}
