/**
 * The oracle: a plain f64 interpreter of any program, one short rule for each instruction, against which every fast
 * interpreter is tested. Named functions are expanded into their definitions first, but for the one that has none.
 */

import { InvariantError, required } from '../errors/index.ts';
import {
  type Axis,
  bind,
  checked,
  eigenvectors,
  entries,
  evaluate,
  expand,
  hasDefinition,
  type Instruction,
  type InstructionOf,
  type Node,
  type Op,
  offsets,
  operands,
  type Program,
  placesOf,
  type Rearrangement,
  reorder,
  type Sizes,
  shapeOf,
  spaceOf,
  strides,
  symmetricAxes,
  type Tensor,
  type Tensors,
  type Windowing,
  windowSizes,
} from '../program/index.ts';
import { noSuchPlace } from './errors.ts';

type F64 = Tensor<Float64Array>;
type Values = ReadonlyMap<string, F64>;
/** What is read of lists that our own code has laid out. */
const [ENTRY, OFFSET, STRIDE] = ['entry of a value', 'offset of an entry', 'stride of an axis'] as const;

type Rule<K extends Op> = (instruction: InstructionOf<K>, node: Node, context: Context) => F64;

interface Context {
  readonly feeds: Tensors;
  readonly sizes: Sizes;
  readonly value: (ref: string) => F64;
  /** A zero tensor on the node's axes. */
  readonly zeros: (node: Node) => F64;
}

/**
 * Runs a program in f64. Feeds may list their axes in any order; results are on their axes in the program's order.
 * Throws {@link UserError} `program.mismatch` for malformed programs and feeds, `reference.no-such-place` for an index
 * beyond its axis.
 */
export function interpret(program: Program, feeds: Tensors, given: Sizes = {}): Readonly<Record<string, F64>> {
  const values = evaluateAll(program, feeds, given);
  return Object.fromEntries(program.outputs.map(({ name, value }) => [name, valueNamed(values, value)]));
}

/**
 * Every value of the program by name, on the axes of its type, for looking inside. Feeds, and what it throws, as
 * {@link interpret} has them.
 */
export function evaluateAll(program: Program, feeds: Tensors, given: Sizes = {}): Values {
  const primitive = expand(checked(program), hasDefinition);
  const sizes = bind(primitive, given, feeds, true);
  const values = new Map<string, F64>();
  const context: Context = {
    feeds,
    sizes,
    value: (ref) => valueNamed(values, ref),
    zeros: (node) => {
      const shape = shapeOf(node.type.axes, sizes);
      return { axes: node.type.axes, shape, data: new Float64Array(entries(shape)) };
    },
  };
  for (const node of primitive.nodes) {
    const rule = rules[node.instruction.op] as Rule<Op>; // the table pairs each op with its own rule
    values.set(node.name, rule(node.instruction, node, context));
  }
  return values;
}

function valueNamed(values: Values, ref: string): F64 {
  const value = values.get(ref);
  if (value === undefined)
    throw new InvariantError('reference.order', `The value "${ref}" was read before it was made.`);
  return value;
}

function fed(node: Node, { feeds, sizes }: Context): F64 {
  const feed = feeds[node.name];
  if (feed === undefined)
    throw new InvariantError('reference.feed', `The feed "${node.name}" passed the check unseen.`);
  const { axes } = node.type;
  return { axes, shape: shapeOf(axes, sizes), data: Float64Array.from(reorder(feed, axes).data) };
}

