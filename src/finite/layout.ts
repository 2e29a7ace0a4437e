/**
 * The layout pass: the one place that chooses the physical order of every value's axes and, through the orders it asks
 * of operands, where transpositions go.
 *
 * A value's physical order may lack axes of its type: those are repeated, and are not stored until someone needs them
 * (a broadcast costs nothing by itself).
 */

import { required } from '../errors/index.ts';
import {
  type Axis,
  entries,
  type InstructionOf,
  type Node,
  type Op,
  operands,
  type Program,
  type Sizes,
  sameAxes,
  shapeOf,
} from '../program/index.ts';
import { type MatrixPlan, planContraction } from './contraction.ts';
import { nestAxes, replaced, together, type WindowNest, type WindowNests, windowNests } from './windows.ts';

/** How one node is laid out. */
export interface Layout {
  /** Stored axes of the result, slowest first. */
  readonly order: readonly Axis[];
  /** For each operand, the order in which the node reads it; axes missing there are repeated. */
  readonly operands: readonly (readonly Axis[])[];
  /** For contractions (and scatters) over at least one axis, but those of operands on the same axes. */
  readonly matrix?: MatrixPlan;
  /** Whether a scatter adds up rows. */
  readonly added?: boolean;
  /** Whether the matrix product has the instruction's operands in the other order. */
  readonly swapped?: boolean;
}

export type Layouts = ReadonlyMap<string, Layout>;

/** What a rule sees: types and the stored orders so far. */
interface Context {
  readonly axes: (ref: string) => readonly Axis[];
  readonly order: (ref: string) => readonly Axis[];
  readonly nest: (node: Node) => WindowNest;
  /** Whether nobody minds the order in which a value is stored. */
  readonly free: (ref: string) => boolean;
  readonly size: (axes: readonly Axis[]) => number;
}

/** Rows of a table from which on adding them up, in one thread, takes less time than a product with an indicator. */
const LARGE_TABLE = 1024;

type Rule<K extends Op> = (instruction: InstructionOf<K>, node: Node, context: Context) => Layout;

/** Lays out every node of a program. */
export function layOut(program: Program, sizes: Sizes, nests: WindowNests = windowNests(program)): Layouts {
  const layouts = new Map<string, Layout>();
  const types = new Map(program.nodes.map((node) => [node.name, node.type]));
  const free = freeValues(program);
  const context: Context = {
    axes: (ref) => required(types.get(ref), `type of "${ref}"`).axes,
    order: (ref) => required(layouts.get(ref), `layout of "${ref}"`).order,
    nest: ({ name }) => required(nests.of.get(name), `windows "${name}"`),
    free: (ref) => free.has(ref),
    size: (axes) => entries(shapeOf(axes, sizes)),
  };
  for (const node of program.nodes) {
    const rule = rules[node.instruction.op] as Rule<Op>; // the table pairs each op with its own rule
    layouts.set(node.name, rule(node.instruction, node, context));
  }
  return layouts;
}

/** Values that only contractions and sums read, themselves or through maps of such values: any order does for these. */
function freeValues(program: Program): Set<string> {
  const bound = new Set(program.outputs.map(({ value }) => value));
  for (const { name, instruction } of [...program.nodes].reverse()) {
    const { op } = instruction;
    const passes =
      op === 'map' || op === 'rename'
        ? !bound.has(name)
        : op === 'reduce' || (op === 'contract' && instruction.over.length > 0);
    if (!passes) for (const ref of operands(instruction)) bound.add(ref);
  }
  return new Set(program.nodes.map(({ name }) => name).filter((name) => !bound.has(name)));
}

const asDeclared = (_: unknown, node: Node): Layout => ({ order: node.type.axes, operands: [] });
const restrict = (order: readonly Axis[], to: readonly Axis[]): Axis[] => order.filter((axis) => to.includes(axis));
const minus = (order: readonly Axis[], drop: readonly Axis[]): Axis[] => order.filter((axis) => !drop.includes(axis));

/** Stored axes first in their order, then the repeated ones: the order of an operand that must be stored in full. */
const full = (ref: string, { axes, order }: Context): Axis[] => [...order(ref), ...minus(axes(ref), order(ref))];

/** Extends the order of the widest operand by the axes that only others store. */
export function merged(orders: readonly (readonly Axis[])[]): Axis[] {
  const widestFirst = [...orders].sort((a, b) => b.length - a.length);
  return [...new Set(widestFirst.flat())];
}

