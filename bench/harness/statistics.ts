/** Medians with their intervals, and what they say about a bound. */

import { at } from '../../src/numeric/index.ts';

/** A median with an interval that holds the true one with at least the stated probability. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Probability that the interval covers the median of the law behind the values. */
  readonly coverage: number;
}

/** `open`: the interval reaches over the bound. */
export type Verdict = 'met' | 'missed' | 'open';

const LEVEL = 0.95;

/**
 * The median and its interval between order statistics, which assumes nothing about the law of the values but that they
 * are independent: [x₍ₖ₎, x₍ₙ₊₁₋ₖ₎] covers with probability 1 − 2 P(Bin(n, ½) < k) (David and Nagaraja, Order
 * Statistics, 2003, §7.1). The tightest one of at least 95 %; the range of all values where none is, with its coverage.
 */
export function medianInterval(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  let coverage = 1 - 2 ** (1 - count);
  let k = 1;
  for (let tail = 2 ** -count, choose = 1; ; k++) {
    choose *= (count - k + 1) / k;
    tail += choose * 2 ** -count;
    if (1 - 2 * tail < LEVEL) break;
    coverage = 1 - 2 * tail;
  }
  return { median: median(sorted), low: at(sorted, k - 1), high: at(sorted, count - k), coverage };
}

function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return (at(sorted, Math.floor(middle)) + at(sorted, Math.ceil(middle))) / 2;
}

/** Whether a quantity is at most a bound, as far as its interval tells. */
export function atMost(bound: number, { low, high }: Pick<Estimate, 'low' | 'high'>): Verdict {
  if (high <= bound) return 'met';
  return low > bound ? 'missed' : 'open';
}

/** ‖actual − expected‖ / ‖expected‖ of lists of one length; NaN where lengths differ, so that no comparison holds. */
export function relativeDifference(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.NaN;
  const square = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(square(expected.map((value, k) => value - at(actual, k))) / square(expected));
}
