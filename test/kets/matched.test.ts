import { describe, expect, it } from 'vitest';
import { Matched } from '../../src/kets/matched.ts';
import { at, stream } from '../../src/numeric/index.ts';
import { average, dot } from './gaussian/support.ts';

const LENGTH = 256;
/** Sums of so many products, each pass of rounding. */
const ROUNDING = 1e-13;

const drawn = (k: number) => (): Float64Array => stream(k, 'matched').normals(LENGTH);

describe('matched columns', () => {
  it('have means 0, squares of mean 1, and no products', () => {
    const matched = new Matched(LENGTH);
    const columns = Array.from({ length: 20 }, (_, k) => matched.column(`${k}`, drawn(k)));
    for (const [k, column] of columns.entries()) {
      expect(Math.abs(column.reduce((sum, value) => sum + value, 0) / LENGTH)).toBeLessThan(ROUNDING);
      expect(Math.abs(average(column) - 1)).toBeLessThan(ROUNDING);
      for (const other of columns.slice(0, k)) expect(Math.abs(dot(column, other) / LENGTH)).toBeLessThan(ROUNDING);
    }
  });

  it('stay close to what was drawn, and the same under their names', () => {
    const matched = new Matched(LENGTH);
    const [first, second] = [matched.column('a', drawn(1)), matched.column('b', drawn(2))];
    // Two columns before, of correlations of order 1/√n.
    expect(average(second, drawn(2)()) / Math.sqrt(average(drawn(2)()))).toBeGreaterThan(1 - 20 / LENGTH);
    expect(matched.column('a', drawn(3))).toBe(first);
    const copy = matched.copy();
    const third = matched.column('c', drawn(4));
    expect(copy.column('b', drawn(5))).toBe(second);
    expect([...copy.column('c', drawn(4))]).toEqual([...third]);
  });

  it('are left as they are where they are too many for their length, or nothing is left of them', () => {
    const matched = new Matched(LENGTH);
    const columns = Array.from({ length: LENGTH / 2 }, (_, k) => matched.column(`${k}`, drawn(k)));
    expect([...at(columns, columns.length - 1)]).toEqual([...drawn(columns.length - 1)()]);
    expect(matched.bytes).toBeLessThan(8 * LENGTH * (LENGTH / 2));
    const ones = new Float64Array(LENGTH).fill(1);
    expect(new Matched(LENGTH).column('ones', () => ones)).toBe(ones);
  });
});
