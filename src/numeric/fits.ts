/** Fits of measurements that carry standard errors, and confidence intervals. */

import { at } from './arrays.ts';
import { badLevel, notPositive, sizeMismatch, tooFewValues } from './errors.ts';
import { studentQuantile } from './studentLaw.ts';

/** A straight line y = intercept + slope · x through points with known standard errors. */
export interface WeightedLinearFit {
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the slope that follows from those of the points. */
  readonly slopeStandardError: number;
  /** Standard error of the intercept that follows from those of the points. */
  readonly interceptStandardError: number;
  /** Σ (residual / standard error)², chi-square distributed if the points lie on a line but for normal errors. */
  readonly chiSquare: number;
  /** n − 2. */
  readonly degreesOfFreedom: number;
}

/** A range of values. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The line that minimizes Σ ((y_i − intercept − slope · x_i) / e_i)² for independent errors of standard deviation e_i;
 * x, y and the errors are [points].
 *
 * Throws {@link InvariantError} for fewer than two points, for arrays of different length, where all x are one, and for
 * an error that is not positive.
 */
export function weightedLinearFit(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  standardErrors: ArrayLike<number>,
): WeightedLinearFit {
  const count = x.length;
  if (y.length !== count) throw sizeMismatch('weightedLinearFit', `${y.length} values of y`, `${count}`);
  if (standardErrors.length !== count) {
    throw sizeMismatch('weightedLinearFit', `${standardErrors.length} standard errors`, `${count}`);
  }
  if (count < 2) throw tooFewValues('weightedLinearFit', count, 2);
  const weights = Float64Array.from(standardErrors, (error, index) => {
    if (!(error > 0 && error < Number.POSITIVE_INFINITY)) throw notPositive('weightedLinearFit', index, error);
    return 1 / (error * error);
  });
  const sum = (term: (index: number) => number) =>
    weights.reduce((total, weight, index) => total + weight * term(index), 0);
  const total = sum(() => 1);
  const centerX = sum((index) => at(x, index)) / total;
  const centerY = sum((index) => at(y, index)) / total;
  const spread = sum((index) => (at(x, index) - centerX) ** 2);
  if (!(spread > 0)) throw tooFewValues('weightedLinearFit, different x', 1, 2);
  const slope = sum((index) => (at(x, index) - centerX) * (at(y, index) - centerY)) / spread;
  return {
    slope,
    intercept: centerY - slope * centerX,
    slopeStandardError: 1 / Math.sqrt(spread),
    interceptStandardError: Math.sqrt(1 / total + (centerX * centerX) / spread),
    chiSquare: sum((index) => (at(y, index) - centerY - slope * (at(x, index) - centerX)) ** 2),
    degreesOfFreedom: count - 2,
  };
}

/**
 * The interval that contains the true value with probability `level`, estimate ± t · standard error.
 *
 * Throws {@link InvariantError} where `level` is not between 0 and 1.
 *
 * @param degreesOfFreedom Those of the standard error: one less than the values of which the estimate is the mean, two
 *   less than the points of a line; Infinity, the normal law, where the standard error is known.
 */
export function confidenceInterval(
  estimate: number,
  standardError: number,
  level: number,
  degreesOfFreedom = Number.POSITIVE_INFINITY,
): Interval {
  if (!(level > 0 && level < 1)) throw badLevel('confidenceInterval', level);
  const reach = -studentQuantile((1 - level) / 2, degreesOfFreedom) * standardError;
  return { low: estimate - reach, high: estimate + reach };
}
