/** Matrices in the eigenbases of statistics of their rows and columns, and back (SOAP, Vyas et al. 2024). */

import { type Axis, without } from '../axes.ts';
import { argument } from '../expressions.ts';
import type { Value, Writer } from '../writer.ts';
import { EIGENBASIS } from './eigenbasis.ts';
import type { NamedFunction } from './function.ts';
import { matrixAxes } from './matrixFunctions.ts';

/** Q_Lᵀ X Q_R, the columns of Q_L and Q_R eigenvectors of L and R by falling eigenvalue, or Q_L X Q_Rᵀ. */
export function rotated(way: 'into' | 'out of'): NamedFunction {
  return {
    define(writer, [input, left, right], call) {
      if (input === undefined || left === undefined || right === undefined) return writer.map(argument(0), [input]);
      const { rows, columns } = matrixAxes(call);
      return onSide(writer, onSide(writer, input, left, rows, way), right, columns, way);
    },
  };
}

/** A basis applied on one side: its rows are the side, its columns, which copies stand for, the eigenvectors. */
function onSide(writer: Writer, input: Value, statistics: Value, side: readonly Axis[], way: 'into' | 'out of'): Value {
  const basis = writer.call(EIGENBASIS, [statistics], side);
  const copies = without(statistics.type.axes, input.type.axes);
  const pairs = side.map((axis, k) => [axis, copies[k] ?? axis] as const);
  if (way === 'out of') return writer.contract(basis, writer.rename(input, pairs), copies);
  return writer.rename(
    writer.contract(basis, input, side),
    pairs.map(([axis, copy]) => [copy, axis] as const),
  );
}
