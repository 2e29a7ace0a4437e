/** Contractions: products of matrices with vectors, inner products, outer products, and what fixed axes add. */

import { at, elementwise } from '../numeric/index.ts';
import {
  type Axis,
  argument,
  entries,
  type InstructionOf,
  intersection,
  mul,
  type Node,
  offsets,
  without,
  ZERO,
} from '../program/index.ts';
import { type Context, fixedAxes } from './context.ts';
import { decompose } from './decompose.ts';
import { broken, unsupported } from './errors.ts';
import { combine, gram } from './gaussian/index.ts';
import { type Combination, combined } from './pointwise.ts';
import { meanProducts } from './products.ts';
import { meanOver, summed } from './reduce.ts';
import {
  type Column,
  entryAt,
  type Operator,
  type Operators,
  type Scalars,
  type Value,
  type Vectors,
} from './values.ts';

/** The pairs of entries that are multiplied and added up, for each position of the result's fixed axes. */
interface Pairs {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly groups: readonly (readonly (readonly [left: number, right: number])[])[];
}

/** y = Σ over fixed axes, mean over a width axis or product with initial matrices, of left · right. */
export function contract({ args, over }: InstructionOf<'contract'>, node: Node, context: Context): Value {
  const [left, right] = [context.value(args[0]), context.value(args[1])];
  const pairs = pair(left, right, over, node, context);
  const summedWidths = over.filter(context.analysis.widths.isWidth);
  if (left.kind === 'scalars') return scaledBy(left, right, pairs, node, context, args);
  if (right.kind === 'scalars') return scaledBy(right, left, flip(pairs), node, context, [args[1], args[0]]);
  if (left.kind === 'vectors' && right.kind === 'vectors')
    return ofVectors(left, right, pairs, summedWidths, node, context);
  if (left.kind === 'operators' && right.kind === 'vectors')
    return applied(left, right, pairs, summedWidths, node, context, args);
  if (left.kind === 'vectors' && right.kind === 'operators') {
    return applied(right, left, flip(pairs), summedWidths, node, context, [args[1], args[0]]);
  }
  return entrywise(left, right, pairs, summedWidths, node, context);
}

function pair(left: Value, right: Value, over: readonly Axis[], node: Node, context: Context): Pairs {
  const { axes, shape } = fixedAxes(node, context);
  const inner = over.filter((axis) => !context.analysis.widths.isWidth(axis));
  const innerShape = inner.map(context.count);
  const [aOut, bOut] = [offsets(axes, shape, left), offsets(axes, shape, right)];
  const [aIn, bIn] = [offsets(inner, innerShape, left), offsets(inner, innerShape, right)];
  const groups = Array.from({ length: entries(shape) }, (_, p) =>
    Array.from(aIn, (step, k): [number, number] => [at(aOut, p) + step, at(bOut, p) + at(bIn, k)]),
  );
  return { axes, shape, groups };
}

const flip = ({ groups, ...rest }: Pairs): Pairs => ({
  ...rest,
  groups: groups.map((group) => group.map(([a, b]) => [b, a] as const)),
});

/** Numbers times entries of any kind. */
function scaledBy(
  numbers: Scalars,
  value: Value,
  { axes, shape, groups }: Pairs,
  _node: Node,
  context: Context,
  refs: readonly [string, string],
): Value {
  const weight = (k: number): number => at(numbers.data as Float64Array, k);
  switch (value.kind) {
    case 'scalars': {
      const data = Float64Array.from(groups, (group) =>
        group.reduce((sum, [a, b]) => sum + weight(a) * entryAt(value.data, b), 0),
      );
      return { kind: 'scalars', axes, shape, data };
    }
    case 'vectors': {
      const data = groups.map((group) => {
        const columns = group.map(([, b]) => entryAt(value.data, b));
        const weights = Float64Array.from(group, ([a]) => weight(a));
        return one(combine(columns, weights, 1, lengthOf(columns)));
      });
      return { ...value, axes, shape, data };
    }
    case 'operators': {
      const form = context.form(refs[0]);
      const exponent = form.kind === 'plain' ? form.exponent : 0;
      const data = groups.map(
        (group): Operator => ({
          matrices: group.flatMap(([a, b]) =>
            entryAt(value.data, b).matrices.map((use) => ({
              ...use,
              coefficient: weight(a) * use.coefficient,
              exponent: use.exponent + exponent,
            })),
          ),
          pointwise: combined(group.map(([a, b]) => ({ scale: weight(a), value: entryAt(value.data, b).pointwise }))),
        }),
      );
      return { ...value, axes, shape, data };
    }
  }
}

