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

import { entry } from './arrays.ts';

/** The first 32 bits of ln 2: its product with an exponent is exact. */
const LN2_HIGH = 2977044471 / 2 ** 32;

/** The rest, from mpmath 1.3.0: `float(log(2) - floor(log(2) * 2**32) / 2**32)` at 300 bits. */
const LN2_LOW = 1.9082149292705877e-10;

const SUBNORMAL_SCALE = 2 ** 54;
const SMALLEST_NORMAL = 2 ** -1022;

/** The first 20 bits of √2 after the point: a mantissa from here on is halved, with the next exponent. */
const ROOT_TWO_MANTISSA = 0x6a09e;

/** 2^1023 … 2^-1024: the factor that takes away an exponent, by the exponent's eleven bits. */
const UNSCALE = new Float64Array(2048);
for (let biased = 0, power = 2 ** 1023; biased < UNSCALE.length; biased++, power /= 2) UNSCALE[biased] = power;

const bits = new DataView(new ArrayBuffer(8));

/**
 * The natural logarithm, the same on every platform, within one unit in the last place.
 *
 * Domain as `Math.log`: −∞ at 0, NaN below 0.
 */
export function portableLog(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  return x < SMALLEST_NORMAL ? logOfScaled(x * SUBNORMAL_SCALE, 54) : logOfScaled(x, 0);
}

/** ln(x·2^-scale) for a normal x. */
function logOfScaled(x: number, scale: number): number {
  bits.setFloat64(0, x, true);
  // The carry of a mantissa from √2 on goes into the exponent.
  const biased = (bits.getUint32(4, true) + (0x100000 - ROOT_TWO_MANTISSA)) >>> 20;
  const exponent = biased - 1023 - scale;
  // Exact, and twice as fast as to write the exponent's bits and read the number again.
  const f = x * entry(UNSCALE, biased) - 1;

  const s = f / (2 + f);
  const squared = s * s;
  let remainder = (2 / 21) * squared;
  remainder = (remainder + 2 / 19) * squared;
  remainder = (remainder + 2 / 17) * squared;
  remainder = (remainder + 2 / 15) * squared;
  remainder = (remainder + 2 / 13) * squared;
  remainder = (remainder + 2 / 11) * squared;
  remainder = (remainder + 2 / 9) * squared;
  remainder = (remainder + 2 / 7) * squared;
  remainder = (remainder + 2 / 5) * squared;
  remainder = (remainder + 2 / 3) * squared;
  const halfSquare = 0.5 * f * f;
  return exponent * LN2_HIGH - (halfSquare - (s * (halfSquare + remainder) + exponent * LN2_LOW) - f);
}
