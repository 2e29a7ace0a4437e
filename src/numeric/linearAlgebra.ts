/**
 * Dense linear algebra on row-major f64 matrices: a typed layer over the library `ml-matrix`, but for singular values.
 *
 * The library's classes stay inside this file. Every size is checked here, every entry given to a factorization must be
 * finite (the library would not end on NaN), and a violation is an InvariantError, for callers know their sizes; input
 * from users is checked where it enters.
 */

import { CholeskyDecomposition, EigenvalueDecomposition, Matrix as LibraryMatrix, LuDecomposition } from 'ml-matrix';
import { entry } from './arrays.ts';
import { notFinite, notSolvable, notSymmetric, sizeMismatch } from './errors.ts';
import { type Matrix, matrix } from './matrix.ts';
import { singularTriples } from './singular.ts';
import { isSymmetric, symmetricTriples } from './symmetricTriples.ts';

/** Eigenvalues [n] in rising order with orthonormal eigenvectors as columns of a matrix [n, n]. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

/**
 * a = left · diag(values) · rightᵀ with orthonormal columns and falling values: as many as are above
 * max(rows, columns) · ε · σ_max, ε = 2^-52, the cutoff of LAPACK-based libraries; the rest is rounding. With `rank` values
 * [rank], `left` is [rows, rank] and `right` [columns, rank].
 */
export interface SingularDecomposition {
  readonly left: Matrix;
  readonly values: Float64Array;
  readonly right: Matrix;
}

/** The solution [columns of a, columns of b] of a least squares problem and the rank that the cutoff left. */
export interface LeastSquares {
  readonly solution: Matrix;
  readonly rank: number;
}

/** Largest asymmetry, relative to the largest entry, that rounding in a product of two matrices may leave. */
const SYMMETRY_TOLERANCE = 1e-10;

/** Symmetric matrices of so many rows are decomposed by their eigenvectors; smaller ones take no time, and Jacobi is more accurate. */
const LEAST_BY_SPECTRUM = 128;

/** The matrix [columns, rows] with rows and columns of `a` [rows, columns] exchanged. */
export function transpose(a: Matrix): Matrix {
  const data = new Float64Array(a.data.length);
  for (let row = 0; row < a.rows; row++) {
    for (let column = 0; column < a.columns; column++) {
      data[column * a.rows + row] = entry(a.data, row * a.columns + column);
    }
  }
  return { rows: a.columns, columns: a.rows, data };
}

/**
 * The product a · b [rows, columns] of `a` [rows, inner] and `b` [inner, columns]; throws InvariantError unless the
 * columns of `a` are as many as the rows of `b`.
 */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) throw sizeMismatch('multiply', `${b.rows} rows on the right`, `${a.columns}`);
  const data = new Float64Array(a.rows * b.columns);
  for (let row = 0; row < a.rows; row++) {
    const start = row * b.columns;
    for (let inner = 0; inner < a.columns; inner++) {
      const factor = entry(a.data, row * a.columns + inner);
      const from = inner * b.columns;
      for (let column = 0; column < b.columns; column++) {
        data[start + column] = entry(data, start + column) + factor * entry(b.data, from + column);
      }
    }
  }
  return { rows: a.rows, columns: b.columns, data };
}

/**
 * Eigen-decomposition of a symmetric matrix [n, n] (Householder and implicit QL).
 *
 * Asymmetry up to 1e-10 of the largest entry is averaged out; more throws InvariantError.
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const decomposition = new EigenvalueDecomposition(symmetrized(a, 'symmetricEigen'), { assumeSymmetric: true });
  return {
    values: Float64Array.from(decomposition.realEigenvalues),
    vectors: fromLibrary(decomposition.eigenvectorMatrix),
  };
}

/**
 * Singular values of a matrix [rows, columns] in falling order, [min(rows, columns)]; those below the cutoff of a
 * decomposition are 0.
 */
export function singularValues(a: Matrix): Float64Array {
  checkFinite(a, 'singularValues');
  const values = new Float64Array(Math.min(a.rows, a.columns));
  values.set(singularDecomposition(a).values);
  return values;
}

/** The largest singular value of a matrix [rows, columns], 0 for an empty one. */
export function operatorNorm(a: Matrix): number {
  return a.data.length === 0 ? 0 : entry(singularValues(a), 0);
}