const rules: { readonly [K in Op]: Rule<K> } = {
  input: (_, node, context) => fed(node, context),
  parameter: (_, node, context) => fed(node, context),
  constant: ({ values }, node, { zeros }) => ({ ...zeros(node), data: Float64Array.from(values) }),

  map: ({ expr, args }, node, { value, zeros, sizes }) => {
    const result = zeros(node);
    const operands = args.map(value);
    const where = operands.map((operand) => offsets(result.axes, result.shape, operand));
    const compute = evaluate(expr, sizes);
    const row = new Float64Array(args.length);
    for (let p = 0; p < result.data.length; p++) {
      for (let k = 0; k < row.length; k++) row[k] = required(operands[k]?.data[required(where[k]?.[p], OFFSET)], ENTRY);
      result.data[p] = compute(row);
    }
    return result;
  },

  contract: ({ args: [left, right], over }, node, { value, zeros, sizes }) => {
    const result = zeros(node);
    const [a, b] = [value(left), value(right)];
    const summed = shapeOf(over, sizes);
    const [aOut, bOut] = [offsets(result.axes, result.shape, a), offsets(result.axes, result.shape, b)];
    const [aIn, bIn] = [offsets(over, summed, a), offsets(over, summed, b)];
    for (let p = 0; p < result.data.length; p++) {
      const [i, j] = [required(aOut[p], OFFSET), required(bOut[p], OFFSET)];
      let sum = 0;
      for (let k = 0; k < aIn.length; k++) {
        const x = required(a.data[i + required(aIn[k], OFFSET)], ENTRY);
        sum += x * required(b.data[j + required(bIn[k], OFFSET)], ENTRY);
      }
      result.data[p] = sum;
    }
    return result;
  },

  reduce: ({ by, arg, over }, node, { value, zeros, sizes }) => {
    const result = zeros(node);
    const x = value(arg);
    const outer = offsets(result.axes, result.shape, x);
    const inner = offsets(over, shapeOf(over, sizes), x);
    for (let p = 0; p < result.data.length; p++) {
      let total = by === 'max' ? Number.NEGATIVE_INFINITY : 0;
      for (const offset of inner) {
        const entry = required(x.data[required(outer[p], OFFSET) + offset], ENTRY);
        total = by === 'max' ? Math.max(total, entry) : total + entry;
      }
      result.data[p] = by === 'mean' ? total / inner.length : total;
    }
    return result;
  },

  broadcast: ({ arg }, node, { value, zeros }) => {
    const result = zeros(node);
    const x = value(arg);
    offsets(result.axes, result.shape, x).forEach((offset, p) => {
      result.data[p] = required(x.data[offset], ENTRY);
    });
    return result;
  },

  gather: ({ table, index, axis }, node, { value, zeros }) => {
    const result = zeros(node);
    const [source, picks] = [value(table), value(index)];
    const pick = picker(node.name, axis, source, picks);
    // The index's own axes never move the table along `axis`, for the result does not carry it.
    const [rows, places] = [offsets(result.axes, result.shape, source), offsets(result.axes, result.shape, picks)];
    for (let p = 0; p < result.data.length; p++) {
      result.data[p] = required(source.data[required(rows[p], OFFSET) + pick(places[p])], ENTRY);
    }
    return result;
  },

  scatter: ({ values, index, into }, node, { value, zeros }) => {
    const result = zeros(node);
    const [source, picks] = [value(values), value(index)];
    const pick = picker(node.name, into, result, picks);
    const [targets, places] = [offsets(source.axes, source.shape, result), offsets(source.axes, source.shape, picks)];
    for (let p = 0; p < source.data.length; p++) {
      const target = required(targets[p], OFFSET) + pick(places[p]);
      result.data[target] = required(result.data[target], ENTRY) + required(source.data[p], ENTRY);
    }
    return result;
  },

  window: (window, node, { value, zeros, sizes }) => {
    const result = zeros(node);
    const x = value(window.arg);
    const places = windowPlaces(window, result, x, sizes);
    for (const [from, to] of places) result.data[to] = required(x.data[from], ENTRY);
    return result;
  },

  overlap: (window, node, { value, zeros, sizes }) => {
    const result = zeros(node);
    const y = value(window.arg);
    const places = windowPlaces(window, y, result, sizes);
    for (const [to, from] of places) {
      result.data[to] = required(result.data[to], ENTRY) + required(y.data[from], ENTRY);
    }
    return result;
  },

  split: rearranged,
  merge: rearranged,
  concat: rearranged,
  select: rearranged,
  pad: rearranged,

  rename: ({ arg }, node, { value }) => ({ ...value(arg), axes: node.type.axes }),

  call: (call, node, { value, zeros, sizes }) => {
    const axes = symmetricAxes(call, node.type.axes);
    const [arg] = call.args;
    if (hasDefinition(call) || axes === undefined || arg === undefined)
      throw new InvariantError('reference.call', `The call of ${call.name} was not expanded.`);
    const [result, matrices] = [zeros(node), value(arg)];
    const [places, side, copies] = [axes.apart, axes.side, axes.copies].map((own) => shapeOf(own, sizes));
    const down = offsets(axes.side, required(side, 'sizes of a side'), matrices);
    const along = offsets(axes.copies, required(copies, 'sizes of copies'), matrices);
    for (const place of offsets(axes.apart, required(places, 'sizes of places'), matrices)) {
      const where = [...down].flatMap((row) => [...along].map((column) => place + row + column));
      const entriesAt = where.map((offset) => required(matrices.data[offset], ENTRY));
      const vectors = eigenvectors(Float64Array.from(entriesAt), down.length);
      where.forEach((offset, k) => {
        result.data[offset] = required(vectors[k], ENTRY);
      });
    }
    return result;
  },
};

/** Entries that are only moved. */
function rearranged(moved: Rearrangement & Instruction, node: Node, { value, zeros, sizes }: Context): F64 {
  const result = zeros(node);
  const values = operands(moved).map(value);
  const numbers = values.flatMap(({ data }) => [...data]);
  placesOf(moved, result, values, (axis) => required(sizes[spaceOf(axis)], `size of ${axis}`)).forEach((place, p) => {
    if (place >= 0) result.data[p] = required(numbers[place], 'entry of an operand');
  });
  return result;
}

/** How far along an axis of a tensor the index at an offset of `picks` leads. */
function picker(node: string, axis: Axis, tensor: F64, picks: F64): (offset: number | undefined) => number {
  const place = tensor.axes.indexOf(axis);
  const [size, step] = [
    required(tensor.shape[place], 'size of an axis'),
    required(strides(tensor.shape)[place], STRIDE),
  ];
  return (offset) => {
    const given = required(picks.data[required(offset, OFFSET)], ENTRY);
    if (!(given >= 0 && given < size)) throw noSuchPlace(node, axis, given, size);
    return given * step;
  };
}

/** Every entry of windows outside the padding: its place on the axis, and its own. */
function* windowPlaces(
  window: Windowing,
  windows: F64,
  whole: F64,
  sizes: Sizes,
): Generator<readonly [number, number]> {
  const { axis, position, offset, stride, dilation, before } = window;
  const rest = whole.axes.filter((own) => own !== axis);
  const shape = shapeOf(rest, sizes);
  const [bases, windowBases] = [offsets(rest, shape, whole), offsets(rest, shape, windows)];
  const step = (tensor: F64, own: string): number => required(strides(tensor.shape)[tensor.axes.indexOf(own)], STRIDE);
  const { length, positions, offsets: count } = windowSizes(window, sizes);
  for (let p = 0; p < positions; p++) {
    for (let o = 0; o < count; o++) {
      const entry = p * stride + o * dilation - before;
      if (entry < 0 || entry >= length) continue;
      const own = p * step(windows, position) + o * step(windows, offset);
      for (let k = 0; k < bases.length; k++)
        yield [required(bases[k], OFFSET) + entry * step(whole, axis), required(windowBases[k], OFFSET) + own];
    }
  }
}
