import { at } from './arrays.ts';
import { sizeMismatch, tooFewValues } from './errors.ts';

/** A straight line y = intercept + slope · x through points, with what is known about its slope. */
export interface LinearFit {
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the slope for independent errors of equal variance, on n − 2 degrees of freedom. */
  readonly slopeStandardError: number;
  /** √(sum of squared residuals / (n − 2)). */
  readonly residualDeviation: number;
}

/** The arithmetic mean of values [values]; throws InvariantError for no values. */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) throw tooFewValues('mean', 0, 1);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += at(values, index);
  return sum / values.length;
}

/**
 * The sample standard deviation of values [values], with n − 1 in the denominator.
 *
 * `undefined` for fewer than two values: one value says nothing about spread, and 0 would claim that there is none.
 */
export function standardDeviation(values: ArrayLike<number>): number | undefined {
  if (values.length < 2) return undefined;
  const center = mean(values);
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (at(values, index) - center) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/**
 * The least squares line through the points (x_i, y_i), x and y [points].
 *
 * Throws {@link InvariantError} for fewer than three points, for x and y of different length, or where all x are one.
 */
export function linearFit(x: ArrayLike<number>, y: ArrayLike<number>): LinearFit {
  const count = x.length;
  if (y.length !== count) throw sizeMismatch('linearFit', `${y.length} values of y`, `${count}`);
  if (count < 3) throw tooFewValues('linearFit', count, 3);
  const centerX = mean(x);
  const centerY = mean(y);
  let spreadX = 0;
  let product = 0;
  for (let index = 0; index < count; index++) {
    const deviation = at(x, index) - centerX;
    spreadX += deviation * deviation;
    product += deviation * (at(y, index) - centerY);
  }
  if (spreadX === 0) throw tooFewValues('linearFit, different x', 1, 2);
  const slope = product / spreadX;
  let residual = 0;
  for (let index = 0; index < count; index++) {
    residual += (at(y, index) - centerY - slope * (at(x, index) - centerX)) ** 2;
  }
  const residualDeviation = Math.sqrt(residual / (count - 2));
  return {
    slope,
    intercept: centerY - slope * centerX,
    slopeStandardError: residualDeviation / Math.sqrt(spreadX),
    residualDeviation,
  };
}
