/** Means over width axes. */

import { at } from '../numeric/index.ts';
import { type Axis, without } from '../program/index.ts';
import { NOTHING } from './combination.ts';
import type { Context } from './context.ts';
import { broken } from './errors.ts';
import { meanProducts } from './products.ts';
import type { Column, Operator, Value } from './values.ts';

/** The mean over a width axis; a sum is n times the size ratio of the axis times it. */
export function meanOver(value: Value, axis: Axis, factor: number, context: Context): Value {
  if (value.kind === 'scalars') return { ...value, data: Float64Array.from(value.data, (x) => x * factor) };
  if (value.kind === 'vectors') {
    const { axes, shape, data } = value;
    return { kind: 'scalars', axes, shape, data: Float64Array.from(data, (column) => factor * meanOf(column)) };
  }
  const widths = without(value.widths, [axis]);
  const [rest, more] = widths;
  if (rest === undefined) throw broken('a mean', 'its operand has one width axis and is an operator');
  const samples = context.subsample(axis);
  if (more !== undefined) {
    const data = Array.from(
      value.data,
      ({ pointwise }): Operator => ({
        matrices: [],
        pointwise: {
          ...NOTHING,
          terms: [{ coefficient: factor, pointwise: { kind: 'mean', over: axis, samples, arg: pointwise } }],
        },
      }),
    );
    return { ...value, widths, data };
  }
  const ones = context.ones(axis);
  const along = { over: axis, samples, rest, length: context.count(rest) };
  const data = Array.from(value.data, ({ pointwise }) =>
    scaledProduct(meanProducts(pointwise, [ones], along)[0], factor),
  );
  return { kind: 'vectors', width: rest, axes: value.axes, shape: value.shape, data };
}

function scaledProduct(column: Column | undefined, factor: number): Column {
  if (column === undefined) throw broken('a mean', 'a product of one column gave none');
  return factor === 1 ? column : column.map((x) => x * factor);
}

/** Sums in runs of a thousand, so that rounding does not grow with the length. */
function meanOf(column: Column): number {
  let total = 0;
  for (let start = 0; start < column.length; start += RUN) {
    const end = Math.min(start + RUN, column.length);
    let sum = 0;
    for (let i = start; i < end; i++) sum += at(column, i);
    total += sum;
  }
  return total / column.length;
}

const RUN = 1024;
