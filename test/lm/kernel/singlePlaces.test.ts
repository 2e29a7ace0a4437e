/** Signs of matrices that are used once: as those of gradients that are written out, zeros and what is no number too. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import type { FactorBlock } from '../../../src/lm/kernel/productBlocks.ts';
import { type SignKind, singlePlaceProducts, usedOnce } from '../../../src/lm/kernel/singlePlaces.ts';
import { stream } from '../../../src/numeric/index.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const [ROWS, COLUMNS, OUTPUTS] = [5, 7, 2];
/** A fifth of the numbers are 0. */
const numbers = (name: string, count: number): Float32Array =>
  Float32Array.from(stream(1, name).normals(count), (z) => (Math.abs(z) < 0.25 ? 0 : z));
const blocks = [3, 1, 2].map(
  (examples, k): FactorBlock => ({
    examples,
    places: 1,
    x: numbers(`x${k}`, examples * COLUMNS),
    d: numbers(`d${k}`, examples * OUTPUTS * ROWS),
  }),
);

/** Gradients by line, an example's outputs one after the other. */
const linesOf = (some: readonly FactorBlock[]): number[][] =>
  some.flatMap(({ examples, x, d }) =>
    Array.from({ length: examples * OUTPUTS }, (_, line) =>
      Array.from({ length: ROWS * COLUMNS }, (__, k) => {
        const [row, column] = [Math.floor(k / COLUMNS), k % COLUMNS];
        const input = x[Math.floor(line / OUTPUTS) * COLUMNS + column] ?? Number.NaN;
        return (d[line * ROWS + row] ?? Number.NaN) * input;
      }),
    ),
  );
const products = (rows: readonly number[][], columns: readonly number[][], kind: SignKind): number[] => {
  const signs = (line: readonly number[]): number[] => line.map(Math.sign);
  const left = kind === 'a-signgd' ? rows : rows.map(signs);
  const right = kind === 'a-signgd-evaluated' ? columns : columns.map(signs);
  return left.flatMap((a) => right.map((b) => a.reduce((sum, value, k) => sum + value * (b[k] ?? Number.NaN), 0)));
};

describe.each(['signgd', 'a-signgd', 'a-signgd-evaluated'] as const)('%s', (kind) => {
  test.each([1, 2, 3])('of %i blocks of columns', async (columns) => {
    const found = await singlePlaceProducts(engine, kind, blocks, { columns, turned: true }, OUTPUTS);
    const [right, left] = [linesOf(blocks.slice(0, columns)), linesOf(blocks.slice(columns % blocks.length))];
    const expected = products(left, right, kind);
    expect(found.straight.length).toBe(expected.length);
    found.straight.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k] ?? Number.NaN, 4);
    });
    if (kind === 'signgd') expect([...found.straight].map((value) => value + 0)).toEqual(expected);
    const turned = kind === 'a-signgd' && columns < blocks.length ? products(right, left, kind) : [];
    expect(found.turned?.length ?? 0).toBe(turned.length);
    found.turned?.forEach((value, k) => {
      expect(value).toBeCloseTo(turned[k] ?? Number.NaN, 4);
    });
  });
});

test('what is no number has no sign', async () => {
  const [first, ...others] = blocks;
  if (first === undefined) expect.fail('no block');
  const broken = { ...first, x: first.x.map((value, k) => (k === 0 ? Number.NaN : value)) };
  const { straight } = await singlePlaceProducts(
    ...([engine, 'signgd', [broken, ...others], { columns: 1, turned: false }, OUTPUTS] as const),
  );
  const width = 3 * OUTPUTS;
  straight.forEach((value, k) => {
    expect(Number.isNaN(value)).toBe(k % width < OUTPUTS);
  });
});

test('one place is one in every block', () => {
  expect(usedOnce(blocks)).toBe(true);
  expect(usedOnce([...blocks, { places: 2 }])).toBe(false);
});
