import { describe, expect, it } from 'vitest';
import { nodeProduct } from '../../../src/finite/node/index.ts';
import { entry, stream } from '../../../src/numeric/index.ts';

/** Rows of both and their length: many of few, few of many, as many; sums in one turn of the engine and in more. */
const SHAPES = [
  [20, 48, 784],
  [48, 20, 784],
  [50, 500, 300],
  [3, 500, 300],
  [200, 300, 784],
  [200, 200, 784],
  [61, 83, 40],
  [1, 7, 5],
] as const;
/** Sums of normal numbers in another order. */
const ROUNDING = 1e-11;

const numbers = (count: number, name: string): Float64Array => Float64Array.from(stream(3, name).normals(count));
const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

describe('products on the engine', () => {
  it('are to the bit the same for any number of threads', async () => {
    const [one, ...others] = [1, 3, 16].map((threads) => nodeProduct({ threads }));
    for (const [rows, columns, length] of SHAPES) {
      const [a, b] = [numbers(rows * length, 'a'), numbers(columns * length, 'b')];
      const expected = (await one?.(a, b, length)) ?? expect.fail('the first of them');
      for (const product of others)
        expect(Buffer.compare(bytesOf(await product(a, b, length)), bytesOf(expected))).toBe(0);
    }
    await Promise.all([one, ...others].map((product) => product?.release()));
  });

  it('are what they say, row by row', async () => {
    const product = nodeProduct({ threads: 1 });
    for (const [rows, columns, length] of [
      [3, 5, 7],
      [5, 3, 7],
    ] as const) {
      const [a, b] = [numbers(rows * length, 'a'), numbers(columns * length, 'b')];
      const found = await product(a, b, length);
      expect(found.length).toBe(rows * columns);
      found.forEach((value, at) => {
        const [row, column] = [Math.floor(at / columns), at % columns];
        let sum = 0;
        for (let k = 0; k < length; k++) sum += entry(a, row * length + k) * entry(b, column * length + k);
        expect(Math.abs(value - sum)).toBeLessThan(ROUNDING);
      });
    }
    await product.release();
  });

  it('go on after the runtime was released', async () => {
    const product = nodeProduct({ threads: 2 });
    await product.release();
    const [a, b] = [Float64Array.of(1, 2), Float64Array.of(3, 4)];
    expect([...(await product(a, b, 2))]).toEqual([11]);
    await product.release();
    await product.release();
    expect([...(await product(a, b, 1))]).toEqual([3, 4, 6, 8]);
    await product.release();
  });

  it('refuse numbers of threads that no machine has', () => {
    expect(() => nodeProduct({ threads: 0 })).toThrow('0 threads');
  });
});