const lengthOf = (columns: readonly Column[]): number => columns[0]?.length ?? 0;

function one(columns: readonly Column[]): Column {
  const [column] = columns;
  if (column === undefined) throw broken('a contraction', 'a sum of columns gave none');
  return column;
}

function ofVectors(
  left: Vectors,
  right: Vectors,
  pairs: Pairs,
  over: readonly Axis[],
  node: Node,
  context: Context,
): Value {
  const { axes, shape, groups } = pairs;
  if (left.width !== right.width) {
    const { widths } = fixedAxes(node, context);
    const data = groups.map(
      (group): Operator => ({
        matrices: [],
        pointwise: {
          outers: group.map(([a, b]) => ({
            coefficient: 1,
            left: entryAt(left.data, a),
            leftAxis: left.width,
            right: entryAt(right.data, b),
            rightAxis: right.width,
          })),
          terms: [],
        },
      }),
    );
    return { kind: 'operators', widths, axes, shape, data };
  }
  if (over.includes(left.width)) {
    const products = innerProducts(left, right, groups);
    const factor = context.ratio(left.width) / context.count(left.width);
    return { kind: 'scalars', axes, shape, data: products.map((x) => x * factor) };
  }
  const multiply = elementwise(mul(argument(0), argument(1)), context.size);
  const length = context.count(left.width);
  const data = groups.map((group) => {
    const products = group.map(([a, b]) => {
      const out = new Float64Array(length);
      multiply([entryAt(left.data, a), entryAt(right.data, b)], out, 0, length);
      return out;
    });
    const [only] = products;
    return only !== undefined && products.length === 1
      ? only
      : one(combine(products, new Float64Array(products.length).fill(1), 1, length));
  });
  return { kind: 'vectors', width: left.width, axes, shape, data };
}

/** Sums of inner products; all of them at once where most are needed. */
function innerProducts(left: Vectors, right: Vectors, groups: Pairs['groups']): Float64Array {
  const needed = groups.reduce((sum, group) => sum + group.length, 0);
  const [columnsLeft, columnsRight] = [Array.from(left.data), Array.from(right.data)];
  if (2 * needed >= columnsLeft.length * columnsRight.length) {
    const all = gram(columnsLeft, columnsRight);
    return Float64Array.from(groups, (group) =>
      group.reduce((sum, [a, b]) => sum + at(all, a * columnsRight.length + b), 0),
    );
  }
  return Float64Array.from(groups, (group) =>
    group.reduce((sum, [a, b]) => sum + at(gram([entryAt(left.data, a)], [entryAt(right.data, b)]), 0), 0),
  );
}

