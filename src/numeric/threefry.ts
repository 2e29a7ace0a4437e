/**
 * Threefry-2x32 with 20 rounds, a bijection of 64-bit counters chosen by a 64-bit key.
 *
 * Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4 and
 * table 2 (rotation constants). Only 32-bit integer operations occur, so every platform agrees on every bit.
 */

/** Parity constant of the Threefish key schedule (Skein 1.3, section 3.3.2), its lower half. */
const KEY_PARITY = 0x1bd11bda;

/**
 * Writes the image of the counter (`counter0`, `counter1`) under the key (`key0`, `key1`) to the first two entries of
 * `output`; all six are 32-bit words, signed or unsigned.
 */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  output: Uint32Array,
): void {
  const key2 = KEY_PARITY ^ key0 ^ key1;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;

  // Five groups of four rounds; after group s the words key[s mod 3] and key[(s + 1) mod 3] + s are added. Unrolled,
  // for this is the inner loop of every random array.
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 1) | 0;

  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 2) | 0;

  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key0) | 0;
  x1 = (x1 + key1 + 3) | 0;

  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 4) | 0;

  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  output[0] = x0 + key2;
  output[1] = x1 + key0 + 5;
}

/**
 * Fills entries `start` … `end` − 1 of `values` with one uniform number per counter, from (`counter0`, `counter1`) on:
 * the 52 leading bits of the counter's image and a half, over 2^52.
 *
 * 52 bits and the half make an odd multiple of 2^-53 that is exact; with 53 bits the half would be rounded away, and 1
 * would occur. The high word of the counters stays what it is: the caller ends at multiples of 2^32.
 *
 * Two counters at a time, for every round waits for the one before. Groups of rounds in a loop, not one after another as
 * above: in registers they are faster so.
 */
export function threefryUniforms(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  values: Float64Array,
  start: number,
  end: number,
): void {
  const first = (counter0 + key0 - start) | 0;
  const second = (counter1 + key1) | 0;
  for (let index = start; index < end; index += 2) {
    let x0 = (first + index) | 0;
    let x1 = second;
    let y0 = (first + index + 1) | 0;
    let y1 = second;
    let added0 = key1 | 0;
    let added1 = KEY_PARITY ^ key0 ^ key1;
    let next = key0 | 0;
    for (let group = 1; ; group++) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
      y0 = (y0 + y1) | 0;
      y1 = ((y1 << 13) | (y1 >>> 19)) ^ y0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
      y0 = (y0 + y1) | 0;
      y1 = ((y1 << 15) | (y1 >>> 17)) ^ y0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
      y0 = (y0 + y1) | 0;
      y1 = ((y1 << 26) | (y1 >>> 6)) ^ y0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
      y0 = (y0 + y1) | 0;
      y1 = ((y1 << 6) | (y1 >>> 26)) ^ y0;
      x0 = (x0 + added0) | 0;
      x1 = (x1 + added1 + group) | 0;
      y0 = (y0 + added0) | 0;
      y1 = (y1 + added1 + group) | 0;
      if (group === 5) break;
      const used = added0;
      added0 = added1;
      added1 = next;
      next = used;

      group++;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
      y0 = (y0 + y1) | 0;
      y1 = ((y1 << 17) | (y1 >>> 15)) ^ y0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
      y0 = (y0 + y1) | 0;
      y1 = ((y1 << 29) | (y1 >>> 3)) ^ y0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
      y0 = (y0 + y1) | 0;
      y1 = ((y1 << 16) | (y1 >>> 16)) ^ y0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
      y0 = (y0 + y1) | 0;
      y1 = ((y1 << 24) | (y1 >>> 8)) ^ y0;
      x0 = (x0 + added0) | 0;
      x1 = (x1 + added1 + group) | 0;
      y0 = (y0 + added0) | 0;
      y1 = (y1 + added1 + group) | 0;
      const usedNext = added0;
      added0 = added1;
      added1 = next;
      next = usedNext;
    }
    values[index] = uniformOf(x0, x1);
    if (index + 1 < end) values[index + 1] = uniformOf(y0, y1);
  }
}

function uniformOf(high: number, low: number): number {
  return ((high >>> 0) * 2 ** 20 + (low >>> 12) + 0.5) * 2 ** -52;
}
