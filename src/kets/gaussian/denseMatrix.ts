/**
 * Random matrices that are stored whole: the oracle for lazy ones, and matrices of other laws than Gaussian. Such laws
 * are those of IVb 2.6.3 and 2.6.4.
 */

import { entry } from '../../numeric/index.ts';
import { shapeMismatch } from '../errors.ts';
import type { Column } from './columns.ts';
import type { RandomMatrix } from './randomMatrix.ts';

/** Columns of a block that one pass over the matrix serves. */
const GROUP = 4;

/**
 * The matrix of row-major entries [rows, columns], of which no copy is made.
 *
 * Throws InvariantError `kets.shapeMismatch` for another number of entries, and for columns of another length than the
 * matrix asks for.
 */
export function denseMatrix(rows: number, columns: number, entries: Float64Array): RandomMatrix {
  if (entries.length !== rows * columns) {
    throw shapeMismatch('denseMatrix', `${entries.length} entries`, `${rows} × ${columns} = ${rows * columns}`);
  }
  const matrix: RandomMatrix = {
    rows,
    columns,
    apply: (block) => inGroups(block, columns, rows, (x, y) => addProducts(entries, x, y)),
    applyTransposed: (block) => inGroups(block, rows, columns, (y, x) => addTransposedProducts(entries, y, x)),
    // Nothing is left to be drawn.
    copy: () => matrix,
  };
  return matrix;
}

/** Groups are filled up with zero columns, so that the inner loops have no cases. */
function inGroups(
  block: readonly Column[],
  length: number,
  imageLength: number,
  product: (group: Group, images: Group) => void,
): Column[] {
  const wrong = block.find((column) => column.length !== length);
  if (wrong !== undefined) throw shapeMismatch('denseMatrix', `a column of ${wrong.length} entries`, `${length}`);
  const images = block.map(() => new Float64Array(imageLength));
  for (let first = 0; first < block.length; first += GROUP) {
    const member = (columns: readonly Column[], size: number, k: number): Column =>
      columns[first + k] ?? new Float64Array(size);
    const group = (columns: readonly Column[], size: number): Group => [
      member(columns, size, 0),
      member(columns, size, 1),
      member(columns, size, 2),
      member(columns, size, 3),
    ];
    product(group(block, length), group(images, imageLength));
  }
  return images;
}

type Group = readonly [Column, Column, Column, Column];

function addProducts(entries: Float64Array, [x0, x1, x2, x3]: Group, [y0, y1, y2, y3]: Group): void {
  for (let row = 0; row < y0.length; row++) {
    const start = row * x0.length;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let column = 0; column < x0.length; column++) {
      const value = entry(entries, start + column);
      s0 += value * entry(x0, column);
      s1 += value * entry(x1, column);
      s2 += value * entry(x2, column);
      s3 += value * entry(x3, column);
    }
    y0[row] = s0;
    y1[row] = s1;
    y2[row] = s2;
    y3[row] = s3;
  }
}

function addTransposedProducts(entries: Float64Array, [y0, y1, y2, y3]: Group, [x0, x1, x2, x3]: Group): void {
  for (let row = 0; row < y0.length; row++) {
    const start = row * x0.length;
    const [f0, f1, f2, f3] = [entry(y0, row), entry(y1, row), entry(y2, row), entry(y3, row)];
    for (let column = 0; column < x0.length; column++) {
      const value = entry(entries, start + column);
      x0[column] = entry(x0, column) + value * f0;
      x1[column] = entry(x1, column) + value * f1;
      x2[column] = entry(x2, column) + value * f2;
      x3[column] = entry(x3, column) + value * f3;
    }
  }
}