const rules: { readonly [K in Op]: Rule<K> } = {
  input: asDeclared,
  parameter: asDeclared,
  constant: asDeclared,

  map: ({ args }, _, { order }) => {
    const result = merged(args.map(order));
    return { order: result, operands: args.map((ref) => restrict(result, order(ref))) };
  },

  contract: ({ args: [left, right], over }, { name }, context) => {
    const [a, b] = [context.axes(left), context.axes(right)];
    // Products of entries of the same axes are cheaper summed than as matrices of one row each.
    const matrices = over.length > 0 && !sameAxes(a, b);
    if (matrices) {
      const plain = matrixLayout(full(left, context), full(right, context), over);
      if (!context.free(name) || !isWide(plain.matrix, context)) return plain;
      return { ...matrixLayout(full(right, context), full(left, context), over), swapped: true };
    }
    const order = merged([context.order(left), context.order(right)]);
    const operands = [restrict(order, context.order(left)), restrict(order, context.order(right))];
    return { order: minus(order, over), operands };
  },

  /** Repeated axes need no storage to be reduced. */
  reduce: ({ arg, over }, _, { order }) => ({ order: minus(order(arg), over), operands: [order(arg)] }),

  broadcast: ({ arg }, _, { order }) => ({ order: order(arg), operands: [order(arg)] }),

  gather: ({ table, index, axis }, _, context) => {
    const [source, picks] = [full(table, context), full(index, context)];
    const shared = restrict(picks, source);
    if (shared.length === 0) {
      const at = source.indexOf(axis);
      return { order: [...source.slice(0, at), ...picks, ...source.slice(at + 1)], operands: [source, picks] };
    }
    const own = minus(picks, shared);
    const rest = minus(source, [...shared, axis]);
    return {
      order: [...shared, ...own, ...rest],
      operands: [
        [...shared, axis, ...rest],
        [...shared, ...own],
      ],
    };
  },

  /**
   * A contraction of the values with the index's indicator on the new axis; without summed axes an outer product. Into a
   * large table rows are added up, where the index says all about them.
   */
  scatter: ({ values, index, into, over }, _, context) => {
    const [source, picks] = [full(values, context), full(index, context)];
    if (
      picks.length === over.length &&
      context.size([into]) >= LARGE_TABLE &&
      restrict(over, picks).length === over.length
    ) {
      const rest = minus(source, picks);
      return { order: [into, ...rest], operands: [[...picks, ...rest], picks], added: true };
    }
    const indicator = [...full(index, context), into];
    if (over.length > 0) return matrixLayout(full(values, context), indicator, over);
    const order = merged([context.order(values), indicator]);
    return { order, operands: [restrict(order, context.order(values)), restrict(order, indicator)] };
  },

  /** The axes of all windows of a nest next to each other, which makes them one. */
  window: (_, node, context) => {
    const nest = context.nest(node);
    const { whole, windowed } = nestAxes(nest);
    const source = together(full(nest.arg, context), whole);
    return { order: replaced(source, whole, windowed), operands: [source] };
  },

  overlap: (_, node, context) => {
    const nest = context.nest(node);
    const { whole, windowed } = nestAxes(nest);
    const source = together(full(nest.arg, context), windowed);
    return { order: replaced(source, windowed, whole), operands: [source] };
  },

  split: ({ arg, axis, into }, _, context) => {
    const source = full(arg, context);
    return { order: replaced(source, [axis], into), operands: [source] };
  },

  merge: ({ arg, axes, into }, _, context) => {
    const source = together(full(arg, context), axes);
    return { order: replaced(source, axes, [into]), operands: [source] };
  },

  concat: ({ args, axes, into }, _, context) => {
    const own = required(axes[0], 'first axis of a concatenation');
    const source = full(required(args[0], 'first operand of a concatenation'), context);
    return { order: replaced(source, [own], [into]), operands: axes.map((axis) => replaced(source, [own], [axis])) };
  },

  select: ({ arg, axis, into }, _, context) => {
    const source = full(arg, context);
    return { order: replaced(source, [axis], [into]), operands: [source] };
  },

  pad: ({ arg, axis, into }, _, context) => {
    const source = full(arg, context);
    return { order: replaced(source, [axis], [into]), operands: [source] };
  },

  rename: ({ arg, axes }, _, { order }) => {
    const to = new Map(axes);
    return { order: order(arg).map((axis) => to.get(axis) ?? axis), operands: [order(arg)] };
  },

  call: ({ name, args, over }, node, context) => {
    const operands = args.map((ref) => {
      const order = full(ref, context);
      // Fused normalization works on trailing axes.
      return name === 'normalize' || name === 'inverseDeviation' ? [...minus(order, over), ...over] : order;
    });
    return { order: restrict(required(operands[0], `operand of ${name}`), node.type.axes), operands };
  },
};

/** Columns over rows from which on a product is written the other way round. */
const WIDE = 4;

/**
 * Whether a product has many more columns than rows. The runtime packs its second operand anew each time: as the first
 * one, the larger is read where it lies, and so is what follows in the same order.
 */
function isWide({ left, right, batch }: MatrixPlan, { size }: Context): boolean {
  return batch.length === 0 && size(right.own) >= WIDE * size(left.own);
}

function matrixLayout(
  left: readonly Axis[],
  right: readonly Axis[],
  over: readonly Axis[],
): Layout & { readonly matrix: MatrixPlan } {
  const matrix = planContraction(left, right, over);
  return { order: matrix.order, operands: [matrix.left.order, matrix.right.order], matrix };
}
