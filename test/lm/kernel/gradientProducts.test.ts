/** Products of gradients from factors: both forms against gradients written out in f64, and which of them is taken. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { Carrier, carriedProducts } from '../../../src/lm/kernel/carriedProducts.ts';
import { explicitProducts } from '../../../src/lm/kernel/explicitProducts.ts';
import { denseProducts, factoredProducts } from '../../../src/lm/kernel/gradientProducts.ts';
import type { FactorBlock, MatrixSize, Pair } from '../../../src/lm/kernel/productBlocks.ts';
import { cheapestForm } from '../../../src/lm/kernel/productForms.ts';
import { stream } from '../../../src/numeric/index.ts';

const engine = nodeEngine({ threads: 1 });
const carrier = new Carrier(engine);
afterAll(async () => {
  await carrier.release();
  await engine.release();
});

/** f32 sums of some hundred products of order 1. */
const F32 = 1e-5;
const ROWS = 12;
const COLUMNS = 10;

function block(examples: number, places: number, outputs: number): FactorBlock {
  const source = stream(11, `block/${examples}/${places}`);
  const floats = (count: number, name: string) => Float32Array.from(source.substream(name).normals(count));
  return {
    examples,
    places,
    x: floats(examples * places * COLUMNS, 'x'),
    d: floats(examples * outputs * places * ROWS, 'd'),
  };
}

/** The gradient of one output at one example, ROWS × COLUMNS, in f64. */
function gradient({ places, x, d }: FactorBlock, example: number, output: number, outputs: number): number[] {
  return Array.from({ length: ROWS * COLUMNS }, (_, k) => {
    const [row, column] = [Math.floor(k / COLUMNS), k % COLUMNS];
    let sum = 0;
    for (let p = 0; p < places; p++) {
      const cotangent = d[((example * outputs + output) * places + p) * ROWS + row] ?? Number.NaN;
      sum += cotangent * (x[(example * places + p) * COLUMNS + column] ?? Number.NaN);
    }
    return sum;
  });
}

const lines = (side: FactorBlock, outputs: number): number[][] =>
  Array.from({ length: side.examples * outputs }, (_, k) =>
    gradient(side, Math.floor(k / outputs), k % outputs, outputs),
  );

function expected(blocks: readonly FactorBlock[], [r, c]: Pair, outputs: number): number[] {
  const [left, right] = [blocks[r], blocks[c]].map((side) => (side === undefined ? [] : lines(side, outputs)));
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, k) => sum + value * (b[k] ?? Number.NaN), 0);
  return (left ?? []).flatMap((a) => (right ?? []).map((b) => dot(a, b)));
}

function expectClose(actual: ArrayLike<number> | undefined, wanted: readonly number[]): void {
  expect(actual?.length).toBe(wanted.length);
  const scale = Math.max(...wanted.map(Math.abs));
  const worst = Math.max(...wanted.map((value, k) => Math.abs(value - (actual?.[k] ?? Number.NaN))));
  expect(worst / scale).toBeLessThan(F32);
}

const PAIRS: readonly Pair[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [2, 1],
];

describe.each([1, 3])('%d outputs', (outputs) => {
  const blocks = [block(4, 3, outputs), block(3, 5, outputs), block(2, 1, outputs)];

  test.each([
    ['explicit', explicitProducts],
    ['factored', factoredProducts],
  ])('%s products of blocks of different lengths', async (_, products) => {
    const results = await products(engine, blocks, PAIRS, outputs);
    expect(results).toHaveLength(PAIRS.length);
    PAIRS.forEach((pair, k) => {
      expectClose(results[k], expected(blocks, pair, outputs));
    });
  });

  test('carried products of blocks of different lengths', async () => {
    const results = await carriedProducts(carrier, blocks, PAIRS, outputs);
    PAIRS.forEach((pair, k) => {
      expectClose(results[k], expected(blocks, pair, outputs));
    });
  });

  test('dense products', async () => {
    const dense = blocks.map((side) => ({
      examples: side.examples,
      gradients: Float32Array.from(lines(side, outputs).flat()),
    }));
    const results = await denseProducts(engine, dense, PAIRS, outputs);
    PAIRS.forEach((pair, k) => {
      expectClose(results[k], expected(blocks, pair, outputs));
    });
  });
});

describe('the cheapest form', () => {
  const square = { rows: 384, columns: 384 };
  const cheapest = (places: number, outputs: number, size: MatrixSize = square): string => {
    const side = { examples: 32, places };
    return cheapestForm([side, side], [[1, 0]], outputs, size).form;
  };

  test('is the factored one where a matrix is used at one place', () => {
    expect(cheapest(1, 1)).toBe('factored');
    expect(cheapest(1, 6)).toBe('factored');
  });
  test('is the explicit one for long texts, and for one output', () => {
    expect(cheapest(32, 1)).toBe('explicit');
    expect(cheapest(128, 6)).toBe('explicit');
    expect(cheapest(16, 1)).toBe('explicit');
  });
  test('is the carried one for several outputs of short texts, and of longer ones where inputs are wide', () => {
    expect(cheapest(16, 6)).toBe('carried');
    expect(cheapest(32, 5, { rows: 384, columns: 1536 })).toBe('carried');
    expect(cheapest(32, 5)).toBe('explicit');
  });
});
