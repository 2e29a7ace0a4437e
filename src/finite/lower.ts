/** Lowering: a program with bound sizes and chosen layouts becomes one static ONNX graph in f32. */

import { InvariantError, required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import {
  type Axis,
  constant,
  entries,
  entriesBefore,
  type InstructionOf,
  type Node,
  nodeOf,
  type Op,
  type Program,
  type Sizes,
  type Start,
  shapeOf,
} from '../program/index.ts';
import { NO_COPIES } from './backend.ts';
import type { MatrixOperand, MatrixPlan } from './contraction.ts';
import { type Bias, type FusedMap, type Fusions, fuse, type ProductPart } from './fuse.ts';
import { type Layout, type Layouts, layOut, merged } from './layout.ts';
import { lowerExpression, type Ordered } from './lowerExpression.ts';
import { addedRows } from './lowerScatter.ts';
import { OnnxGraph } from './onnx/graph.ts';
import { withOperators } from './operators.ts';
import type { Orders } from './orders.ts';
import { lowerOverlaps, lowerWindows, type WindowNests, windowNests } from './windows.ts';

export interface LowerOptions {
  /** Whether the first output is that of {@link NO_COPIES}. */
  readonly noCopies?: boolean;
  /** Whether operators give their first results alone ({@link Backend.firstResults}). */
  readonly firstResults?: boolean;
}

/** A stored value: its ONNX name and the order of its stored axes. */
interface Stored {
  readonly id: string;
  readonly order: readonly Axis[];
}

/** A lowered program. */
export interface Lowered {
  readonly model: Uint8Array;
  /** The model's own names of the program's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly program: Program;
}

/** Writes the graph. Outputs list their axes as `orders` says, else as the program does. */
export function lower(original: Program, sizes: Sizes, orders: Orders = {}, options: LowerOptions = {}): Lowered {
  const { noCopies = false, firstResults = false } = options;
  const program = withOperators(original, firstResults);
  return { ...new Lowering(program, sizes, orders).run(noCopies), program };
}

class Lowering {
  readonly #program: Program;
  readonly #sizes: Sizes;
  readonly #orders: Orders;
  readonly #layouts: Layouts;
  readonly #fusions: Fusions;
  readonly #nests: WindowNests;
  readonly #graph = new OnnxGraph();
  readonly #stored = new Map<string, Stored>();
  /** Names of what is not computed. */
  readonly #given = new Set<string>();

  constructor(program: Program, sizes: Sizes, orders: Orders) {
    this.#program = program;
    this.#sizes = sizes;
    this.#orders = orders;
    this.#nests = windowNests(program);
    this.#layouts = layOut(program, sizes, this.#nests);
    this.#fusions = fuse(program, this.#layouts, sizes);
  }

  run(noCopies: boolean): Pick<Lowered, 'model' | 'outputs'> {
    if (noCopies) this.#graph.listOutput(NO_COPIES);
    for (const node of this.#program.nodes) {
      if (this.#fusions.absorbed.has(node.name) || this.#nests.inner.has(node.name)) continue;
      const layout = required(this.#layouts.get(node.name), `layout of "${node.name}"`);
      const rule = this.#rules[node.instruction.op] as (i: Node['instruction'], l: Layout, n: Node) => string; // total map
      this.#stored.set(node.name, { id: rule(node.instruction, layout, node), order: layout.order });
    }
    const ids = new Map<string, string>();
    for (const { name, value } of this.#program.outputs) {
      const axes = this.#orders[name] ?? this.#axes(value);
      const id = this.#read(value, axes);
      // What is computed leaves under its own name, once; what is given has to be copied.
      const leaves = this.#given.has(id) || ids.has(id);
      const out = leaves ? outputId(name) : id;
      if (leaves) this.#graph.identity(id, out);
      this.#graph.output(out, 'float32', shapeOf(axes, this.#sizes));
      ids.set(out, name);
    }
    const outputs = Object.fromEntries([...ids].map(([id, name]) => [name, id]));
    return { model: this.#graph.model(), outputs };
  }

  #axes(ref: string): readonly Axis[] {
    return nodeOf(this.#program, ref).type.axes;
  }

  #shape(axes: readonly Axis[]): number[] {
    return shapeOf(axes, this.#sizes);
  }

  /** A value stored in exactly this order: transposed, and repeated along axes it does not store. */
  #read(ref: string, order: readonly Axis[]): string {
    const value = this.#ref(ref);
    const present = order.filter((axis) => value.order.includes(axis));
    const moved = this.#transpose(value, present);
    if (present.length === order.length) return moved;
    const open = this.#reshape(moved, this.#openShape(present, order));
    return this.#graph.op('Expand', [open, this.#graph.ints(this.#shape(order))]);
  }

  /** A value in this order, with size 1 along the axes of `within` that it does not store. */
  #aligned(value: Stored, order: readonly Axis[], within: readonly Axis[]): string {
    const moved = this.#transpose(value, order);
    // Leading missing axes broadcast by themselves.
    const leading = within.findIndex((axis) => order.includes(axis));
    const tail = leading < 0 ? [] : within.slice(leading);
    return tail.length === order.length ? moved : this.#reshape(moved, this.#openShape(order, tail));
  }

  #openShape(present: readonly Axis[], order: readonly Axis[]): number[] {
    const shape = this.#shape(order);
    return shape.map((size, k) => (present.includes(at(order, k)) ? size : 1));
  }

  #transpose({ id, order }: Stored, wanted: readonly Axis[]): string {
    const permutation = wanted.map((axis) => order.indexOf(axis));
    if (permutation.every((from, k) => from === k)) return id;
    return this.#graph.op('Transpose', [id], { perm: permutation });
  }

  #reshape(id: string, shape: readonly number[]): string {
    return this.#graph.op('Reshape', [id, this.#graph.ints(shape)]);
  }

  #give(id: string): string {
    this.#given.add(id);
    return id;
  }

  #ref(ref: string): Stored {
    return required(this.#stored.get(ref), `value "${ref}" in the graph`);
  }

  readonly #rules: { readonly [K in Op]: (instruction: InstructionOf<K>, layout: Layout, node: Node) => string } = {
    input: ({ type }, { order }, node) =>
      this.#give(
        this.#graph.input(inputId(node.name), type.kind === 'index' ? 'int32' : 'float32', this.#shape(order)),
      ),

    parameter: (_, { order }, node) => this.#give(this.#graph.input(inputId(node.name), 'float32', this.#shape(order))),

    constant: ({ type, values }, { order }) =>
      this.#give(
        type.kind === 'index'
          ? this.#graph.int32s(values, this.#shape(order))
          : this.#graph.floats(values, this.#shape(order)),
      ),

    map: (_, { order }, node) => {
      const { expr, args, products } = this.#fusions.maps.get(node.name) ?? NO_FUSION;
      const values = args.map((ref) => {
        const part = products.get(ref);
        // The expression reads what stands for an entrywise product that it took over.
        if (part === undefined && this.#fusions.absorbed.has(ref)) return undefined;
        const value = part === undefined ? this.#ref(ref) : this.#product(ref, part);
        const wanted = order.filter((axis) => value.order.includes(axis));
        return { id: this.#transpose(value, wanted), order: wanted };
      });
      const open = (value: Ordered, within: readonly Axis[]): string => this.#aligned(value, value.order, within);
      const result = lowerExpression(this.#graph, expr, values, { sizes: this.#sizes, order, open });
      // A map whose expression reads no operand that stores an axis still has to fill it.
      if (result.order.length === order.length) return result.id;
      return this.#graph.op('Expand', [open(result, order), this.#graph.ints(this.#shape(order))]);
    },

    contract: ({ args: [left, right], over }, layout, node) => {
      const { matrix, operands } = layout;
      if (matrix !== undefined) return this.#product(node.name, PLAIN).id;
      const order = merged(operands);
      const product = this.#multiply(this.#ref(left), this.#ref(right), { ...layout, order });
      return this.#summed(product, order, over);
    },

    reduce: ({ by, arg, over }, { operands: [order = []] }) => {
      const { id } = this.#ref(arg);
      if (by === 'sum') return this.#summed(id, order, over);
      const axes = this.#places(order, over);
      const op = by === 'mean' ? 'ReduceMean' : 'ReduceMax';
      return axes.length === 0 ? id : this.#graph.op(op, [id, this.#graph.ints(axes)], { keepdims: 0 });
    },

    broadcast: ({ arg }) => this.#ref(arg).id,

    gather: ({ table, index, axis }, { operands: [source = [], picks = []] }) => {
      const [rows, where] = [this.#read(table, source), this.#read(index, picks)];
      const shared = picks.filter((own) => source.includes(own)).length;
      if (shared === 0) return this.#graph.op('Gather', [rows, where], { axis: source.indexOf(axis) });
      const indices = this.#graph.op('Cast', [this.#reshape(where, [...this.#shape(picks), 1])], { to: 7 });
      return this.#graph.op('GatherND', [rows, indices], { batch_dims: shared });
    },

    scatter: ({ values, index, into }, layout) => {
      if (layout.added === true) return this.#added(values, index, into, layout);
      const picks = this.#axes(index);
      const indicator: Stored = { id: this.#indicator(index, picks, into), order: [...picks, into] };
      if (layout.matrix === undefined) return this.#multiply(this.#ref(values), indicator, layout);
      const { left, right } = layout.matrix;
      return this.#matmul(this.#read(values, left.order), this.#transpose(indicator, right.order), layout.matrix);
    },

    window: (_, layout, node) => this.#windows(lowerWindows, layout, node),

    overlap: (_, layout, node) => this.#windows(lowerOverlaps, layout, node),

    split: ({ arg }, layout) => this.#reshape(this.#operand(arg, layout), this.#shape(layout.order)),

    merge: ({ arg }, layout) => this.#reshape(this.#operand(arg, layout), this.#shape(layout.order)),

    concat: ({ args, into }, { order, operands }) => {
      const values = args.map((ref, k) => this.#read(ref, required(operands[k], `order of "${ref}"`)));
      return this.#graph.op('Concat', values, { axis: order.indexOf(into) });
    },

    select: ({ arg, into, after }, layout) => {
      const [first, length] = this.#range(after, into);
      const bounds = [first, first + length, layout.order.indexOf(into)].map((value) => this.#graph.ints([value]));
      return this.#graph.op('Slice', [this.#operand(arg, layout), ...bounds]);
    },

    pad: ({ arg, axis, into, after }, layout) => {
      const [first, length] = this.#range(after, axis);
      const zeros = (count: number): number[] => layout.order.map((own) => (own === into ? count : 0));
      const around = this.#graph.ints([...zeros(first), ...zeros(this.#size(into) - first - length)]);
      return this.#graph.op('Pad', [this.#operand(arg, layout), around]);
    },

    rename: ({ arg }) => this.#ref(arg).id,

    call: ({ name, args: [arg], over, attributes }, { operands: [order = []] }, node) => {
      const x = this.#read(required(arg, `argument of ${name}`), order);
      const axes = over.map((axis) => order.indexOf(axis));
      switch (name) {
        case 'newtonSchulz':
        case 'spectralNormalize':
        case 'precondition':
        case 'intoEigenbases':
        case 'outOfEigenbases':
        case 'eigenbasis':
          throw new InvariantError('finite.call', `The call of ${name} was not written out.`);
        case 'softmax':
          return this.#graph.op('Softmax', [x], { axis: required(axes[0], 'axis of softmax') });
        case 'logSumExp':
          return this.#graph.op('ReduceLogSumExp', [x, this.#graph.ints(axes)], { keepdims: 0 });
        case 'normalize':
        case 'inverseDeviation': {
          const [y, , inverse] = this.#normalization(x, over, required(attributes.epsilon, `epsilon of ${name}`));
          return name === 'normalize'
            ? y
            : this.#reshape(
                required(inverse, 'inverse deviation'),
                this.#shape(node.type.axes.length === 0 ? [] : order.slice(0, -over.length)),
              );
        }
      }
    },
  };

  /** The one operand of an instruction, in the order in which it reads it. */
  #operand(ref: string, { operands: [order] }: Layout): string {
    return this.#read(ref, required(order, `order of "${ref}"`));
  }

  /** The first entry of a range and its length. */
  #range(after: Start, part: Axis): readonly [first: number, length: number] {
    return [entriesBefore(after, (space) => this.#size(space)), this.#size(part)];
  }

  #size(axis: Axis): number {
    return entries(this.#shape([axis]));
  }

  /** One operator gives the normalized values, the mean and the inverse deviation. */
  #normalization(x: string, over: readonly Axis[], epsilon: number): readonly [string, ...string[]] {
    const shape = this.#shape(over);
    const ones = this.#graph.floats(new Array<number>(entries(shape)).fill(1), shape);
    return this.#graph.node(
      'LayerNormalization',
      [x, ones],
      { axis: -over.length, epsilon: { float: epsilon } },
      { results: 3 },
    );
  }

  /** Rows of a scatter added up (lowerScatter.ts). */
  #added(values: string, index: string, into: Axis, { order, operands: [source = [], picks = []] }: Layout): string {
    const [count, width] = [entries(this.#shape(picks)), entries(this.#shape(order.slice(1)))];
    const rows = { values: this.#reshape(this.#read(values, source), [count, width]), count, width };
    const where = this.#reshape(this.#read(index, picks), [count, 1]);
    const table = addedRows(this.#graph, { ...rows, index: where, rows: this.#size(into) });
    return this.#reshape(table, this.#shape(order));
  }

  /** 1[index = position] on the index's axes and the new one. */
  #indicator(index: string, picks: readonly Axis[], into: Axis): string {
    const size = entries(this.#shape([into]));
    const column = this.#reshape(this.#read(index, picks), [...this.#shape(picks), 1]);
    const positions = this.#graph.int32s(Array.from({ length: size }, (_, k) => k));
    return this.#graph.op('Cast', [this.#graph.op('Equal', [column, positions])], { to: 1 });
  }

  /** Windows of a value, or windows added up, together with those that only they read. */
  #windows(lowered: typeof lowerWindows, { operands: [order = []] }: Layout, { name }: Node): string {
    const nest = required(this.#nests.of.get(name), `windows "${name}"`);
    return lowered(this.#graph, this.#read(nest.arg, order), nest, order, this.#sizes);
  }

  /** A sum over axes; along those that are not stored, the same entry that many times. */
  #summed(id: string, order: readonly Axis[], over: readonly Axis[]): string {
    const axes = this.#places(order, over);
    const reduced = axes.length === 0 ? id : this.#graph.op('ReduceSum', [id, this.#graph.ints(axes)], { keepdims: 0 });
    const repeated = entries(this.#shape(over.filter((axis) => !order.includes(axis))));
    return repeated > 1 ? this.#graph.op('Mul', [reduced, this.#graph.scalar(repeated)]) : reduced;
  }

  #places(order: readonly Axis[], over: readonly Axis[]): number[] {
    return over.filter((axis) => order.includes(axis)).map((axis) => order.indexOf(axis));
  }

  #multiply(left: Stored, right: Stored, { order, operands: [a = [], b = []] }: Layout): string {
    return this.#graph.op('Mul', [this.#aligned(left, a, order), this.#aligned(right, b, order)]);
  }

  /** A contraction as a matrix product, with what the map after it took over. */
  #product(ref: string, part: ProductPart): Stored {
    const { instruction } = nodeOf(this.#program, ref);
    const { matrix, swapped = false } = required(this.#layouts.get(ref), `layout of "${ref}"`);
    if (instruction.op !== 'contract' || matrix === undefined) return this.#ref(ref);
    const [first, second] = instruction.args;
    const [left, right] = swapped ? [second, first] : [first, second];
    const id = this.#matmul(this.#read(left, matrix.left.order), this.#read(right, matrix.right.order), matrix, part);
    return { id, order: matrix.order };
  }

  #matmul(left: string, right: string, plan: MatrixPlan, { alpha, bias }: ProductPart = PLAIN): string {
    const [a, b] = [this.#matrix(left, plan.left, plan), this.#matrix(right, plan.right, plan)];
    const [transA, transB] = [plan.left.summedFirst ? 1 : 0, plan.right.summedFirst ? 0 : 1];
    const attributes = { transA, transB, ...(alpha === 1 ? {} : { alpha: { float: alpha } }) };
    const owns = [plan.left.own, plan.right.own].map((axes) => entries(this.#shape(axes)));
    const shape = this.#shape(plan.order);
    if (plan.batch.length > 0) {
      const product = this.#graph.op('FusedMatMul', [a, b], attributes, 'com.microsoft');
      return this.#reshaped(product, [...this.#shape(plan.batch), ...owns], shape);
    }
    const added = bias === undefined ? [] : [this.#bias(bias, owns)];
    return this.#reshaped(this.#graph.op('Gemm', [a, b, ...added], attributes), owns, shape);
  }

  /** A row for all rows, or a column for all columns. */
  #bias({ ref, along }: Bias, [rows, columns]: readonly number[]): string {
    const { id, order } = this.#ref(ref);
    const to =
      along === 'columns' ? [required(columns, 'columns of a product')] : [required(rows, 'rows of a product'), 1];
    return this.#reshaped(id, this.#shape(order), to);
  }

  /** An operand as [batch…, rows, columns], with size 1 along batch axes that only the other side has. */
  #matrix(id: string, operand: MatrixOperand, { batch }: MatrixPlan): string {
    const summedAxes = operand.order.filter((axis) => !operand.batch.includes(axis) && !operand.own.includes(axis));
    const [own, summed] = [entries(this.#shape(operand.own)), entries(this.#shape(summedAxes))];
    const leading = this.#openShape(operand.batch, batch);
    const wanted = [...leading, ...(operand.summedFirst ? [summed, own] : [own, summed])];
    return this.#reshaped(id, this.#shape(operand.order), wanted);
  }

  /** A value of one shape in another, where they differ: at an output, the runtime would copy it. */
  #reshaped(id: string, from: readonly number[], to: readonly number[]): string {
    return from.length === to.length && from.every((size, k) => size === to[k]) ? id : this.#reshape(id, to);
  }
}

const PLAIN: ProductPart = { alpha: 1 };
const NO_FUSION: FusedMap = { expr: constant(Number.NaN), args: [], products: new Map() };

/** ONNX names of what is fed live apart from those of values that are computed. */
export const inputId = (name: string): string => `in:${name}`;

/** ONNX names of copied outputs live apart from those of values. */
const outputId = (name: string): string => `out:${name}`;
