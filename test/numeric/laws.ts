/** Bounds for tests of random laws: each holds with at least the stated probability, for every sample size. */

import { normalQuantile } from '../../src/numeric/normalQuantile.ts';

/**
 * Probability that a correct generator fails any of a file's checks, if its seeds were drawn anew. Divided among them
 * (Bonferroni); the seeds are fixed, so a passing test keeps passing.
 */
export const FAMILY_LEVEL = 1e-6;

/** Bound on the Kolmogorov distance of `count` draws to their law: Dvoretzky–Kiefer–Wolfowitz with Massart's constant. */
export function kolmogorovBound(count: number, level: number): number {
  return Math.sqrt(-Math.log(level / 2) / (2 * count));
}

/** The largest distance between the empirical distribution of `values` and a continuous distribution function. */
export function kolmogorovDistance(values: Float64Array, distribution: (x: number) => number): number {
  let distance = 0;
  values.toSorted().forEach((value, index) => {
    const expected = distribution(value);
    distance = Math.max(distance, expected - index / values.length, (index + 1) / values.length - expected);
  });
  return distance;
}

/** Bound on |sample mean − mean| of many draws with this variance, by the normal approximation. */
export function meanBound(count: number, variance: number, level: number): number {
  return -normalQuantile(level / 2) * Math.sqrt(variance / count);
}

/** Pearson's statistic of counts that should be equal. */
export function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Bound on a chi-square variable (Laurent and Massart, Annals of Statistics 28, 2000, lemma 1). */
export function chiSquareBound(degrees: number, level: number): number {
  const exponent = -Math.log(level);
  return degrees + 2 * Math.sqrt(degrees * exponent) + 2 * exponent;
}
