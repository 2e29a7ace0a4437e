/**
 * Quantiles of the chi-square law, by the incomplete gamma function of a = ν/2 at x/2.
 *
 * Source: NIST Digital Library of Mathematical Functions, 8.11.4 (series of P) and 8.9.2 (continued fraction of Q).
 */

import { badDegrees } from './errors.ts';
import { poissonWeight } from './gammaFunction.ts';
import { invertRising } from './invert.ts';

/** A step this close to 1 ends a continued fraction: a little more than the rounding of its two factors. */
const CONVERGED = 4 * Number.EPSILON;

/**
 * The x with P(X ≤ x) = `probability` under the chi-square law, to about 1e-12 relative.
 *
 * NaN for a probability outside [0, 1].
 *
 * @param degrees Degrees of freedom ν ≥ 1, not necessarily an integer.
 * @throws InvariantError `numeric.badDegrees`.
 */
export function chiSquareQuantile(probability: number, degrees: number): number {
  if (!(degrees >= 1 && degrees < Number.POSITIVE_INFINITY)) throw badDegrees('chiSquareQuantile', degrees, 1);
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  if (probability === 0) return 0;
  if (probability === 1) return Number.POSITIVE_INFINITY;
  const a = degrees / 2;
  const half =
    probability < 0.5
      ? invertRising((x) => lowerMass(a, x) - probability, a)
      : invertRising((x) => 1 - probability - upperMass(a, x), a);
  return 2 * half;
}

/** P(a, x), the mass below x. */
function lowerMass(a: number, x: number): number {
  if (x >= a + 1) return 1 - upperMass(a, x);
  let term = 1;
  let series = 1;
  for (let k = 1; term > series * Number.EPSILON; k++) {
    term *= x / (a + k);
    series += term;
  }
  return poissonWeight(a, x) * series;
}

/** Q(a, x), the mass above x. */
function upperMass(a: number, x: number): number {
  if (x < a + 1) return 1 - lowerMass(a, x);
  if (x === Number.POSITIVE_INFINITY) return 0;
  let constant = x + 1 - a;
  let numerator = constant;
  let denominator = 0;
  let value = constant;
  for (let k = 1; ; k++) {
    constant += 2;
    numerator = constant - (k * (k - a)) / numerator;
    denominator = 1 / (constant - k * (k - a) * denominator);
    value *= numerator * denominator;
    if (Math.abs(numerator * denominator - 1) < CONVERGED) return (poissonWeight(a, x) * a) / value;
  }
}
