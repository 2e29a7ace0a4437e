/** Whether two methods differ by more than the draws of training examples explain. */

import { at, mean, standardDeviation, studentQuantile } from '../../numeric/index.ts';

/** The difference of two methods' scores over the same draws. */
export interface PairedDifference {
  /** First less second. */
  readonly mean: number;
  /**
   * Student's interval for the mean over draws, paired; absent with fewer than two draws. Where all differences are equal
   * it has no length.
   */
  readonly interval?: readonly [number, number];
}

/**
 * The paired difference of scores, each by draw, or one value that all draws share. `level` is the probability with which
 * the interval covers the mean over all draws, were differences normal; the choice of the test examples is not in it.
 */
export function pairedDifference(first: readonly number[], second: readonly number[], level: number): PairedDifference {
  const draws = Math.max(first.length, second.length);
  const of = (values: readonly number[], draw: number): number => at(values, values.length === 1 ? 0 : draw);
  const differences = Array.from({ length: draws }, (_, draw) => of(first, draw) - of(second, draw));
  const center = mean(differences);
  const deviation = standardDeviation(differences);
  if (deviation === undefined) return { mean: center };
  const reach = (studentQuantile(0.5 + level / 2, draws - 1) * deviation) / Math.sqrt(draws);
  return { mean: center, interval: [center - reach, center + reach] };
}
