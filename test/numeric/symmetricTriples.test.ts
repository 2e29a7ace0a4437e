import { describe, expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { multiply, singularDecomposition, transpose } from '../../src/numeric/linearAlgebra.ts';
import { type Matrix, matrix } from '../../src/numeric/matrix.ts';
import { stream } from '../../src/numeric/random.ts';
import { singularTriples } from '../../src/numeric/singular.ts';
import { isSymmetric } from '../../src/numeric/symmetricTriples.ts';

/** Enough rows to be decomposed by eigenvectors. */
const ROWS = 140;

/** A sum of `rank` squares, each with a sign, of sizes that fall by a factor of 10⁶. */
function symmetric(rank: number, sign: (k: number) => number): Matrix {
  const factor = matrix(ROWS, rank, stream(rank, 'factor').normals(ROWS * rank));
  const weighed = factor.data.map((value, k) => value * sign(k % rank) * 10 ** ((-6 * (k % rank)) / rank));
  const { data } = multiply(matrix(ROWS, rank, weighed), transpose(factor));
  // To the bit, which sums in another order are not.
  return matrix(
    ROWS,
    ROWS,
    data.map((value, k) => (value + at(data, (k % ROWS) * ROWS + Math.floor(k / ROWS))) / 2),
  );
}

describe.each([
  ['full rank', symmetric(ROWS, () => 1)],
  ['low rank', symmetric(30, () => 1)],
  ['both signs', symmetric(60, (k) => (k % 3 === 0 ? -1 : 1))],
  ['nothing at all', matrix(ROWS, ROWS, new Float64Array(ROWS * ROWS))],
])('a large symmetric matrix of %s', (_, a) => {
  const { left, values, right } = singularDecomposition(a);
  const jacobi = singularTriples(a.data, ROWS, ROWS);
  const norm = values[0] ?? 0;
  /** A backward stable algorithm's, with a constant below 10. */
  const tolerance = 10 * ROWS * Number.EPSILON;

  test('has the singular values that Jacobi rotations find, as many', () => {
    expect(isSymmetric(a)).toBe(true);
    expect(values).toHaveLength(jacobi.values.length);
    values.forEach((value, k) => {
      expect(Math.abs(value - at(jacobi.values, k))).toBeLessThanOrEqual(tolerance * norm);
    });
  });

  test('is the product of its parts, whose columns are orthonormal', () => {
    const scaled = left.data.map((value, k) => value * at(values, k % values.length));
    const product = multiply(matrix(ROWS, values.length, scaled), transpose(right));
    product.data.forEach((value, k) => {
      expect(Math.abs(value - at(a.data, k))).toBeLessThanOrEqual(tolerance * norm);
    });
    for (const side of [left, right]) {
      const overlaps = multiply(transpose(side), side).data;
      overlaps.forEach((value, k) => {
        const own = Math.floor(k / values.length) === k % values.length;
        expect(Math.abs(value - (own ? 1 : 0))).toBeLessThan(tolerance);
      });
    }
  });
});

test('one bit makes a matrix asymmetric', () => {
  const a = symmetric(3, () => 1);
  a.data[1] = at(a.data, 1) * (1 + Number.EPSILON);
  expect(isSymmetric(a)).toBe(false);
});
