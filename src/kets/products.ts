/** Products of pointwise values with vectors, and their means over a width axis. */

import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import type { Axis } from '../program/index.ts';
import type { Combination, Extents, Outer } from './combination.ts';
import { combine, gram } from './gaussian/index.ts';
import { blockRows, fillCombination, rowLoop } from './pointwise.ts';
import type { Column } from './values.ts';

/** Where a product is taken. */
export interface Along {
  /** The axis that is averaged over, and how many of its first coordinates stand for it. */
  readonly over: Axis;
  readonly samples: number;
  /** The axis that is left, and its length. */
  readonly rest: Axis;
  readonly length: number;
}

/** y[rest] = mean over `over` of P[rest, over] · x[over], for each column x. */
export function meanProducts(combination: Combination, columns: readonly Column[], along: Along): Column[] {
  const { outers, terms } = combination;
  const results = outers.length === 0 ? undefined : lowRank(outers, columns, along);
  const out = results ?? columns.map(() => new Float64Array(along.length));
  if (terms.length > 0) addDescribed({ outers: [], terms }, columns, along, out);
  return out;
}

function lowRank(outers: readonly Outer[], columns: readonly Column[], { over, length }: Along): Column[] {
  const faced = outers.map(({ leftAxis, left, right, coefficient }) =>
    leftAxis === over ? { inner: left, outer: right, coefficient } : { inner: right, outer: left, coefficient },
  );
  const products = gram(
    faced.map(({ inner }) => inner),
    columns,
  );
  faced.forEach(({ coefficient }, row) => {
    for (let k = 0; k < columns.length; k++) {
      const place = row * columns.length + k;
      products[place] = (at(products, place) * coefficient) / at(columns, k).length;
    }
  });
  return combine(
    faced.map(({ outer }) => outer),
    products,
    columns.length,
    length,
  );
}

function addDescribed(
  combination: Combination,
  columns: readonly Column[],
  { over, samples, rest, length }: Along,
  out: readonly Column[],
): void {
  const extents: Extents = new Map([
    [rest, length],
    [over, samples],
  ]);
  // Rows run along what is averaged over: a row adds to all entries that are left.
  const loop = rowLoop(combination, [over, rest], extents);
  if (loop !== undefined) {
    const sums = columns.map(() => new Float64Array(length));
    loop.accumulate(samples, columns, sums);
    out.forEach((target, k) => {
      const sum = required(sums[k], 'sum of a product');
      for (let i = 0; i < length; i++) target[i] = at(target, i) + at(sum, i) / samples;
    });
    return;
  }
  const axes = [rest, over];
  const step = blockRows(axes, extents);
  const block = new Float64Array(step * samples);
  for (let start = 0; start < length; start += step) {
    const count = Math.min(step, length - start);
    fillCombination(combination, { axes, extents, start, count }, block);
    columns.forEach((column, k) => {
      const target = out[k];
      if (target === undefined) return;
      for (let row = 0; row < count; row++) {
        let sum = 0;
        const from = row * samples;
        for (let i = 0; i < samples; i++) sum += (block[from + i] as number) * (column[i] as number); // in range
        target[start + row] = at(target, start + row) + sum / samples;
      }
    });
  }
}
