/**
 * Lazy matrices are exact in law at a finite width (theory 3): what a computation gives has one joint law with lazily
 * sampled and with stored matrices. The same test rejects samplers with planted mistakes.
 */

import { describe, expect, it } from 'vitest';
import {
  type Column,
  denseMatrix,
  type LazyGaussianOptions,
  lazyGaussian,
  type RandomMatrix,
} from '../../../src/kets/gaussian/index.ts';
import { at, stream } from '../../../src/numeric/index.ts';
import { notToldApart } from '../../support/twoSample.ts';
import { average, drawnFrom, normalColumns } from './support.ts';
import { wrongSamplers } from './wrongSamplers.ts';

/** Family-wise over the computations below. */
const LEVEL = 1e-3;

/** At which width, and how often. */
interface Sample {
  readonly width: number;
  readonly draws: number;
}

type Sampler = (options: LazyGaussianOptions) => RandomMatrix;

/** All entries at once, from numbers that no lazy matrix draws. */
const stored =
  (seed: number): Sampler =>
  ({ rows, columns, deviation }) => {
    const entries = stream(seed, 'entries')
      .substream(rows)
      .normals(rows * columns);
    return denseMatrix(
      rows,
      columns,
      entries.map((value) => value * deviation),
    );
  };

interface Computation {
  readonly name: string;
  /** Rows of the first and of the second matrix, per column; both have n columns and entries of variance 1/n and 1.69/n. */
  readonly rows: readonly [number, number];
  readonly compute: (w: RandomMatrix, u: RandomMatrix, x: Column, y: Column) => number[];
}

const times = (matrix: RandomMatrix, ...block: Column[]): Column => at(matrix.apply(block), block.length - 1);
const transposed = (matrix: RandomMatrix, ...block: Column[]): Column =>
  at(matrix.applyTransposed(block), block.length - 1);
const tanh = (x: Column): Column => x.map(Math.tanh);
const relu = (x: Column): Column => x.map((value) => Math.max(value, 0));
const sum = (a: Column, b: Column, weight = 1): Column => a.map((value, row) => value + weight * at(b, row));

const computations: readonly Computation[] = [
  {
    name: 'W, its transpose and W again, with repeated inputs',
    rows: [1, 1],
    compute: (w, _, x, y) => {
      const h = times(w, x);
      const back = transposed(w, tanh(h));
      const again = times(w, relu(back));
      const more = transposed(w, sum(h, again), y, h);
      const last = times(w, x, more, sum(x, more, 2));
      return [
        average(h),
        average(h, y),
        average(back, x),
        average(back),
        average(again, h),
        average(again, y),
        average(more, back),
        average(tanh(last)),
        average(last, again),
      ];
    },
  },
  {
    name: 'two matrices in turn, blocks that depend on them',
    rows: [1, 1],
    compute: (w, u, x, y) => {
      const [h = x, g = x] = w.apply([x, tanh(y)]);
      const k = times(u, relu(h));
      const [dk = x, dg = x] = u.applyTransposed([k, sum(g, k)]);
      const [dh = x, dx = x] = w.applyTransposed([sum(dk, h, -0.5), tanh(dg)]);
      const end = times(u, sum(dh, dk), dk);
      return [
        average(k),
        average(k, y),
        average(dk, h),
        average(dg, dk),
        average(dh, x),
        average(dx, dh),
        average(dx, tanh(y)),
        average(end, k),
        average(tanh(end), g),
      ];
    },
  },
  {
    name: 'a matrix of half as many rows',
    rows: [0.5, 1],
    compute: (w, _, x, y) => {
      const h = tanh(times(w, x));
      const [back = x, first = x] = w.applyTransposed([h, Float64Array.from(h, (value) => Math.abs(value))]);
      const again = times(w, Float64Array.from(back, Math.sin), y);
      const last = transposed(w, again);
      return [average(h), average(back, x), average(first, back), average(again, h), average(last, y), average(last)];
    },
  },
];

function draws(
  { rows, compute }: Computation,
  { width, draws: count }: Sample,
  samplerOf: (seed: number) => Sampler,
  first: number,
): number[][] {
  return Array.from({ length: count }, (_, k) => {
    const seed = first + k;
    const [w, u] = rows.map((share, which) =>
      samplerOf(2 * seed + which)(
        drawnFrom(stream(2 * seed + which, 'matrix'), share * width, width, at(DEVIATIONS, which) / Math.sqrt(width)),
      ),
    ) as [RandomMatrix, RandomMatrix];
    const [x, y] = normalColumns(seed, 'inputs', 2, width) as [Column, Column];
    return compute(w, u, x, y);
  });
}

/** Of entries, times √n. */
const DEVIATIONS = [1, 1.3];

/** Tests of the computations; wrong samplers are to be found in as many draws. */
export function testLaws(sample: Sample): void {
  describe.each(computations)(`$name, at width ${sample.width}`, (computation) => {
    const expected = draws(computation, sample, stored, 1_000_000);
    const level = LEVEL / computations.length;

    it('has one law with lazy and with stored matrices', () => {
      const { rejected, smallest, which } = notToldApart(
        draws(computation, sample, () => lazyGaussian, 1),
        expected,
        level,
      );
      expect(rejected, `smallest adjusted p ${smallest}: ${which}`).toBe(false);
    });

    it.each(wrongSamplers)('tells apart a sampler with $name', ({ sampler }) => {
      expect(
        notToldApart(
          draws(computation, sample, () => sampler, 1),
          expected,
          level,
        ).rejected,
      ).toBe(true);
    });
  });
}
