import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addCombinations,
  type Column,
  combine,
  divided,
  gram,
  norms,
  scaled,
} from '../../../src/kets/gaussian/index.ts';
import { PANEL_COLUMNS, TILE_ROWS } from '../../../src/kets/gaussian/tiles.ts';
import { at } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { distance, dot, normalColumns } from './support.ts';

/** Columns of integers from −8 to 8, no −0 among them: their products and sums are exact in any order. */
function integers(seed: number, name: string, count: number, length: number): Column[] {
  return normalColumns(seed, name, count, length).map((column) =>
    column.map((value) => Math.max(-8, Math.min(8, Math.round(4 * value))) || 0),
  );
}

const shapes = fc.record({
  length: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: TILE_ROWS - 5, max: 2 * TILE_ROWS + 5 })),
  left: fc.integer({ min: 0, max: 2 * PANEL_COLUMNS + 3 }),
  right: fc.integer({ min: 0, max: 2 * PANEL_COLUMNS + 3 }),
  seed: fc.nat(),
});
const RUNS = { numRuns: 20 };

describe('gram', () => {
  test('is the inner products, exactly where no rounding occurs', () => {
    fc.assert(
      fc.property(shapes, ({ length, left, right, seed }) => {
        const [a, b] = [integers(seed, 'left', left, length), integers(seed, 'right', right, length)];
        expect([...gram(a, b)]).toEqual(a.flatMap((x) => b.map((y) => dot(x, y))));
      }),
      RUNS,
    );
  });

  test('gives the same bits however the columns are grouped', () => {
    const length = 2 * TILE_ROWS + 77;
    const columns = normalColumns(1, 'columns', PANEL_COLUMNS + 7, length);
    const whole = gram(columns, columns);
    columns.forEach((x, i) => {
      columns.forEach((y, j) => {
        expect(gram([x], [y])[0]).toBe(at(whole, i * columns.length + j));
      });
    });
  });

  test('loses a few roundings of a million terms', () => {
    const length = 2 ** 20;
    const ones = new Float64Array(length).fill(1);
    const tenths = ones.map(() => 0.1);
    // 0.1 is 0.1 + 2^-54·0.4 or so: 2^20 exact copies of it are an exact number.
    expect(Math.abs(at(gram([ones], [tenths]), 0) / (0.1 * length) - 1)).toBeLessThan(1e-13);
  });

  test('no columns, no rows', () => {
    expect(gram([], [])).toEqual(new Float64Array(0));
    expect(gram([new Float64Array(0)], [new Float64Array(0)])).toEqual(new Float64Array(1));
  });

  test('columns of different lengths', async () => {
    const error = await failureOf(() => gram([new Float64Array(3)], [new Float64Array(4)]));
    expect([error.kind, error.code]).toEqual(['invariant', 'kets.shapeMismatch']);
    expect(error.message).toContain('gram: given columns of 3 and 4 entries, expected equal lengths.');
  });
});

describe('combinations', () => {
  test('are the sums, exactly where no rounding occurs, added to what was there', () => {
    fc.assert(
      fc.property(shapes, ({ length, left, right, seed }) => {
        const columns = integers(seed, 'columns', left, length);
        const start = integers(seed, 'targets', right, length);
        const coefficients = Float64Array.of(...integers(seed, 'coefficients', left, right).flatMap((row) => [...row]));
        const sums = start.map((target) => target.slice());
        sums.forEach((sum, j) => {
          columns.forEach((column, i) => {
            const coefficient = at(coefficients, i * right + j);
            for (let row = 0; row < length; row++) sum[row] = at(sum, row) + coefficient * at(column, row);
          });
        });
        const alone = combine(columns, coefficients, right, length);
        const targets = start.map((target) => target.slice());
        addCombinations(targets, columns, coefficients);
        targets.forEach((target, j) => {
          expect(distance(target, at(sums, j))).toBe(0);
          const rest = target.map((value, row) => value - at(at(start, j), row));
          expect(distance(rest, at(alone, j))).toBe(0);
        });
      }),
      RUNS,
    );
  });

  test('columns may be views, and a target is left alone beyond its own rows', () => {
    const store = new Float64Array(12).fill(1);
    addCombinations([store.subarray(3, 8)], [new Float64Array(5).fill(2)], Float64Array.of(3));
    expect([...store]).toEqual([1, 1, 1, 7, 7, 7, 7, 7, 1, 1, 1, 1]);
  });

  test('what is not finite stays in the targets that read it', () => {
    const columns = [Float64Array.of(1, Number.POSITIVE_INFINITY), Float64Array.of(1, 2)];
    const targets = combine(columns, Float64Array.of(1, 0, 0, 1), 2, 2);
    expect(targets).toEqual([Float64Array.of(1, Number.POSITIVE_INFINITY), Float64Array.of(1, Number.NaN)]);
    expect(combine(columns, Float64Array.of(0, 1), 1, 2)).toEqual([Float64Array.of(1, Number.NaN)]);
    expect(combine(columns.slice(1), Float64Array.of(1), 1, 2)).toEqual(columns.slice(1));
  });

  test('of another number of coefficients', async () => {
    const error = await failureOf(() => combine([new Float64Array(3)], new Float64Array(3), 2, 3));
    expect([error.kind, error.code]).toEqual(['invariant', 'kets.shapeMismatch']);
    expect(error.message).toContain('addCombinations: given 3 coefficients, expected 1 columns × 2 targets.');
  });
});

describe('single columns', () => {
  test('norms over the whole range of f64', () => {
    const direction = Float64Array.of(3, 0, -4);
    for (const scale of [1, 1e-320, 1e-200, 1e200, 3e307]) {
      const [norm] = norms([direction.map((value) => value * scale)]);
      // Numbers near 1e-320 have four digits.
      expect(Math.abs((norm ?? 0) / (5 * scale) - 1)).toBeLessThan(scale === 1e-320 ? 1e-3 : 1e-15);
    }
    expect([...norms([new Float64Array(4), new Float64Array(0)])]).toEqual([0, 0]);
  });

  test('norms are not finite where an entry is not', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(Number.isFinite(norms([Float64Array.of(1, value, 2)])[0])).toBe(false);
    }
  });

  test('multiples and quotients are new columns', () => {
    const column = Float64Array.of(1, -2, 3e-310);
    expect([...scaled(column, -2)]).toEqual([-2, 4, -6e-310]);
    expect([...divided(column, 3e-310)]).toEqual([1 / 3e-310, -2 / 3e-310, 1]);
    expect([...column]).toEqual([1, -2, 3e-310]);
  });
});
