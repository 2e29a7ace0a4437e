/**
 * Decoding of 16-bit floating-point numbers into 32-bit ones; both are exact, for every 16-bit value is a 32-bit one.
 *
 * f16 (IEEE 754 binary16): sign 1, exponent 5 (bias 15), fraction 10 bits.
 * bf16: the upper half of a binary32.
 */

const FRACTION = 10;
const BIAS = 15;
const EXPONENT_MAX = 31;

/** The number that a binary16 bit pattern (0 to 65535) stands for. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> FRACTION) & EXPONENT_MAX;
  const fraction = bits & ((1 << FRACTION) - 1);
  if (exponent === EXPONENT_MAX) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // A subnormal has the exponent of the smallest normal and no implicit leading one.
  if (exponent === 0) return sign * fraction * 2 ** (1 - BIAS - FRACTION);
  return sign * (fraction + (1 << FRACTION)) * 2 ** (exponent - BIAS - FRACTION);
}

let table: Float32Array | undefined;

/** All 65536 values, made at first use: one lookup is several times faster than the arithmetic. */
function halfTable(): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => halfToNumber(bits));
  return table;
}

/** Writes the numbers of binary16 bit patterns into the first `source.length` places of `target`. */
export function decodeHalf(source: Uint16Array, target: Float32Array): void {
  const values = halfTable();
  // Casts: i is in range, and the table has all patterns of 16 bits.
  for (let i = 0; i < source.length; i++) target[i] = values[source[i] as number] as number;
}

/** Writes the numbers of bf16 bit patterns into the first `source.length` places of `target`. */
export function decodeBfloat(source: Uint16Array, target: Float32Array): void {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  // Cast: i is in range.
  for (let i = 0; i < source.length; i++) bits[i] = (source[i] as number) << 16;
}
