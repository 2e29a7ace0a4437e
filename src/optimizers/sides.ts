/** The matrix that a parameter is to an update of whole matrices. Such updates are those of theory 11. */

import { type Axis, spaceOf, without } from '../program/index.ts';

/** Its axes on either side; along `apart` there is a matrix for each place. */
export interface Sides {
  readonly rows: readonly Axis[];
  readonly columns: readonly Axis[];
  readonly apart: readonly Axis[];
}

const HEAD = 'head';

/**
 * Rows are the axes up to the first width, columns the rest: all heads of attention together are the rows or columns of
 * one matrix, and so are a convolution's offsets with its inputs. With `byHead` each head's matrix stands alone. Without
 * a width, or where the first one is last, rows and columns are split behind the first axis, or behind heads and keys. A
 * parameter of one axis has no columns.
 */
export function sidesOf(axes: readonly Axis[], widths: readonly Axis[], byHead = false): Sides {
  const apart = byHead ? axes.filter((axis) => spaceOf(axis) === HEAD) : [];
  const own = without(axes, apart);
  const first = own.findIndex((axis) => widths.includes(axis));
  const [front] = own;
  // Where nothing grows, heads and what follows them are still one side.
  const least = front !== undefined && spaceOf(front) === HEAD ? 2 : 1;
  const end = first < 0 || first === own.length - 1 ? least : first + 1;
  return { rows: own.slice(0, end), columns: own.slice(end), apart };
}
