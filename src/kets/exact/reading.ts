/** Programs read in the limit and without sampling. */

import { type EntryAlgebra, type Reading, splitAxes } from '../../entries/index.ts';
import { isNotClosed } from '../../expectations/index.ts';
import { type Analysis, type Axis, argument, entries, type InstructionOf, type Node } from '../../program/index.ts';
import type { ExactContext } from './context.ts';
import { contractExact } from './contractExact.ts';
import { mapExact } from './mapExact.ts';
import { type ExactEntry, type ExactOperator, type ExactValue, exactWidthsOf, isOperator } from './values.ts';

type Feed = (instruction: InstructionOf<'input' | 'parameter'>, node: Node) => ExactValue;

/** The reading of one run; `feed` gives what is not computed. */
export function exactReading(
  context: ExactContext,
  maps: Analysis['maps'],
  feed: Feed,
): Reading<ExactValue, ExactEntry> {
  const { value, isWidth, count, ratio } = context;
  return {
    value,
    isWidth,
    count,
    widthsOf: exactWidthsOf,
    algebra: exactAlgebra(context),
    own: {
      input: feed,
      parameter: feed,
      map: (instruction, node) => mapExact(instruction, node, context, maps.get(node.name)),
      contract: (instruction, node) => contractExact(instruction, node, context),
      call: ({ name }, node) => open(name, node, context),
    },
    made: (data, extent, widths) => context.made(data, extent, widths),
    overWidth: (by, operand, axis) => context.meanOver(operand, axis, by === 'sum' ? ratio(axis) : 1),
  };
}

/** A function of a matrix, which has no closed form here. */
function open(name: string, node: Node, context: ExactContext): ExactValue {
  const { widths, ...extent } = splitAxes(node, context);
  const reason = { notClosed: true, reason: `${name} of a matrix over two widths` } as const;
  return context.made(new Array<ExactEntry>(entries(extent.shape)).fill(reason), extent, widths);
}

/** Numbers, kets and operators as entries. */
function exactAlgebra(context: ExactContext): EntryAlgebra<ExactEntry> {
  const { arithmetic } = context;
  return {
    number: (value) => value,
    position: Number,
    zero: (widths) => (widths.length < 2 ? 0 : { matrices: [], pointwise: undefined }),
    sum: (entries, weight) => arithmetic.sum(entries.map((entry) => ({ weight, entry }))),
    largest: (entries) => arithmetic.largest(entries),
    repeated: (entry, from, to) => {
      // A number on one width axis becomes a ket with its value.
      if (to.length < 2 || isNotClosed(entry) || isOperator(entry)) return entry;
      return { matrices: [], pointwise: arithmetic.onAxes(argument(0), [context.onAxes(from, entry)]) };
    },
    renamed: (entry, axes) => (isOperator(entry) ? renamedOperator(entry, axes) : entry),
  };
}

function renamedOperator(
  { matrices, pointwise }: ExactOperator,
  axes: readonly (readonly [Axis, Axis])[],
): ExactOperator {
  const to = new Map(axes);
  const from = new Map(axes.map(([source, target]) => [target, source]));
  const move = (axis: Axis): Axis => to.get(axis) ?? axis;
  return {
    matrices: matrices.map((use) => ({ ...use, rows: move(use.rows), columns: move(use.columns) })),
    pointwise:
      pointwise &&
      ((places) => pointwise(new Map([...places].map(([axis, place]) => [from.get(axis) ?? axis, place])))),
  };
}
