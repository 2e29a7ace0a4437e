/**
 * Quantiles of Student's law, by its distribution function as an incomplete beta function.
 *
 * With r = t/√ν, x = 1/(1 + r²): P(T > t) = ½ I_x(ν/2, ½) and P(0 < T < t) = ½ I_(1−x)(½, ν/2). Source: NIST Digital
 * Library of Mathematical Functions, 8.17.22, the continued fraction of I_x(a, b), evaluated by the rule of Lentz.
 */

import { badDegrees } from './errors.ts';
import { gammaHalfStep } from './gammaFunction.ts';
import { invertRising } from './invert.ts';
import { normalQuantile } from './normalQuantile.ts';

/** Below this mass the tail is inverted, above it the center: each where it converges fast and nothing cancels. */
const TAIL_MASS = 0.05;

/** From here on the normal law with three corrections errs by less than 1e-12. */
const ALMOST_NORMAL = 1e5;

/** A step this close to 1 ends a continued fraction: a little more than the rounding of its two factors. */
const CONVERGED = 4 * Number.EPSILON;

/**
 * The t with P(T ≤ t) = `probability` under Student's law, to about 2e-12 relative.
 *
 * −∞ at 0, ∞ at 1, NaN outside [0, 1], as the normal quantile.
 *
 * @param degrees Degrees of freedom ν ≥ 1, not necessarily an integer; Infinity is the normal law.
 * @throws InvariantError `numeric.badDegrees`.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (!(degrees >= 1)) throw badDegrees('studentQuantile', degrees, 1);
  if (!(probability > 0 && probability < 1)) return normalQuantile(probability);
  if (degrees >= ALMOST_NORMAL) return corrected(normalQuantile(probability), degrees);
  const lower = probability < 0.5;
  const mass = lower ? probability : 1 - probability;
  const half = Math.abs(probability - 0.5);
  const magnitude =
    mass < TAIL_MASS
      ? invertRising((t) => mass - studentTail(t, degrees), 1)
      : invertRising((t) => studentCenter(t, degrees) - half, 1);
  return lower ? -magnitude : magnitude;
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5. */
function corrected(z: number, degrees: number): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

/** P(T > t) for t ≥ 0. */
function studentTail(t: number, degrees: number): number {
  const squared = (t * t) / degrees;
  return (density(squared, degrees) / degrees) * betaFraction(degrees / 2, 0.5, 1 / (1 + squared));
}

/** P(0 < T < t) for t ≥ 0. */
function studentCenter(t: number, degrees: number): number {
  const squared = (t * t) / degrees;
  return density(squared, degrees) * betaFraction(0.5, degrees / 2, squared / (1 + squared));
}

/** x^(ν/2) (1 − x)^½ / B(ν/2, ½) at x = 1/(1 + r²). */
function density(squared: number, degrees: number): number {
  const power = Math.exp((-degrees / 2) * Math.log1p(squared));
  return (power * Math.sqrt(squared / (1 + squared)) * gammaHalfStep(degrees / 2)) / Math.sqrt(Math.PI);
}

/** a B(a, b) I_x(a, b) / (x^a (1 − x)^b). */
function betaFraction(a: number, b: number, x: number): number {
  let value = 1;
  let numerator = 1;
  let denominator = 0;
  for (let k = 1; ; k++) {
    const m = Math.floor(k / 2);
    const coefficient =
      k % 2 === 1
        ? (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
        : (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    numerator = 1 + coefficient / numerator;
    denominator = 1 / (1 + coefficient * denominator);
    value *= numerator * denominator;
    if (Math.abs(numerator * denominator - 1) < CONVERGED) return 1 / value;
  }
}
