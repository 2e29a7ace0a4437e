import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import {
  leastSquares,
  multiply,
  operatorNorm,
  pseudoInverse,
  singularDecomposition,
  singularValues,
  solve,
  solvePositiveDefinite,
  symmetricEigen,
  transpose,
} from '../../src/numeric/linearAlgebra.ts';
import { type Matrix, matrix } from '../../src/numeric/matrix.ts';
import { stream } from '../../src/numeric/random.ts';

/** Backward stable algorithms at these sizes (up to 30): a hundred roundings, and condition numbers below 1e3. */
const TOLERANCE = 100 * 1e3 * 2 ** -52;

function random(rows: number, columns: number, name: string): Matrix {
  return matrix(rows, columns, stream(1, name).normals(rows * columns));
}

function expectClose(actual: Matrix, expected: Matrix, tolerance = TOLERANCE): void {
  expect([actual.rows, actual.columns]).toEqual([expected.rows, expected.columns]);
  const deviation = actual.data.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - at(expected.data, index))),
    0,
  );
  expect(deviation).toBeLessThan(tolerance);
}

function identity(size: number): Matrix {
  const data = new Float64Array(size * size);
  for (let index = 0; index < size; index++) data[index * (size + 1)] = 1;
  return matrix(size, size, data);
}

test('products and transposes', () => {
  const a = matrix(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
  expect([...transpose(a).data]).toEqual([1, 4, 2, 5, 3, 6]);
  expect([...multiply(a, transpose(a)).data]).toEqual([14, 32, 32, 77]);
});

test('eigenvalues of a known matrix rise', () => {
  const { values } = symmetricEigen(matrix(3, 3, Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2)));
  expect(values[0]).toBeCloseTo(2 - Math.SQRT2, 14);
  expect(values[1]).toBeCloseTo(2, 14);
  expect(values[2]).toBeCloseTo(2 + Math.SQRT2, 14);
});

test('eigenvectors are orthonormal and rebuild the matrix', () => {
  const factor = random(30, 20, 'eigen');
  const a = multiply(factor, transpose(factor));
  const { values, vectors } = symmetricEigen(a);
  expectClose(multiply(transpose(vectors), vectors), identity(30));
  const scaled = matrix(
    30,
    30,
    vectors.data.map((value, index) => value * at(values, index % 30)),
  );
  expectClose(multiply(scaled, transpose(vectors)), a);
});

test('singular values of a known matrix fall, and the largest is the operator norm', () => {
  // [[3, 0], [4, 5]] has singular values √45 and √5.
  const a = matrix(2, 2, Float64Array.of(3, 0, 4, 5));
  expect(singularValues(a)[0]).toBeCloseTo(Math.sqrt(45), 14);
  expect(singularValues(a)[1]).toBeCloseTo(Math.sqrt(5), 14);
  expect(operatorNorm(a)).toBe(singularValues(a)[0]);
  expect(operatorNorm(matrix(2, 2, new Float64Array(4)))).toBe(0);
  expect(operatorNorm(matrix(0, 3, new Float64Array(0)))).toBe(0);
  expect(singularValues(random(5, 9, 'wide')).length).toBe(5);
  expect(singularValues(random(9, 5, 'tall')).length).toBe(5);
});

describe('minimum norm least squares is the pseudo-inverse', () => {
  test.each([
    { rows: 12, columns: 7, inner: 7 },
    { rows: 7, columns: 12, inner: 7 },
    { rows: 12, columns: 9, inner: 4 },
    { rows: 9, columns: 12, inner: 4 },
    { rows: 10, columns: 10, inner: 10 },
  ])('$rows × $columns of rank $inner', ({ rows, columns, inner }) => {
    const a = multiply(random(rows, inner, 'left'), random(inner, columns, 'right'));
    const { solution: inverse, rank } = leastSquares(a, identity(rows));
    expect(rank).toBe(inner);
    // The four Penrose conditions define the pseudo-inverse.
    const onto = multiply(a, inverse);
    const back = multiply(inverse, a);
    expectClose(multiply(onto, a), a);
    expectClose(multiply(back, inverse), inverse);
    expectClose(transpose(onto), onto);
    expectClose(transpose(back), back);
  });

  test('of zero', () => {
    const { solution, rank } = leastSquares(matrix(2, 3, new Float64Array(6)), matrix(2, 1, Float64Array.of(1, 2)));
    expect(rank).toBe(0);
    expect([...solution.data]).toEqual([0, 0, 0]);
  });
});

test('direct solvers', () => {
  const a = random(15, 15, 'direct');
  const b = random(15, 2, 'right side');
  expectClose(multiply(a, solve(a, b)), b);
  const covariance = multiply(a, transpose(a));
  // Squaring the matrix squares its condition number, here 1e4.
  expectClose(multiply(covariance, solvePositiveDefinite(covariance, b)), b, TOLERANCE * 1e3);
});

