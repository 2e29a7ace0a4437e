import { describe, expect, it } from 'vitest';
import { lengthOf, type Range } from '../../../../src/experiments/node/kernels/examples.ts';
import {
  type BlockOptions,
  KernelBlocks,
  keptInMemory,
  pairsOf,
} from '../../../../src/experiments/node/kernels/kernelBlocks.ts';
import { matrix } from '../../../../src/numeric/index.ts';

/** Symmetric, with another value for every pair. */
const ofPair = (a: number, b: number): number => Math.min(a, b) * 1000 + Math.max(a, b);

/** Kernels of which every pair that is computed is counted, and the sizes of what is computed at a time. */
function counting() {
  const pairs = new Map<string, number>();
  const sizes: number[] = [];
  const between: BlockOptions['between'] = async (rows, given) => {
    const columns = given ?? rows;
    sizes.push(lengthOf(rows), lengthOf(columns));
    const data = new Float64Array(lengthOf(rows) * lengthOf(columns));
    for (let a = rows.from; a < rows.to; a++) {
      for (let b = columns.from; b < columns.to; b++) {
        data[(a - rows.from) * lengthOf(columns) + b - columns.from] = ofPair(a, b);
        if (given === undefined && b > a) continue;
        pairs.set(`${a},${b}`, (pairs.get(`${a},${b}`) ?? 0) + 1);
      }
    }
    const nngp = matrix(lengthOf(rows), lengthOf(columns), data);
    return {
      nngp,
      ntk: matrix(
        lengthOf(rows),
        lengthOf(columns),
        data.map((value) => -value),
      ),
    };
  };
  return { between, pairs, sizes };
}

const expected = (rows: Range, columns: Range): number[] =>
  Array.from({ length: lengthOf(rows) }, (_, k) =>
    Array.from({ length: lengthOf(columns) }, (__, l) => ofPair(rows.from + k, columns.from + l)),
  ).flat();

const made = (options: Partial<BlockOptions> & Pick<BlockOptions, 'between'>): KernelBlocks =>
  new KernelBlocks({
    ...{ name: 'main', rows: { from: 0, to: 11 }, columns: undefined, side: 4, tile: 3 },
    ...{ store: undefined, onPairs: () => {} },
    ...options,
  });

describe('blocks of kernels', () => {
  const ranges: readonly (readonly [string, Range, Range | undefined])[] = [
    ['of inputs with themselves', { from: 0, to: 11 }, undefined],
    ['of others', { from: 0, to: 7 }, { from: 2, to: 12 }],
    ['of a range', { from: 3, to: 10 }, undefined],
  ];
  it.for(ranges)('%s give every part, and each pair is computed once', async ([, rows, columns]) => {
    const { between, pairs, sizes } = counting();
    const blocks = made({ between, rows, columns, store: keptInMemory() });
    const across = columns ?? rows;
    const whole = await blocks.part(rows, across);
    expect([...whole.nngp.data]).toEqual(expected(rows, across));
    expect([...whole.ntk.data]).toEqual(expected(rows, across).map((value) => -value));
    const parts: readonly (readonly [Range, Range])[] = [
      [rows, { from: across.from + 3, to: across.from + 6 }],
      [
        { from: rows.from + 2, to: rows.from + 5 },
        { from: across.from + 1, to: across.to },
      ],
      [
        { from: rows.to - 1, to: rows.to },
        { from: across.from, to: across.from + 1 },
      ],
    ];
    for (const [own, other] of parts) {
      expect([...(await blocks.part(own, other)).nngp.data]).toEqual(expected(own, other));
    }
    expect([...pairs.values()].every((count) => count === 1)).toBe(true);
    const [height, width] = [lengthOf(rows), lengthOf(across)];
    expect(pairs.size).toBe(columns === undefined ? pairsOf(height) : height * width);
    expect(Math.max(...sizes)).toBe(3);
  });

  it('are read in rows, as many as blocks have', async () => {
    const { between } = counting();
    const blocks = made({ between, store: keptInMemory() });
    const bands: Float64Array[] = [];
    for await (const band of blocks.rowsOf('ntk')) bands.push(band.slice());
    expect(bands.map(({ length }) => length / 11)).toEqual([4, 4, 3]);
    const all = { from: 0, to: 11 };
    expect(bands.flatMap((band) => [...band])).toEqual(expected(all, all).map((value) => -value));
  });

  it('are shown once each, with how often the kernel has them, and told of as they are done', async () => {
    const { between } = counting();
    const told: number[] = [];
    const blocks = made({ between, store: keptInMemory(), onPairs: (count) => told.push(count) });
    let entries = 0;
    await blocks.visit(({ nngp }, times) => {
      entries += times * nngp.length;
    });
    expect(entries).toBe(121);
    await blocks.part({ from: 0, to: 11 }, { from: 0, to: 11 });
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(pairsOf(11));
  });

  it('that are lost are computed again, and told of once', async () => {
    const { between, pairs } = counting();
    const kept = keptInMemory();
    let told = 0;
    const store = {
      ...kept,
      read: async (name: string) => (name === 'ntk/main/1-0' ? undefined : kept.read(name)),
    };
    const blocks = made({
      ...{ between, store },
      onPairs: (count) => {
        told += count;
      },
    });
    await blocks.visit(() => {});
    const all = { from: 0, to: 11 };
    expect([...(await blocks.part(all, all)).nngp.data]).toEqual(expected(all, all));
    expect(pairs.get('5,2')).toBe(2);
    expect(pairs.get('2,2')).toBe(1);
    expect(told).toBe(pairsOf(11));
  });
});
