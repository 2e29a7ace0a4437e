/** Orders of a kernel's rows, and the part of its picture that is seen. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DrawKernel } from '../../studio/src/runs/kernels.ts';
import { ORDERS, placesOf } from '../../studio/src/runs/order.ts';
import { between, isWhole, showing, whole, zoomed } from '../../studio/src/runs/zoom.ts';

/** Two groups, whose gradients are alike within and opposite between, mixed: their sizes differ by a factor of 10. */
const SIDES = [1, -1, -1, 1, -1, 1, 1, -1];
const SIZES = [1, 10, 2, 5, 1, 1, 8, 3];
const COLUMNS = 4;
const kernel: DrawKernel = {
  ...{ name: 'kernel.13', kind: 'sgd', seed: 13, outputs: 1, rows: SIDES.length, columns: COLUMNS },
  entries: Float64Array.from({ length: SIDES.length * COLUMNS }, (_, k) => {
    const [row, column] = [Math.floor(k / COLUMNS), k % COLUMNS];
    const of = (place: number): number => (SIDES[place] ?? 0) * (SIZES[place] ?? 0);
    return of(row) * of(column) + 0.01 * row;
  }),
  labels: SIDES.map((side) => (side > 0 ? 'a' : 'b')),
  texts: SIDES.map((_, k) => `text ${k}`),
  roles: SIDES.map((_, k) => (k < COLUMNS ? 'train' : 'test')),
};

describe('orders', () => {
  it.each(ORDERS)('%s have every row and column once', (order) => {
    const { rows, columns } = placesOf(kernel, order);
    expect([...rows].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...columns].sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  });

  it('by class and by similarity lay the groups together, whatever the sizes', () => {
    for (const order of ['class', 'similarity'] as const) {
      const { rows, columns } = placesOf(kernel, order);
      for (const places of [rows, columns]) {
        const sides = places.map((place) => SIDES[place]);
        expect(sides.filter((side, k) => k > 0 && side !== sides[k - 1])).toHaveLength(1);
      }
    }
  });
});

describe('a part of a picture', () => {
  const size = fc.record({ rows: fc.integer({ min: 1, max: 60 }), columns: fc.integer({ min: 1, max: 40 }) });
  const shares = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 4, maxLength: 4 });

  it('stays within the picture, and has the entry that it is enlarged around', () => {
    fc.assert(
      fc.property(
        size,
        shares,
        fc.constantFrom(0.5, 2, 3),
        ({ rows, columns }, [a = 0, b = 0, c = 0, d = 0], factor) => {
          const of = { rows, columns };
          const [first, second] = [
            [Math.floor(a * rows), Math.floor(b * columns)] as const,
            [Math.floor(c * rows), Math.floor(d * columns)] as const,
          ];
          const brushed = between(first, second, of);
          const part = zoomed(brushed, of, first[0], first[1], factor);
          for (const { top, bottom, left, right } of [brushed, part]) {
            expect(Math.min(top, left)).toBeGreaterThanOrEqual(0);
            expect(bottom).toBeLessThanOrEqual(rows);
            expect(right).toBeLessThanOrEqual(columns);
            expect(top <= first[0] && first[0] < bottom && left <= first[1] && first[1] < right).toBe(true);
          }
          const moved = showing(part, second[0], second[1]);
          expect(moved.top <= second[0] && second[0] < moved.bottom).toBe(true);
          expect(moved.left <= second[1] && second[1] < moved.right).toBe(true);
          expect(moved.bottom - moved.top).toBe(part.bottom - part.top);
        },
      ),
    );
  });

  it('becomes the whole again', () => {
    const of = { rows: 70, columns: 32 };
    let part = zoomed(zoomed(whole(of), of, 10, 3, 2), of, 10, 3, 2);
    // A quarter of both, in which the entry lies where it did: at 15 % of the rows, at 11 % of the columns.
    expect(part).toEqual({ top: 8, bottom: 26, left: 3, right: 11 });
    for (let k = 0; k < 3; k++) part = zoomed(part, of, 10, 3, 0.5);
    expect(isWhole(part, of)).toBe(true);
  });
});