/** Operators times vectors, summed over one width axis. */
function applied(
  operators: Operators,
  vectors: Vectors,
  pairs: Pairs,
  over: readonly Axis[],
  node: Node,
  context: Context,
  refs: readonly [string, string],
): Value {
  const axis = vectors.width;
  if (!over.includes(axis) || operators.widths.length > 2)
    return entrywise(operators, vectors, pairs, over, node, context);
  const [rest] = without(operators.widths, [axis]);
  if (rest === undefined) throw broken(node.name, 'an operator has one width axis');
  const own = exponentOf(context, node.name);
  const input = exponentOf(context, refs[1]);
  if (own === ZERO) return zeros(rest, pairs, context);
  const form = context.form(refs[0]);
  const pointwisePower = context.power((form.kind === 'operator' ? form.pointwise : 0) + input + 1 - own);
  const products = new Map<number, Map<number, Column>>();
  for (const [entry, columns] of wanted(pairs)) {
    const operator = entryAt(operators.data, entry);
    const block = columns.map((k) => entryAt(vectors.data, k));
    const parts: { weight: number; columns: Column[] }[] = operator.matrices.map((use) => ({
      weight: use.coefficient * context.power(use.exponent + input - own),
      columns: use.columns === axis ? use.matrix.apply(block) : use.matrix.applyTransposed(block),
    }));
    if (operator.pointwise.outers.length + operator.pointwise.terms.length > 0 && pointwisePower !== 0) {
      const along = { over: axis, samples: context.subsample(axis), rest, length: context.count(rest) };
      parts.push({
        weight: pointwisePower * context.ratio(axis),
        columns: meanProducts(operator.pointwise, block, along),
      });
    }
    const weights = Float64Array.from(parts, ({ weight }) => weight);
    const sums = columns.map((k, place) => {
      const [only] = parts;
      if (only !== undefined && parts.length === 1 && only.weight === 1)
        return [k, entryAt(only.columns, place)] as const;
      if (only === undefined) return [k, new Float64Array(context.count(rest))] as const;
      const terms = parts.map((part) => entryAt(part.columns, place));
      return [k, one(combine(terms, weights, 1, lengthOf(terms)))] as const;
    });
    products.set(entry, new Map(sums));
  }
  const flat: Column[] = [];
  const groups = pairs.groups.map((group) =>
    group.map(([a, b]) => {
      const column = products.get(a)?.get(b);
      if (column === undefined) throw broken(node.name, 'a product was not computed');
      return flat.push(column) - 1;
    }),
  );
  const all: Vectors = { kind: 'vectors', width: rest, axes: [], shape: [flat.length], data: flat };
  if (groups.every((group) => group.length === 1)) return { ...all, axes: pairs.axes, shape: pairs.shape };
  return summed(all, pairs.axes, pairs.shape, groups);
}

function zeros(width: Axis, { axes, shape, groups }: Pairs, { count }: Context): Vectors {
  const column = new Float64Array(count(width));
  return { kind: 'vectors', width, axes, shape, data: groups.map(() => column) };
}

/** For each operator the vectors that it multiplies, once each. */
function wanted({ groups }: Pairs): Map<number, number[]> {
  const found = new Map<number, Set<number>>();
  for (const [a, b] of groups.flat()) {
    const known = found.get(a);
    if (known === undefined) found.set(a, new Set([b]));
    else known.add(b);
  }
  return new Map([...found].map(([entry, columns]) => [entry, [...columns]]));
}

function exponentOf(context: Context, ref: string): number {
  const form = context.form(ref);
  return form.kind === 'plain' ? form.exponent : form.pointwise;
}

/** Products entry by entry of values without initial matrices, then means over width axes. */
function entrywise(
  left: Operators | Vectors,
  right: Operators | Vectors,
  { axes, shape, groups }: Pairs,
  over: readonly Axis[],
  node: Node,
  context: Context,
): Value {
  const axesOf = (value: Operators | Vectors): readonly Axis[] =>
    value.kind === 'vectors' ? [value.width] : value.widths;
  const shared = intersection(axesOf(left), axesOf(right));
  const widths = [...axesOf(left), ...without(axesOf(right), shared)];
  if (widths.length > 3)
    throw unsupported(node.name, `it is a value on ${widths.length} width axes; three are the most`);
  const source = (value: Operators | Vectors, k: number): Combination | { axis: Axis; column: Column } =>
    value.kind === 'vectors' ? { axis: value.width, column: entryAt(value.data, k) } : entryAt(value.data, k).pointwise;
  const product = mul(argument(0), argument(1));
  const data = groups.map(
    (group): Operator => ({
      matrices: [],
      pointwise: combined(
        group.map(([a, b]) => ({
          scale: 1,
          value: decompose(product, {
            widths,
            sources: [source(left, a), source(right, b)],
            size: context.size,
            ones: context.ones,
          }),
        })),
      ),
    }),
  );
  const value: Value = { kind: 'operators', widths, axes, shape, data };
  return over.reduce<Value>((result, axis) => meanOver(result, axis, context.ratio(axis), context), value);
}
