import { at, permutation } from '../../numeric/index.ts';
import * as errors from './dataErrors.ts';
import type { Example, Located } from './example.ts';
import type { Fingerprint } from './runData.ts';

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
 * given), then by draw. The draw of one label depends neither on the other labels nor, as far as it goes, on k.
 * @throws UserError `lm.bad-shot-count`, `lm.too-few-shots` when a label has fewer than 2k examples, or that of a bad seed.
 */
export function drawShots(pool: readonly Example[], labels: readonly string[], k: number, seed: number): Draw {
  checkShots(k);
  const byLabel = labels.map((label) => {
    const examples = pool.filter((example) => example.label === label);
    if (examples.length < 2 * k) throw errors.tooFewShots(label, examples.length, k);
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
 * Refuses a number of shots that is no positive integer.
 * @throws UserError `lm.bad-shot-count`.
 */
export function checkShots(k: number): void {
  if (!Number.isSafeInteger(k) || k < 1) throw errors.badShotCount(k);
}
