import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { denseMatrix } from '../../../src/kets/gaussian/index.ts';
import { at, stream } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { distance, dot, normalColumns } from './support.ts';

/** Roundings of sums of a few dozen terms of order 1. */
const ROUNDING = 1e-13;

describe('denseMatrix', () => {
  test('multiplies blocks by the matrix and by its transpose', () => {
    const size = fc.integer({ min: 1, max: 20 });
    const width = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(size, size, width, fc.nat(), (rows, columns, count, seed) => {
        const entries = stream(seed, 'matrix').normals(rows * columns);
        const matrix = denseMatrix(rows, columns, entries);
        const [xs, ys] = [normalColumns(seed, 'x', count, columns), normalColumns(seed, 'y', count, rows)];
        const rowsOf = Array.from({ length: rows }, (_, i) => entries.slice(i * columns, (i + 1) * columns));
        const columnsOf = Array.from({ length: columns }, (_, j) => Float64Array.from(rowsOf, (row) => at(row, j)));
        const [images, transposed] = [matrix.apply(xs), matrix.applyTransposed(ys)];
        expect([images.length, transposed.length]).toEqual([count, count]);
        images.forEach((image, k) => {
          expect(
            distance(
              image,
              rowsOf.map((row) => dot(row, at(xs, k))),
            ),
          ).toBeLessThan(ROUNDING);
        });
        transposed.forEach((image, k) => {
          expect(
            distance(
              image,
              columnsOf.map((column) => dot(column, at(ys, k))),
            ),
          ).toBeLessThan(ROUNDING);
        });
      }),
    );
  });

  test('refuses other numbers of entries', async () => {
    const error = await failureOf(() => denseMatrix(2, 3, new Float64Array(5)));
    expect([error.kind, error.code]).toEqual(['invariant', 'kets.shapeMismatch']);
    expect(error.message).toContain('denseMatrix: given 5 entries, expected 2 × 3 = 6.');
    const matrix = denseMatrix(2, 3, new Float64Array(6));
    const column = await failureOf(() => matrix.apply([new Float64Array(2)]));
    expect(column.message).toContain('denseMatrix: given a column of 2 entries, expected 3.');
  });
});
