/**
 * The oracle: a plain f64 interpreter of any program, one short rule for each instruction, against which every fast
 * interpreter is tested. Named functions are expanded into their definitions first.
 */

import { InvariantError, required } from '../errors/index.ts';
import {
  bind,
  checked,
  entries,
  evaluate,
  expand,
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
  type Tensor,
  type Tensors,
  type Windowing,
  windowSizes,
} from '../program/index.ts';

type F64 = Tensor<Float64Array>;
type Values = ReadonlyMap<string, F64>;
type Rule<K extends Op> = (instruction: InstructionOf<K>, node: Node, context: Context) => F64;

interface Context {
  readonly feeds: Tensors;
  readonly sizes: Sizes;
  readonly value: (ref: string) => F64;
  /** A zero tensor on the node's axes. */
  readonly zeros: (node: Node) => F64;
}

/**
 * Runs a program in f64. Feeds may list their axes in any order; results list them in the program's.
 * Throws {@link UserError} `program.mismatch` for malformed programs and feeds.
 */
export function interpret(program: Program, feeds: Tensors, given: Sizes = {}): Readonly<Record<string, F64>> {
  const values = evaluateAll(program, feeds, given);
  return Object.fromEntries(program.outputs.map(({ name, value }) => [name, valueNamed(values, value)]));
}

/** Every value of the program by name, for looking inside. */
export function evaluateAll(program: Program, feeds: Tensors, given: Sizes = {}): Values {
  const primitive = expand(checked(program));
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
      for (let k = 0; k < row.length; k++) row[k] = operands[k]?.data[where[k]?.[p] ?? 0] ?? Number.NaN;
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
      const [i, j] = [aOut[p] ?? 0, bOut[p] ?? 0];
      let sum = 0;
      for (let k = 0; k < aIn.length; k++) sum += (a.data[i + (aIn[k] ?? 0)] ?? 0) * (b.data[j + (bIn[k] ?? 0)] ?? 0);
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
        const entry = x.data[(outer[p] ?? 0) + offset] ?? 0;
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
      result.data[p] = x.data[offset] ?? 0;
    });
    return result;
  },

  gather: ({ table, index, axis }, node, { value, zeros }) => {
    const result = zeros(node);
    const [source, picks] = [value(table), value(index)];
    const step = strides(source.shape)[source.axes.indexOf(axis)] ?? 0;
    // The index's own axes never move the table along `axis`, for the result does not carry it.
    const [rows, places] = [offsets(result.axes, result.shape, source), offsets(result.axes, result.shape, picks)];
    for (let p = 0; p < result.data.length; p++) {
      result.data[p] = source.data[(rows[p] ?? 0) + step * (picks.data[places[p] ?? 0] ?? 0)] ?? Number.NaN;
    }
    return result;
  },

  scatter: ({ values, index, into }, node, { value, zeros }) => {
    const result = zeros(node);
    const [source, picks] = [value(values), value(index)];
    const step = strides(result.shape)[result.axes.indexOf(into)] ?? 0;
    const [targets, places] = [offsets(source.axes, source.shape, result), offsets(source.axes, source.shape, picks)];
    for (let p = 0; p < source.data.length; p++) {
      const target = (targets[p] ?? 0) + step * (picks.data[places[p] ?? 0] ?? 0);
      result.data[target] = (result.data[target] ?? 0) + (source.data[p] ?? 0);
    }
    return result;
  },

  window: (window, node, { value, zeros, sizes }) => {
    const result = zeros(node);
    const x = value(window.arg);
    const places = windowPlaces(window, result, x, sizes);
    for (const [from, to] of places) result.data[to] = x.data[from] ?? Number.NaN;
    return result;
  },

  overlap: (window, node, { value, zeros, sizes }) => {
    const result = zeros(node);
    const y = value(window.arg);
    const places = windowPlaces(window, y, result, sizes);
    for (const [to, from] of places) result.data[to] = (result.data[to] ?? 0) + (y.data[from] ?? Number.NaN);
    return result;
  },

  split: rearranged,
  merge: rearranged,
  concat: rearranged,
  select: rearranged,
  pad: rearranged,

  rename: ({ arg }, node, { value }) => ({ ...value(arg), axes: node.type.axes }),

  call: ({ name }) => {
    throw new InvariantError('reference.call', `The call of ${name} was not expanded.`);
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

/** Every entry of windows that is none of the padding: its place on the axis, and its own. */
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
  const step = (tensor: F64, own: string): number => strides(tensor.shape)[tensor.axes.indexOf(own)] ?? 0;
  const { length, positions, offsets: count } = windowSizes(window, sizes);
  for (let p = 0; p < positions; p++) {
    for (let o = 0; o < count; o++) {
      const entry = p * stride + o * dilation - before;
      if (entry < 0 || entry >= length) continue;
      const own = p * step(windows, position) + o * step(windows, offset);
      for (let k = 0; k < bases.length; k++)
        yield [(bases[k] ?? 0) + entry * step(whole, axis), (windowBases[k] ?? 0) + own];
    }
  }
}
