/** Small matrices in full, for what is measured of functions of matrices. */

import { required } from '../../errors/index.ts';
import type { MatrixAlgebra, SymmetricAlgebra } from '../../program/index.ts';

export type Rows = readonly (readonly number[])[];

/** Entries by rows. */
export const denseOf = (entries: ArrayLike<number>, columns: number): Rows =>
  Array.from({ length: entries.length / columns }, (_, row) =>
    Array.from({ length: columns }, (__, column) => required(entries[row * columns + column], 'entry of a matrix')),
  );

const entryOf = (rows: Rows, row: number, column: number): number => required(rows[row]?.[column], 'entry of a matrix');

const mapped = (rows: Rows, of: (value: number, row: number, column: number) => number): Rows =>
  rows.map((own, row) => own.map((value, column) => of(value, row, column)));

export const matrixProduct = (left: Rows, right: Rows): Rows =>
  left.map((own) =>
    required(right[0], 'row of a matrix').map((_, column) =>
      own.reduce((total, value, k) => total + value * entryOf(right, k, column), 0),
    ),
  );

export const transposed = (rows: Rows): Rows =>
  required(rows[0], 'row of a matrix').map((_, column) => rows.map((own) => required(own[column], 'entry of a row')));

const matrixSum = (a: number, left: Rows, b: number, right: Rows): Rows =>
  mapped(left, (value, row, column) => a * value + b * entryOf(right, row, column));

const overNorm = (rows: Rows, of: Rows, power: number): Rows => {
  const norm = Math.hypot(...of.flat());
  return mapped(rows, (value) => (norm === 0 ? 0 : value / norm ** power));
};

const sideOf = (applied: (s: Rows, x: Rows) => Rows): SymmetricAlgebra<Rows, Rows> => ({
  product: matrixProduct,
  sum: (...terms) =>
    mapped(required(terms[0], 'term of a sum')[1], (_, row, column) =>
      terms.reduce((total, [factor, s]) => total + factor * entryOf(s, row, column), 0),
    ),
  applied,
  normalized: (s) => overNorm(s, s, 1),
  overNorm,
});

const ROWS = sideOf(matrixProduct);

/** Matrices by their rows. */
export const DENSE: MatrixAlgebra<Rows, Rows> = {
  normalized: (rows, epsilon) => {
    const norm = Math.hypot(...rows.flat()) + epsilon;
    return mapped(rows, (value) => (norm === 0 ? 0 : value / norm));
  },
  sum: matrixSum,
  gram: (rows) => matrixProduct(rows, transposed(rows)),
  rows: ROWS,
  columns: sideOf((s, x) => matrixProduct(x, s)),
  small: ROWS,
};
