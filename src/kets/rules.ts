/**
 * One rule for each instruction: how values with sampled widths are computed (IVb 2.6.5 for width n).
 *
 * All values are the parts of order 1 that the analysis of powers leaves (program/fragment): a sum over a width is its
 * mean here, and left-over powers stand in the maps.
 */

import { at, elementwise, type Operand } from '../numeric/index.ts';
import {
  type Axis,
  entries,
  type InstructionOf,
  type Node,
  type Op,
  offsets,
  plus,
  type Rearrangement,
  strides,
} from '../program/index.ts';
import { type Context, fixedAxes } from './context.ts';
import { contract } from './contract.ts';
import { decompose, numberOf } from './decompose.ts';
import { broken, unsupported } from './errors.ts';
import { renamed, type Source } from './pointwise.ts';
import { rearrangedGroups } from './rearrangedGroups.ts';
import { meanOver, reduceFixed, summed } from './reduce.ts';
import { entryAt, mergedUses, type Operator, type Value } from './values.ts';
import { windowGroups } from './windowGroups.ts';

type Rule<K extends Op> = (instruction: InstructionOf<K>, node: Node, context: Context) => Value;

export const rules: { readonly [K in Op]: Rule<K> } = {
  input: (_, node, { feed }) => feed(node),
  parameter: (_, node, { feed }) => feed(node),
  constant: ({ values }, node, context) =>
    spread(
      { kind: 'scalars', axes: node.type.axes, shape: fixedShape(node, context), data: Float64Array.from(values) },
      node,
      context,
    ),
  map,
  contract,

  reduce: ({ by, arg, over }, _node, context) => {
    const widths = over.filter(context.analysis.widths.isWidth);
    const fixedOver = over.filter((axis) => !widths.includes(axis));
    const reduced = reduceFixed(by, context.value(arg), fixedOver, context);
    const factor = (axis: Axis): number => (by === 'sum' ? context.ratio(axis) : 1);
    return widths.reduce<Value>((value, axis) => meanOver(value, axis, factor(axis), context), reduced);
  },

  broadcast: ({ arg }, node, context) => spread(context.value(arg), node, context),

  gather: ({ table, index, axis }, node, context) => {
    const source = context.value(table);
    const picks = context.value(index);
    const { axes, shape } = fixedAxes(node, context);
    const step = strides(source.shape)[source.axes.indexOf(axis)] ?? 0;
    const [rows, places] = [offsets(axes, shape, source), offsets(axes, shape, picks)];
    const picked = (p: number): number => at(rows, p) + step * Number(picks.data[at(places, p)]);
    return remake(source, axes, shape, picked);
  },

  scatter: ({ values, index, into }, node, context) => {
    const source = context.value(values);
    const picks = context.value(index);
    const { axes, shape } = fixedAxes(node, context);
    const step = strides(shape)[axes.indexOf(into)] ?? 0;
    const [targets, places] = [
      offsets(source.axes, source.shape, { axes, shape }),
      offsets(source.axes, source.shape, picks),
    ];
    const sources: number[][] = Array.from({ length: entries(shape) }, () => []);
    for (let p = 0; p < source.data.length; p++) {
      sources[at(targets, p) + step * Number(picks.data[at(places, p)])]?.push(p);
    }
    return summed(source, axes, shape, sources);
  },

  window: (window, node, context) => {
    const source = context.value(window.arg);
    const { axes, shape } = fixedAxes(node, context);
    return summed(source, axes, shape, windowGroups(window, source, { axes, shape }, context.count).windows);
  },

  overlap: (window, node, context) => {
    const source = context.value(window.arg);
    const { axes, shape } = fixedAxes(node, context);
    return summed(source, axes, shape, windowGroups(window, { axes, shape }, source, context.count).whole);
  },

  rename: ({ arg, axes }, _node, context) => {
    const value = context.value(arg);
    const to = new Map(axes);
    const move = (axis: Axis): Axis => to.get(axis) ?? axis;
    const moved = { ...value, axes: value.axes.map(move) };
    if (moved.kind === 'scalars') return moved;
    if (moved.kind === 'vectors') return { ...moved, width: move(moved.width) };
    const data = Array.from(moved.data, ({ matrices, pointwise }) => ({
      matrices: matrices.map((use) => ({ ...use, rows: move(use.rows), columns: move(use.columns) })),
      pointwise: renamed(pointwise, axes),
    }));
    return { ...moved, widths: moved.widths.map(move), data };
  },

  split: rearranged,
  merge: rearranged,
  select: rearranged,
  pad: rearranged,

  concat: () => {
    throw broken('a concatenation', 'it was not written out');
  },

  call: ({ name }) => {
    throw broken('a call', `the function ${name} was not written out`);
  },
};

