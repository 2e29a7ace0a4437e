import { permutation } from '../numeric/random.ts';
import type { Example } from './data.ts';
import * as errors from './errors.ts';

/** A few-shot draw: examples to fit on, and as many to choose hyperparameters on. */
export interface Draw {
  readonly train: readonly Example[];
  readonly dev: readonly Example[];
}

/** Seeds of the draws that results are averaged over: LM-BFF's. */
export const DRAW_SEEDS: readonly number[] = [13, 21, 42, 87, 100];

/**
 * Draws k examples per label for train and the next k for dev, without replacement, ordered by label (in the order
 * given), then by draw. The draw of one label depends neither on the other labels nor, as far as it goes, on k.
 * @throws UserError `lm.bad-shot-count`, `lm.too-few-shots` when a label has fewer than 2k examples, or that of a bad seed.
 */
export function drawShots(pool: readonly Example[], labels: readonly string[], k: number, seed: number): Draw {
  if (!Number.isSafeInteger(k) || k < 1) throw errors.badShotCount(k);
  const byLabel = labels.map((label) => {
    const examples = pool.filter((example) => example.label === label);
    if (examples.length < 2 * k) throw errors.tooFewShots(label, examples.length, k);
    const order = [...permutation(examples.length, seed, `shots/${label}`)];
    return order.slice(0, 2 * k).flatMap((index) => examples[index] ?? []);
  });
  return { train: byLabel.flatMap((drawn) => drawn.slice(0, k)), dev: byLabel.flatMap((drawn) => drawn.slice(k)) };
}
