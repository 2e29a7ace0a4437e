/** `W @ x` and `W^T @ x`: which axes a product without axes sums over. */

import { required } from '../../errors/index.ts';
import { type Axis, copyOf, spaceOf } from '../axes.ts';
import { contractAxes } from '../infer.ts';
import type { Writer } from '../writer.ts';
import * as errors from './errors.ts';
import type { SourceText, Span } from './place.ts';

/** Renames the vector's axis, sums over one axis, renames the result's. */
export interface ProductPlan {
  readonly before: readonly (readonly [from: Axis, to: Axis])[];
  readonly over: Axis;
  readonly after: readonly (readonly [from: Axis, to: Axis])[];
}

/**
 * A matrix has rows and columns: its first and last width axis, or its first and last axis if it has at most two. The
 * product sums over the columns (the rows if transposed) with the vector's axis of the same space, and hands out the
 * result on the first copy of the other one.
 */
export function matrixProduct(
  source: SourceText,
  writer: Writer,
  at: Span & { readonly matrix: Span; readonly vector: Span },
  matrix: readonly Axis[],
  vector: readonly Axis[],
  transposed: boolean,
): ProductPlan {
  const widths = writer.widthAxes(matrix);
  const one = widths.length === 1 && !transposed && matrix.length > 2;
  const sides = widths.length >= 2 || one ? widths : matrix;
  if (sides.length === 0 || sides.length > 2) throw errors.notAMatrix(source, at.matrix, matrix);
  const [over, other] = transposed
    ? [required(sides[0], 'side of a matrix'), sides[1]]
    : [required(sides.at(-1), 'side of a matrix'), sides.length > 1 ? sides[0] : undefined];
  const space = spaceOf(over);
  const found = vector.filter((axis) => spaceOf(axis) === space);
  const [axis] = found;
  if (axis === undefined || found.length > 1) {
    throw errors.productAxes(source, at.vector, over, space, vector);
  }
  const before = axis === over ? [] : [[axis, over] as const];
  const result = contractAxes(
    matrix,
    vector.map((a) => (a === axis ? over : a)),
    [over],
  );
  const copies = other === undefined ? [] : result.filter((a) => spaceOf(a) === spaceOf(other));
  const after =
    other !== undefined && copies.length === 1 && copyOf(other) > 0 ? [[other, spaceOf(other)] as const] : [];
  return { before, over, after };
}
