/**
 * Natural logarithm from + − × ÷ and bit operations only.
 *
 * `Math.log` may differ between engines in the last bit, which would make seeded random numbers differ too. With
 * x = 2^k·m, m in [√½, √2), f = m − 1, s = f/(2 + f):
 *
 *     ln x = k ln 2 + 2 artanh s,    2 artanh s = 2s + s·r,    r = Σ_{j≥1} 2 s^{2j} / (2j + 1).
 *
 * Since |s| < 0.1716, the terms after j = 10 are below 2^-59 of the sum. 2s is not representable, so it is written as
 * f − s·f = f − (f²/2 − s·f²/2), whose largest part f is exact (the arrangement of fdlibm's e_log.c).
 */

import { at } from './arrays.ts';

/** The first 32 bits of ln 2: its product with an exponent is exact. */
const LN2_HIGH = 2977044471 / 2 ** 32;

/** The rest, from mpmath 1.3.0: `float(log(2) - floor(log(2) * 2**32) / 2**32)` at 300 bits. */
const LN2_LOW = 1.9082149292705877e-10;

/** Terms of the series for r: 2/3, 2/5, …, 2/21. */
const COEFFICIENTS = Float64Array.from({ length: 10 }, (_, index) => 2 / (2 * index + 3));

const SUBNORMAL_SCALE = 2 ** 54;
const SMALLEST_NORMAL = 2 ** -1022;

/** The first 20 bits of √2 after the point: a mantissa from here on is halved, with the next exponent. */
const ROOT_TWO_MANTISSA = 0x6a09e;

const bits = new DataView(new ArrayBuffer(8));

/**
 * The natural logarithm, the same on every platform, within one unit in the last place.
 *
 * Domain as `Math.log`: −∞ at 0, NaN below 0.
 */
export function portableLog(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const subnormal = x < SMALLEST_NORMAL;
  bits.setFloat64(0, subnormal ? x * SUBNORMAL_SCALE : x);
  const high = bits.getUint32(0);
  const mantissa = high & 0xfffff;
  const carry = mantissa >= ROOT_TWO_MANTISSA ? 1 : 0;
  const exponent = (high >>> 20) - 1023 + carry - (subnormal ? 54 : 0);
  bits.setUint32(0, ((1023 - carry) << 20) | mantissa);
  const f = bits.getFloat64(0) - 1;

  const s = f / (2 + f);
  const squared = s * s;
  let remainder = 0;
  for (let term = COEFFICIENTS.length - 1; term >= 0; term--) {
    remainder = (remainder + at(COEFFICIENTS, term)) * squared;
  }
  const halfSquare = 0.5 * f * f;
  return exponent * LN2_HIGH - (halfSquare - (s * (halfSquare + remainder) + exponent * LN2_LOW) - f);
}
