/**
 * Programs read with sampled widths (IVb 2.6.5 for width n).
 *
 * All values are the parts of order 1 that the analysis of powers leaves (program/fragment): a sum over a width is its
 * mean here, and left-over powers stand in the maps.
 */

import type { Extent, Reading } from '../entries/index.ts';
import type { Axis } from '../program/index.ts';
import { sampledAlgebra } from './algebra.ts';
import type { Context } from './context.ts';
import { contract } from './contract.ts';
import { map } from './map.ts';
import { matrixFunction } from './matrixFunction.ts';
import { meanOver } from './means.ts';
import { type Column, type Entry, operatorOf, type Value, widthsOf } from './values.ts';

/** The reading of one run. */
export function sampledReading(context: Context): Reading<Value, Entry> {
  const { value, feed, isWidth, count, ratio } = context;
  return {
    value,
    isWidth,
    count,
    widthsOf,
    made,
    algebra: sampledAlgebra(context),
    own: {
      input: (_, node) => feed(node),
      parameter: (_, node) => feed(node),
      map: (instruction, node) => map(instruction, node, context),
      contract: (instruction, node) => contract(instruction, node, context),
      call: (instruction, node) => matrixFunction(instruction, node, context),
    },
    overWidth: (by, operand, axis) => meanOver(operand, axis, by === 'sum' ? ratio(axis) : 1, context),
  };
}

/** A value of entries whose kind the number of width axes tells. */
function made(data: readonly Entry[], { axes, shape }: Extent, widths: readonly Axis[]): Value {
  const [width, second] = widths;
  if (width === undefined) return { kind: 'scalars', axes, shape, data: Float64Array.from(data, Number) };
  if (second === undefined) return { kind: 'vectors', width, axes, shape, data: data as readonly Column[] }; // by its width axis
  return { kind: 'operators', widths, axes, shape, data: data.map(operatorOf) };
}
