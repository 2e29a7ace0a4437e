import { describe, expect, it } from 'vitest';
import {
  addCombinations,
  type Column,
  combine,
  gram,
  lazyGaussian,
  type RankOne,
} from '../../../src/kets/gaussian/index.ts';
import { at, stream } from '../../../src/numeric/index.ts';
import { distance, drawnFrom, normalColumns } from './support.ts';

const [ROWS, COLUMNS] = [1200, 900];
/** Products of columns of norm about 30, by coefficients of order 1/n. */
const ROUNDING = 1e-10;

/** Σ coefficient · to ⟨from|x⟩, term by term. */
function added(
  images: readonly Column[],
  updates: readonly RankOne[],
  forward: boolean,
  block: readonly Column[],
): void {
  for (const { coefficient, left, right } of updates) {
    const [from, to] = forward ? [right, left] : [left, right];
    addCombinations(
      images,
      [to],
      gram([from], block).map((product) => product * coefficient),
    );
  }
}

/** Columns in a span of few directions, as those of training are. */
const within = (basis: readonly Column[], count: number, seed: number): Column[] =>
  combine(basis, stream(seed, 'within').normals(basis.length * count), count, at(basis, 0).length);

describe('updates of a lazily known matrix', () => {
  it('are what they are one by one, for W and Wᵀ, as they grow and change', () => {
    const [known, plain] = [
      lazyGaussian(drawnFrom(stream(1), ROWS, COLUMNS)),
      lazyGaussian(drawnFrom(stream(1), ROWS, COLUMNS)),
    ];
    const [ofColumns, ofRows] = [normalColumns(2, 'x', 5, COLUMNS), normalColumns(3, 'y', 4, ROWS)];
    const updates: RankOne[] = [];
    for (let step = 0; step < 4; step++) {
      const [x, y] = [within(ofColumns, 16, 10 + step), within(ofRows, 16, 20 + step)];
      const [image, expected] = [known.applyUpdated(x, updates), plain.apply(x)];
      added(expected, updates, true, x);
      x.forEach((_, k) => {
        expect(distance(at(image, k), at(expected, k))).toBeLessThan(ROUNDING);
      });
      const [transposed, other] = [known.applyTransposedUpdated(y, updates), plain.applyTransposed(y)];
      added(other, updates, false, y);
      y.forEach((_, k) => {
        expect(distance(at(transposed, k), at(other, k))).toBeLessThan(ROUNDING);
      });
      expect(known.ranks).toEqual(plain.ranks);
      // In the last step all coefficients change, as those of momentum do.
      if (step === 2)
        updates.splice(0, updates.length, ...updates.map((one) => ({ ...one, coefficient: -0.5 * one.coefficient })));
      x.forEach((right, k) => {
        updates.push({ coefficient: (k % 3) / COLUMNS, left: at(y, k), right });
      });
    }
    expect(known.ranks).toEqual({ forward: 5, backward: 4 });
  });

  it('are added one by one where the matrix has not met their columns, as after a copy', () => {
    const drawing = drawnFrom(stream(4), ROWS, COLUMNS);
    const matrix = lazyGaussian(drawing);
    const [x, y] = [normalColumns(5, 'x', 3, COLUMNS), normalColumns(6, 'y', 3, ROWS)];
    matrix.apply(x);
    matrix.applyTransposed(y);
    const updates = x.map((right, k) => ({ coefficient: 1 / COLUMNS, left: at(y, k), right }));
    const asked = within(x, 2, 7);
    const [own, copied] = [
      matrix.applyUpdated(asked, updates),
      matrix.copy(drawing.source).applyUpdated(asked, updates),
    ];
    asked.forEach((_, k) => {
      expect(distance(at(own, k), at(copied, k))).toBeLessThan(ROUNDING);
    });
    const unmet = [{ coefficient: 1, left: at(normalColumns(8, 'y', 1, ROWS), 0), right: at(x, 0) }];
    const expected = matrix.apply(asked);
    added(expected, unmet, true, asked);
    expect(distance(at(matrix.applyUpdated(asked, unmet), 0), at(expected, 0))).toBeLessThan(ROUNDING);
  });

  it('leave out no more than the tolerance', () => {
    const tolerance = 1e-2;
    const matrix = lazyGaussian({ ...drawnFrom(stream(9), ROWS, COLUMNS), tolerance });
    const basis = normalColumns(10, 'x', 2, COLUMNS);
    // The second block is off the first one's span by less than the tolerance.
    const near = basis.map((column, k) =>
      column.map((value, i) => value + 5e-3 * at(at(normalColumns(11, 'z', 2, COLUMNS), k), i)),
    );
    const [image] = matrix.applyUpdated(basis, []);
    const [close] = matrix.applyUpdated(near, []);
    expect(matrix.ranks.forward).toBe(2);
    expect(distance(at([image], 0) ?? [], at([close], 0) ?? [])).toBeLessThan(5 * tolerance);
  });
});