test('wrong sizes and unsuitable matrices are refused', () => {
  const square = matrix(2, 2, Float64Array.of(1, 2, 3, 4));
  const wide = matrix(1, 2, Float64Array.of(1, 2));
  expect(() => matrix(2, 2, new Float64Array(3))).toThrow('matrix: given 3 entries, expected 2 × 2 = 4.');
  expect(() => multiply(square, wide)).toThrow('multiply: given 1 rows on the right, expected 2.');
  expect(() => leastSquares(square, wide)).toThrow('leastSquares: given 1 rows on the right, expected 2.');
  expect(() => solve(wide, wide)).toThrow('solve: given 1 × 2, expected a square matrix.');
  expect(() => solve(square, wide)).toThrow('solve: given 1 rows on the right, expected 2.');
  expect(() => solve(matrix(2, 2, new Float64Array(4)), square)).toThrow(
    'solve: the matrix is not invertible. Add a ridge to its diagonal, or use least squares.',
  );
  expect(() => symmetricEigen(wide)).toThrow('symmetricEigen: given 1 × 2, expected a square matrix.');
  expect(() => symmetricEigen(square)).toThrow('symmetricEigen: the matrix is not symmetric.');
  expect(() => solvePositiveDefinite(identity(2), wide)).toThrow('solvePositiveDefinite: given 1 rows on the right');
  expect(() => solvePositiveDefinite(matrix(1, 1, Float64Array.of(-1)), matrix(1, 1, Float64Array.of(1)))).toThrow(
    'solvePositiveDefinite: the matrix is not positive definite.',
  );
  expect(() => singularValues(matrix(1, 2, Float64Array.of(1, Number.NaN)))).toThrow(
    'singularValues: entry 1 is NaN, expected a finite number.',
  );
});

describe('singular value decomposition', () => {
  const sizes = fc.integer({ min: 1, max: 15 });

  test('has orthonormal vectors that rebuild a matrix of any shape and rank', () => {
    fc.assert(
      fc.property(sizes, sizes, sizes, fc.nat(), (rows, columns, inner, seed) => {
        const draw = (height: number, width: number, name: string) =>
          matrix(height, width, stream(seed, name).normals(height * width));
        const a = multiply(draw(rows, inner, 'left'), draw(inner, columns, 'right'));
        const { left, values, right } = singularDecomposition(a);
        const rank = Math.min(rows, columns, inner);
        expect(values.length).toBe(rank);
        expect(values).toEqual(values.toSorted().reverse());
        expectClose(multiply(transpose(left), left), identity(rank));
        expectClose(multiply(transpose(right), right), identity(rank));
        const scaled = left.data.map((value, index) => value * at(values, index % rank));
        expectClose(multiply(matrix(rows, rank, scaled), transpose(right)), a);
      }),
    );
  });

  test('ends on matrices of low rank and repeated values', () => {
    // The kernel of 100 examples of two kinds, on which the iteration of ml-matrix 6.15.1 does not end.
    const signs = Float64Array.from({ length: 100 }, (_, k) => (k % 2) * 2 - 1);
    const twoKinds = multiply(matrix(100, 1, signs), matrix(1, 100, signs));
    expect([...singularDecomposition(twoKinds).values]).toEqual([expect.closeTo(100, 11)]);
    expect([...singularValues(twoKinds)].slice(1)).toEqual(new Array(99).fill(0));
    expect([...singularDecomposition(identity(30)).values]).toEqual(new Array(30).fill(1));
    const factor = random(150, 20, 'low rank');
    expect(singularDecomposition(multiply(factor, transpose(factor))).values.length).toBe(20);
  });

  test('keeps digits of columns of very different size', () => {
    const { left, values } = singularDecomposition(matrix(2, 2, Float64Array.of(1, 1e-12, 1, -1e-12)));
    expect(values[0]).toBeCloseTo(Math.SQRT2, 14);
    expect((values[1] ?? 0) * 1e12).toBeCloseTo(Math.SQRT2, 14);
    expectClose(multiply(transpose(left), left), identity(2));
  });

  test('of matrices near the ends of f64', () => {
    for (const scale of [2 ** 1000, 2 ** -1000]) {
      const a = matrix(2, 2, Float64Array.of(3 * scale, 0, 4 * scale, 5 * scale));
      const values = [...singularDecomposition(a).values].map((value) => value / scale);
      expect(values).toEqual([expect.closeTo(Math.sqrt(45), 14), expect.closeTo(Math.sqrt(5), 14)]);
    }
  });

  test('of nothing', () => {
    for (const [rows, columns] of [
      [0, 3],
      [3, 0],
      [2, 3],
    ] as const) {
      const { left, values, right } = singularDecomposition(matrix(rows, columns, new Float64Array(rows * columns)));
      expect([left.rows, left.columns, values.length, right.rows, right.columns]).toEqual([rows, 0, 0, columns, 0]);
    }
  });
});

test('one decomposition solves for several right sides', () => {
  const a = random(7, 4, 'several');
  const inverse = pseudoInverse(singularDecomposition(a));
  for (const name of ['first', 'second']) {
    const b = random(7, 2, name);
    expect(inverse(b)).toEqual(leastSquares(a, b).solution);
  }
});
