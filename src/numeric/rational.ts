import { entry } from './arrays.ts';

/** A quotient of two polynomials, coefficients by rising power. */
export interface Rational {
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
}

/** Packs the coefficients of a {@link Rational}. */
export function rational(numerator: readonly number[], denominator: readonly number[]): Rational {
  return { numerator: Float64Array.from(numerator), denominator: Float64Array.from(denominator) };
}

/** The value of a {@link Rational} at `x`, both parts by Horner's rule. */
export function ratio(approximation: Rational, x: number): number {
  return polynomial(approximation.numerator, x) / polynomial(approximation.denominator, x);
}

function polynomial(coefficients: Float64Array, x: number): number {
  let value = 0;
  for (let power = coefficients.length - 1; power >= 0; power--) value = value * x + entry(coefficients, power);
  return value;
}
