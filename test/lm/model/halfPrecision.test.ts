import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBfloat, decodeHalf, halfToNumber } from '../../../src/lm/model/halfPrecision.ts';

const view = new DataView(new ArrayBuffer(4));

/** The 32-bit pattern read back as a number. */
function floatOfBits(bits: number): number {
  view.setUint32(0, bits >>> 0);
  return view.getFloat32(0);
}

/** Binary16 to binary32 by moving bits, normalizing subnormals: an algorithm apart from the arithmetic one. */
function halfByBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  let exponent = (half >> 10) & 0x1f;
  let fraction = half & 0x3ff;
  if (exponent === 31) return floatOfBits(sign | 0x7f800000 | (fraction << 13));
  if (exponent === 0) {
    if (fraction === 0) return floatOfBits(sign);
    exponent = 1;
    while ((fraction & 0x400) === 0) {
      fraction <<= 1;
      exponent -= 1;
    }
    fraction &= 0x3ff;
  }
  return floatOfBits(sign | ((exponent + 112) << 23) | (fraction << 13));
}

const ALL = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);

describe('decodeHalf', () => {
  it('decodes every bit pattern exactly, negative zero and subnormals included', () => {
    const decoded = new Float32Array(ALL.length);
    decodeHalf(ALL, decoded);
    const wrong = ALL.filter((bits) => !Object.is(decoded[bits], halfByBits(bits)));
    expect([...wrong]).toEqual([]);
  });

  it('knows the landmarks of IEEE 754 binary16', () => {
    expect([0x0001, 0x03ff, 0x0400, 0x3c00, 0x3555, 0x7bff, 0x7c00, 0xfc00].map(halfToNumber)).toEqual([
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      1,
      0.333251953125,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(halfToNumber(0x7e00)).toBeNaN();
    expect(halfToNumber(0x8000)).toBe(-0);
  });
});

describe('decodeBfloat', () => {
  it('decodes every bit pattern to the number with these upper bits', () => {
    const decoded = new Float32Array(ALL.length);
    decodeBfloat(ALL, decoded);
    const wrong = ALL.filter((bits) => !Object.is(decoded[bits], floatOfBits(bits << 16)));
    expect([...wrong]).toEqual([]);
  });

  it('writes only as many numbers as it is given, into any part of an array', () => {
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 20 }), fc.nat(5), fc.nat(5), (bits, before, after) => {
        const target = new Float32Array(before + bits.length + after).fill(7);
        decodeBfloat(bits, target.subarray(before));
        expect([...target]).toEqual([
          ...Array<number>(before).fill(7),
          ...[...bits].map((half) => floatOfBits(half << 16)),
          ...Array<number>(after).fill(7),
        ]);
      }),
    );
  });
});