/**
 * The x [columns of a, columns of b] of least Euclidean norm among those that minimize ‖a x − b‖ column by column, with
 * the cutoff of {@link SingularDecomposition}. Throws {@link InvariantError} where rows of a and b differ in number.
 */
export function leastSquares(a: Matrix, b: Matrix): LeastSquares {
  if (a.rows !== b.rows) throw sizeMismatch('leastSquares', `${b.rows} rows on the right`, `${a.rows}`);
  const decomposition = singularDecomposition(a);
  return { solution: pseudoInverse(decomposition)(b), rank: decomposition.values.length };
}

/**
 * The map of {@link leastSquares} from right sides b [rows of a, right sides] to solutions [columns of a, right sides],
 * for several b of one matrix.
 */
export function pseudoInverse({ left, values, right }: SingularDecomposition): (b: Matrix) => Matrix {
  const adjoint = transpose(left);
  return (b) => {
    const projected = multiply(adjoint, b);
    const scaled = projected.data.map((value, index) => value / entry(values, Math.floor(index / b.columns)));
    return multiply(right, matrix(values.length, b.columns, scaled));
  };
}

/** The singular values and vectors of a matrix [rows, columns] of finite entries; throws InvariantError for others. */
export function singularDecomposition(a: Matrix): SingularDecomposition {
  checkFinite(a, 'singularDecomposition');
  const bySpectrum = a.rows >= LEAST_BY_SPECTRUM && isSymmetric(a);
  const { left, values, right } = bySpectrum ? symmetricTriples(a) : singularTriples(a.data, a.rows, a.columns);
  return {
    left: transpose(matrix(values.length, a.rows, left)),
    values,
    right: transpose(matrix(values.length, a.columns, right)),
  };
}

/**
 * The x [n, columns] with a x = b for a symmetric positive definite `a` [n, n] and `b` [n, columns] (Cholesky). Throws
 * UserError if `a` is not positive definite, InvariantError if it is not square and symmetric, for another number of
 * rows of `b`, and for entries that are not finite.
 */
export function solvePositiveDefinite(a: Matrix, b: Matrix): Matrix {
  if (a.rows !== b.rows) throw sizeMismatch('solvePositiveDefinite', `${b.rows} rows on the right`, `${a.rows}`);
  const decomposition = new CholeskyDecomposition(symmetrized(a, 'solvePositiveDefinite'));
  if (!decomposition.isPositiveDefinite()) throw notSolvable('solvePositiveDefinite', 'positive definite');
  return fromLibrary(decomposition.solve(toLibrary(b, 'solvePositiveDefinite')));
}

/**
 * The x [n, columns] with a x = b for a square `a` [n, n] and `b` [n, columns] (LU with pivots). Throws UserError if
 * `a` is exactly singular, InvariantError for other sizes and entries that are not finite.
 */
export function solve(a: Matrix, b: Matrix): Matrix {
  if (a.rows !== a.columns) throw sizeMismatch('solve', `${a.rows} × ${a.columns}`, 'a square matrix');
  if (a.rows !== b.rows) throw sizeMismatch('solve', `${b.rows} rows on the right`, `${a.rows}`);
  const decomposition = new LuDecomposition(toLibrary(a, 'solve'));
  if (decomposition.isSingular()) throw notSolvable('solve', 'invertible');
  return fromLibrary(decomposition.solve(toLibrary(b, 'solve')));
}

function checkFinite(a: Matrix, where: string): void {
  const bad = a.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw notFinite(where, bad, entry(a.data, bad));
}

function toLibrary(a: Matrix, where: string): LibraryMatrix {
  checkFinite(a, where);
  return LibraryMatrix.from1DArray(a.rows, a.columns, a.data);
}

function fromLibrary(a: LibraryMatrix): Matrix {
  return matrix(a.rows, a.columns, Float64Array.from(a.to1DArray()));
}

/** The mean of the matrix and its transpose, exactly symmetric. */
function symmetrized(a: Matrix, where: string): LibraryMatrix {
  if (a.rows !== a.columns) throw sizeMismatch(where, `${a.rows} × ${a.columns}`, 'a square matrix');
  const reversed = transpose(a).data;
  const largest = a.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const data = a.data.map((value, index) => {
    const other = entry(reversed, index);
    if (Math.abs(value - other) > SYMMETRY_TOLERANCE * largest) throw notSymmetric(where);
    return (value + other) / 2;
  });
  return toLibrary(matrix(a.rows, a.columns, data), where);
}
