/** IEEE 754 binary16: sign 1, exponent 5 (bias 15), fraction 10 bits. */

const FRACTION = 10;
const BIAS = 15;
const LARGEST = 65504;

/**
 * The bit pattern nearest to a number; of two equally near, the one of larger magnitude. Fails where the number is too
 * large.
 */
export function halfBits(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude <= LARGEST)) throw new Error(`${value} is no 16-bit number`);
  const sign = value < 0 ? 0x8000 : 0;
  // Subnormals have the spacing of the smallest normal numbers. A fraction rounded up to 2^10 carries into the exponent.
  const exponent = Math.max(1 - BIAS, Math.floor(Math.log2(magnitude)));
  const units = Math.round(magnitude * 2 ** (FRACTION - exponent));
  return sign + (exponent + BIAS - 1) * 2 ** FRACTION + units;
}
