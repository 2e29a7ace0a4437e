/**
 * Whether a measured exponent is what is expected, is not, or has been seen too little of to say.
 *
 * A mistake in a parametrization moves an exponent by a half at least. What agrees must be known well enough to tell it
 * from that; what does not must be off by more than corrections of lower order and the errors of the fit account for.
 */

import { studentQuantile } from '../../numeric/index.ts';
import type { Expected } from './predict.ts';
import type { Judgement } from './result.ts';

/** A fitted exponent: absent where the size is 0, +∞ where it is no number any more. */
export interface Estimate {
  readonly exponent?: number;
  readonly standardError?: number;
  /** Degrees of freedom of the standard error. Default: it is known. */
  readonly degrees?: number;
}

/** What corrections of lower order make of an exponent at usual widths. */
const BAND = 0.2;
/** The smallest mistake. */
const SMALLEST = 0.5;
/**
 * How likely an interval misses the true exponent: three standard errors of a normal law where somebody is accused, for a
 * check looks at dozens of exponents; two where nobody is.
 */
const [ACCUSED, USUAL] = [0.0027, 0.05];

/** Half the length of the interval around an estimate that misses the truth with this probability. */
function reach({ standardError = 0, degrees = Number.POSITIVE_INFINITY }: Estimate, missed: number): number {
  return -studentQuantile(missed / 2, degrees) * standardError;
}

/** The interval of an exponent at 95 %. */
export function intervalOf(estimate: Estimate): readonly [number, number] | undefined {
  const { exponent } = estimate;
  if (exponent === undefined || !Number.isFinite(exponent)) return undefined;
  const half = reach(estimate, USUAL);
  return [exponent - half, exponent + half];
}

/** Whether an exponent contradicts what is expected. */
export function differs(estimate: Estimate, expected: Expected): boolean {
  const { exponent } = estimate;
  // Nothing is smaller than 0.
  if (exponent === undefined) return expected.exponent !== undefined && !expected.atMost;
  if (expected.exponent === undefined) return true;
  if (exponent === Number.POSITIVE_INFINITY) return true;
  const band = BAND + reach(estimate, ACCUSED);
  const above = exponent - expected.exponent;
  return above > band || (!expected.atMost && above < -band);
}

/** Whether a size grows with the width beyond doubt. */
export function growsSurely(estimate: Estimate): boolean {
  const { exponent } = estimate;
  if (exponent === undefined) return false;
  return exponent === Number.POSITIVE_INFINITY || exponent > reach(estimate, ACCUSED);
}

/** What a measurement says of what is expected. */
export function judge(estimate: Estimate, expected: Expected): Judgement {
  const { exponent } = estimate;
  if (differs(estimate, expected)) return 'differs';
  if (exponent === undefined || expected.exponent === undefined) return 'agrees';
  const above = exponent - expected.exponent;
  const off = (expected.atMost ? above : Math.abs(above)) + reach(estimate, USUAL);
  // Growth that is expected is a finding, which needs as much certainty as any other.
  const grows = expected.atMost || expected.exponent <= 0 || growsSurely(estimate);
  return off < SMALLEST && grows ? 'agrees' : 'unclear';
}
