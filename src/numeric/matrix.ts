/** Row-major f64 matrices. */

import { sizeMismatch } from './errors.ts';

/** A matrix [rows, columns]; entry (i, j) is `data[i * columns + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Views `data` as a matrix without copying it; throws InvariantError unless its length is rows × columns. */
export function matrix(rows: number, columns: number, data: Float64Array): Matrix {
  if (data.length !== rows * columns) {
    throw sizeMismatch('matrix', `${data.length} entries`, `${rows} × ${columns} = ${rows * columns}`);
  }
  return { rows, columns, data };
}
