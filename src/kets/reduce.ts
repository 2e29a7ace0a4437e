/** Sums, means and maxima: over fixed axes entry by entry, over a width axis as means. */

import { at } from '../numeric/index.ts';
import { type Axis, argument, maximum, offsets, without } from '../program/index.ts';
import type { Context } from './context.ts';
import { decompose } from './decompose.ts';
import { broken } from './errors.ts';
import { combine } from './gaussian/index.ts';
import { combined, NOTHING } from './pointwise.ts';
import { meanProducts } from './products.ts';
import { type Column, entryAt, mergedUses, type Operator, type Value } from './values.ts';

/** Reduces fixed axes. */
export function reduceFixed(by: 'sum' | 'mean' | 'max', value: Value, over: readonly Axis[], context: Context): Value {
  if (over.length === 0) return value;
  const { count } = context;
  const axes = without(value.axes, over);
  const shape = axes.map(count);
  const [outer, inner] = [offsets(axes, shape, value), offsets(over, over.map(count), value)];
  const groups = Array.from(outer, (from) => Array.from(inner, (step) => from + step));
  if (by === 'max') return largest(value, axes, shape, groups, context);
  return summed(value, axes, shape, groups, by === 'mean' ? 1 / inner.length : 1);
}

/** Each entry the sum of a group of entries, times a factor. */
export function summed(
  value: Value,
  axes: readonly Axis[],
  shape: readonly number[],
  groups: readonly (readonly number[])[],
  factor = 1,
): Value {
  switch (value.kind) {
    case 'scalars': {
      const data = Float64Array.from(groups, (group) => factor * group.reduce((sum, p) => sum + at(value.data, p), 0));
      return { ...value, axes, shape, data };
    }
    case 'vectors': {
      const length = value.data[0]?.length ?? 0;
      const nothing = new Float64Array(length);
      const data = groups.map((group): Column => {
        const [only] = group;
        if (only === undefined) return nothing;
        if (group.length === 1 && factor === 1) return entryAt(value.data, only);
        const columns = group.map((p) => entryAt(value.data, p));
        return (
          combine(columns, new Float64Array(columns.length).fill(factor), 1, length)[0] ?? new Float64Array(length)
        );
      });
      return { ...value, axes, shape, data };
    }
    case 'operators': {
      const data = groups.map((group): Operator => {
        const parts = group.map((p) => entryAt(value.data, p));
        return {
          matrices: mergedUses(
            parts.flatMap(({ matrices }) => matrices.map((use) => ({ ...use, coefficient: factor * use.coefficient }))),
          ),
          pointwise: combined(parts.map(({ pointwise }) => ({ scale: factor, value: pointwise }))),
        };
      });
      return { ...value, axes, shape, data };
    }
  }
}

function largest(
  value: Value,
  axes: readonly Axis[],
  shape: readonly number[],
  groups: readonly number[][],
  context: Context,
): Value {
  if (value.kind === 'scalars') {
    return {
      ...value,
      axes,
      shape,
      data: Float64Array.from(groups, (g) => Math.max(...g.map((p) => at(value.data, p)))),
    };
  }
  if (value.kind === 'operators') {
    const data = groups.map((group): Operator => {
      const expr = group.map((_, k) => argument(k)).reduce((most, next) => maximum(most, next));
      const sources = group.map((p) => entryAt(value.data, p).pointwise);
      return { matrices: [], pointwise: decompose(expr, { ...context, widths: value.widths, sources }) };
    });
    return { ...value, axes, shape, data };
  }
  const data = groups.map((group) => {
    const columns = group.map((p) => entryAt(value.data, p));
    return Float64Array.from({ length: columns[0]?.length ?? 0 }, (_, i) => Math.max(...columns.map((c) => at(c, i))));
  });
  return { ...value, axes, shape, data };
}

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
  const data = Array.from(value.data, ({ pointwise }) => scaled(meanProducts(pointwise, [ones], along)[0], factor));
  return { kind: 'vectors', width: rest, axes: value.axes, shape: value.shape, data };
}

function scaled(column: Column | undefined, factor: number): Column {
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