/** Entries that are only moved. */
function rearranged(moved: Rearrangement & { readonly arg: string }, node: Node, context: Context): Value {
  const source = context.value(moved.arg);
  const { axes, shape } = fixedAxes(node, context);
  return summed(source, axes, shape, rearrangedGroups(moved, source, { axes, shape }, context.count));
}

const fixedShape = (node: Node, context: Context): number[] => fixedAxes(node, context).shape;

/** The same kind of value with its entries picked by position. */
function remake(
  source: Value,
  axes: readonly Axis[],
  shape: readonly number[],
  pick: (position: number) => number,
): Value {
  const positions = Array.from({ length: entries(shape) }, (_, p) => pick(p));
  switch (source.kind) {
    case 'scalars':
      return { ...source, axes, shape, data: Float64Array.from(positions, (p) => entryAt(source.data, p)) };
    case 'vectors':
      return { ...source, axes, shape, data: positions.map((p) => entryAt(source.data, p)) };
    case 'operators':
      return { ...source, axes, shape, data: positions.map((p) => entryAt(source.data, p)) };
  }
}

/** A value repeated along the axes of a node that it lacks. */
function spread(value: Value, node: Node, context: Context): Value {
  const { axes, shape, widths } = fixedAxes(node, context);
  const from = offsets(axes, shape, value);
  const wide = remake(value, axes, shape, (p) => at(from, p));
  const [first] = widths;
  if (first === undefined || wide.kind === 'operators') {
    if (wide.kind === 'operators' && widths.length > wide.widths.length) {
      return { ...wide, widths };
    }
    return wide;
  }
  if (widths.length === 1) {
    if (wide.kind === 'vectors') return wide;
    const ones = context.ones(first);
    const data = Array.from(wide.data, (number) => (number === 1 ? ones : new Float64Array(ones.length).fill(number)));
    return { kind: 'vectors', width: first, axes, shape, data };
  }
  const data = Array.from({ length: entries(shape) }, (_, p): Operator => {
    const source =
      wide.kind === 'vectors' ? { axis: wide.width, column: entryAt(wide.data, p) } : entryAt(wide.data, p);
    return {
      matrices: [],
      pointwise: decompose(
        { op: 'argument', index: 0 },
        { widths, sources: [source], size: context.size, ones: context.ones },
      ),
    };
  });
  return { kind: 'operators', widths, axes, shape, data };
}

function map({ args }: InstructionOf<'map'>, node: Node, context: Context): Value {
  const scaled = context.analysis.maps.get(node.name);
  if (scaled === undefined) throw broken(`map "${node.name}"`, 'its powers were not combined');
  const { axes, shape, widths } = fixedAxes(node, context);
  const operands = args.map((ref) => context.value(ref));
  const places = operands.map((operand) => offsets(axes, shape, operand));
  const positions = entries(shape);
  const [width, second] = widths;
  if (second !== undefined) {
    const data = Array.from({ length: positions }, (_, p): Operator => {
      const sources = operands.map((operand, k) => sourceAt(operand, at(entryAt(places, k), p)));
      const setting = { widths, sources, size: context.size, ones: context.ones };
      const matrices = operands.flatMap((operand, k) => {
        const coefficient = scaled.coefficients.get(k);
        if (coefficient === undefined || operand.kind !== 'operators') return [];
        const factor = numberOf(coefficient.expr, setting);
        return entryAt(operand.data, at(entryAt(places, k), p)).matrices.map((use) => ({
          ...use,
          coefficient: use.coefficient * factor,
          exponent: plus(use.exponent, coefficient.exponent),
        }));
      });
      return { matrices: mergedUses(matrices), pointwise: decompose(scaled.expr, setting) };
    });
    return { kind: 'operators', widths, axes, shape, data };
  }
  const compute = elementwise(scaled.expr, context.size);
  const row: Operand[] = new Array(args.length);
  const read = (p: number): readonly Operand[] => {
    operands.forEach((operand, k) => {
      if (operand.kind === 'operators')
        throw unsupported(node.name, 'it reads a value on two width axes where its result has fewer');
      row[k] = entryAt<Operand>(operand.data, at(entryAt(places, k), p));
    });
    return row;
  };
  if (width === undefined) {
    const data = new Float64Array(positions);
    for (let p = 0; p < positions; p++) compute(read(p), data, 0, 1, p);
    return { kind: 'scalars', axes, shape, data };
  }
  const count = context.count(width);
  const data = Array.from({ length: positions }, (_, p) => {
    const out = new Float64Array(count);
    compute(read(p), out, 0, count);
    return out;
  });
  return { kind: 'vectors', width, axes, shape, data };
}

function sourceAt(operand: Value, position: number): Source {
  switch (operand.kind) {
    case 'scalars':
      return entryAt(operand.data, position);
    case 'vectors':
      return { axis: operand.width, column: entryAt(operand.data, position) };
    case 'operators':
      return entryAt(operand.data, position).pointwise;
  }
}
