/** One rule for each instruction, in the limit and without sampling; the twin of the sampled rules. */

import { required } from '../../errors/index.ts';
import {
  type Axis,
  argument,
  type Expr,
  entries,
  type InstructionOf,
  type Node,
  type Op,
  offsets,
  plus,
  type Rearrangement,
  type ScaledMap,
  strides,
  without,
} from '../../program/index.ts';
import { broken } from '../errors.ts';
import { rearrangedGroups } from '../rearrangedGroups.ts';
import { mergedUses } from '../values.ts';
import { windowGroups } from '../windowGroups.ts';
import type { ExactContext } from './context.ts';
import { contractExact } from './contractExact.ts';
import { type ExactOperator, type ExactUse, type ExactValue, whereClosed } from './values.ts';

type Entry = ExactValue['data'][number];

/** The rules that need no drawing; inputs and parameters are the caller's. */
type Ruled = Exclude<Op, 'input' | 'parameter'>;
type Rule<K extends Op> = (
  instruction: InstructionOf<K>,
  node: Node,
  context: ExactContext,
  map: ScaledMap | undefined,
) => ExactValue;

export const exactRules: { readonly [K in Ruled]: Rule<K> } = {
  constant: ({ values }, node, context) => {
    const { axes, shape, widths } = context.fixedAxes(node);
    return spread(context.made([...values], axes, shape, []), node, context, widths);
  },
  map,
  contract: contractExact,

  reduce: ({ by, arg, over }, _node, context) => {
    const fixed = over.filter((axis) => !context.isWidth(axis));
    const value = reduceFixed(by, context.value(arg), fixed, context);
    return over
      .filter(context.isWidth)
      .reduce((result, axis) => context.meanOver(result, axis, by === 'sum' ? context.ratio(axis) : 1), value);
  },

  broadcast: ({ arg }, node, context) => spread(context.value(arg), node, context, context.fixedAxes(node).widths),

  gather: ({ table, index, axis }, node, context) => {
    const [source, picks] = [context.value(table), context.value(index)];
    const { axes, shape, widths } = context.fixedAxes(node);
    const step = strides(source.shape)[source.axes.indexOf(axis)] ?? 0;
    const [rows, places] = [offsets(axes, shape, source), offsets(axes, shape, picks)];
    const data = Array.from(rows, (row, p) => source.data[row + step * Number(picks.data[places[p] ?? 0])] ?? 0);
    return context.made(data, axes, shape, widths);
  },

  scatter: ({ values, index, into }, node, context) => {
    const [source, picks] = [context.value(values), context.value(index)];
    const { axes, shape, widths } = context.fixedAxes(node);
    const step = strides(shape)[axes.indexOf(into)] ?? 0;
    const [targets, places] = [
      offsets(source.axes, source.shape, { axes, shape }),
      offsets(source.axes, source.shape, picks),
    ];
    const groups: Entry[][] = Array.from({ length: entries(shape) }, () => []);
    source.data.forEach((entry, p) => {
      groups[(targets[p] ?? 0) + step * Number(picks.data[places[p] ?? 0])]?.push(entry);
    });
    return context.made(
      groups.map((group) => sumOf(group, context)),
      axes,
      shape,
      widths,
    );
  },

  window: (window, node, context) => {
    const source = context.value(window.arg);
    const { axes, shape, widths } = context.fixedAxes(node);
    const { windows } = windowGroups(window, source, { axes, shape }, context.count);
    return context.made(
      windows.map(([place]) => (place === undefined ? 0 : (source.data[place] ?? 0))),
      axes,
      shape,
      widths,
    );
  },

  overlap: (window, node, context) => {
    const source = context.value(window.arg);
    const { axes, shape, widths } = context.fixedAxes(node);
    const { whole } = windowGroups(window, { axes, shape }, source, context.count);
    const data = whole.map((group) =>
      sumOf(
        group.map((place) => source.data[place] ?? 0),
        context,
      ),
    );
    return context.made(data, axes, shape, widths);
  },

  rename: ({ arg, axes }, _node, context) => {
    const value = context.value(arg);
    const to = new Map(axes);
    const from = new Map(axes.map(([source, target]) => [target, source]));
    const move = (axis: Axis): Axis => to.get(axis) ?? axis;
    const moved = { ...value, axes: value.axes.map(move) };
    if (moved.kind === 'scalars') return moved;
    if (moved.kind === 'vectors') return { ...moved, width: move(moved.width) };
    const data = moved.data.map((entry) =>
      whereClosed([entry], ([operator]): ExactOperator => {
        const { matrices = [], pointwise } = operator ?? {};
        return {
          matrices: matrices.map((use) => ({ ...use, rows: move(use.rows), columns: move(use.columns) })),
          pointwise:
            pointwise &&
            ((places) => pointwise(new Map([...places].map(([axis, place]) => [from.get(axis) ?? axis, place])))),
        };
      }),
    );
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
function rearranged(moved: Rearrangement & { readonly arg: string }, node: Node, context: ExactContext): ExactValue {
  const source = context.value(moved.arg);
  const { axes, shape, widths } = context.fixedAxes(node);
  const groups = rearrangedGroups(moved, source, { axes, shape }, context.count);
  const data = groups.map(([place]) => (place === undefined ? 0 : required(source.data[place], 'entry of a value')));
  return context.made(data, axes, shape, widths);
}

function sumOf(group: readonly Entry[], context: ExactContext): Entry {
  return group.length === 0 ? 0 : context.arithmetic.sum(group.map((entry) => ({ weight: 1, entry })));
}

function reduceFixed(
  by: 'sum' | 'mean' | 'max',
  value: ExactValue,
  over: readonly Axis[],
  context: ExactContext,
): ExactValue {
  if (over.length === 0) return value;
  const axes = without(value.axes, over);
  const shape = axes.map(context.count);
  const [outer, inner] = [offsets(axes, shape, value), offsets(over, over.map(context.count), value)];
  const weight = by === 'mean' ? 1 / inner.length : 1;
  const data = Array.from(outer, (from): Entry => {
    const group = Array.from(inner, (step) => value.data[from + step] ?? 0);
    if (by === 'max') return context.arithmetic.largest(group);
    return context.arithmetic.sum(group.map((entry) => ({ weight, entry })));
  });
  return context.made(data, axes, shape, widthsOf(value));
}

function widthsOf(value: ExactValue): readonly Axis[] {
  return value.kind === 'scalars' ? [] : value.kind === 'vectors' ? [value.width] : value.widths;
}

/** A value repeated along the axes of a node that it lacks. */
function spread(value: ExactValue, node: Node, context: ExactContext, widths: readonly Axis[]): ExactValue {
  const { axes, shape } = context.fixedAxes(node);
  const data = Array.from(offsets(axes, shape, value), (p): Entry => {
    const entry = value.data[p] ?? 0;
    if (widths.length < 2 || value.kind === 'operators') return entry;
    return whereClosed([entry], ([closed]): Entry => {
      const pointwise = context.onAxes(value, closed);
      return { matrices: [], pointwise: context.arithmetic.onAxes(argument(0), [pointwise]) };
    });
  });
  return context.made(data, axes, shape, widths);
}

function map(
  { args }: InstructionOf<'map'>,
  node: Node,
  context: ExactContext,
  scaled: ScaledMap | undefined,
): ExactValue {
  if (scaled === undefined) throw broken(`map "${node.name}"`, 'its powers were not combined');
  const { axes, shape, widths } = context.fixedAxes(node);
  const operands = args.map((ref) => context.value(ref));
  const places = operands.map((operand) => offsets(axes, shape, operand));
  const expr = context.arithmetic.withSizes(scaled.expr);
  const data = Array.from(
    { length: entries(shape) },
    (_, p): Entry =>
      whereClosed(
        operands.map((operand, k) => operand.data[places[k]?.[p] ?? 0] ?? 0),
        (closed): Entry => {
          if (widths.length < 2) return context.combine(expr, closed);
          const sources = operands.map((operand, k) => context.onAxes(operand, closed[k]));
          const matrices = operands.flatMap((_operand, k): ExactUse[] => {
            const coefficient = scaled.coefficients.get(k);
            const operator = closed[k];
            if (coefficient === undefined || typeof operator !== 'object' || !('matrices' in operator)) return [];
            const factor = numberOf(coefficient.expr, sources, context);
            return operator.matrices.map((use) => ({
              ...use,
              coefficient: use.coefficient * factor,
              exponent: plus(use.exponent, coefficient.exponent),
            }));
          });
          const nothing = expr.op === 'constant' && expr.value === 0;
          return {
            matrices: mergedUses(matrices),
            pointwise: nothing ? undefined : context.arithmetic.onAxes(expr, sources),
          };
        },
      ),
  );
  return context.made(data, axes, shape, widths);
}

/** A function of scalars; where it has no value it is not a number, and neither is what it multiplies. */
function numberOf(expr: Expr, sources: readonly unknown[], context: ExactContext): number {
  const numbers = sources.map((source) => (typeof source === 'number' ? source : Number.NaN));
  const value = context.combine(expr, numbers);
  return typeof value === 'number' ? value : Number.NaN;
}
