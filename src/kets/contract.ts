/** Contractions: products of matrices with vectors, inner products, outer products, and what fixed axes add. */

import { type Pairs, pair, splitAxes } from '../entries/index.ts';
import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import {
  type Axis,
  argument,
  type Exponent,
  type InstructionOf,
  intersection,
  mul,
  type Node,
  plus,
  without,
} from '../program/index.ts';
import { applied } from './applied.ts';
import { type Combination, combined } from './combination.ts';
import { columnwise } from './compiledMap.ts';
import { type Context, exponentOf } from './context.ts';
import { decompose } from './decompose.ts';
import { broken } from './errors.ts';
import { combine, gram } from './gaussian/index.ts';
import { lowRankProduct } from './lowRankProduct.ts';
import { meanOver } from './means.ts';
import { multiple, outerOf } from './multiples.ts';
import {
  type Column,
  entryAt,
  mergedUses,
  type Operator,
  type Operators,
  type Scalars,
  type Value,
  type Vectors,
  widthsOf,
} from './values.ts';

/** y = Σ over fixed axes, mean over a width axis or product with initial matrices, of left · right. */
export function contract({ args, over }: InstructionOf<'contract'>, node: Node, context: Context): Value {
  const [left, right] = [context.value(args[0]), context.value(args[1])];
  const { axes, shape } = splitAxes(node, context);
  const summedWidths = over.filter(context.isWidth);
  const summed = without(over, summedWidths);
  const pairs = pair(left, right, { axes, shape, summed, summedShape: summed.map(context.count) });
  if (left.kind === 'scalars') return scaledBy(left, right, pairs, exponentOf(context, args[0]));
  if (right.kind === 'scalars') return scaledBy(right, left, flip(pairs), exponentOf(context, args[1]));
  if (left.kind === 'vectors' && right.kind === 'vectors')
    return ofVectors(left, right, pairs, summedWidths, node, context);
  const { name } = node;
  if (left.kind === 'operators' && right.kind === 'vectors' && isProduct(left, right, over)) {
    return applied(left, right, pairs, { name, operators: args[0], vectors: args[1] }, context);
  }
  if (left.kind === 'vectors' && right.kind === 'operators' && isProduct(right, left, over)) {
    return applied(right, left, flip(pairs), { name, operators: args[1], vectors: args[0] }, context);
  }
  const [only, more] = summedWidths;
  const short =
    only !== undefined && more === undefined && left.kind === 'operators' && right.kind === 'operators'
      ? lowRankProduct(left, right, pairs, only, context)
      : undefined;
  return short ?? entrywise(left, right, pairs, summedWidths, context);
}

/** Whether a contraction is a product of matrices with vectors. */
function isProduct({ widths }: Operators, { width }: Vectors, over: readonly Axis[]): boolean {
  return widths.length === 2 && over.includes(width);
}

const flip = ({ groups, ...rest }: Pairs): Pairs => ({
  ...rest,
  groups: groups.map((group) => group.map(([a, b]) => [b, a] as const)),
});

/** Numbers of a power of n, times entries of any kind. */
function scaledBy(numbers: Scalars, value: Value, { axes, shape, groups }: Pairs, exponent: Exponent): Value {
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
        const [factor, column] = [weights[0], columns[0]];
        if (columns.length === 1 && factor !== undefined && column !== undefined) return multiple(column, factor);
        return one(combine(columns, weights, 1, lengthOf(columns)));
      });
      return { ...value, axes, shape, data };
    }
    case 'operators': {
      const data = groups.map(
        (group): Operator => ({
          matrices: mergedUses(
            group.flatMap(([a, b]) =>
              entryAt(value.data, b).matrices.map((use) => ({
                ...use,
                coefficient: weight(a) * use.coefficient,
                exponent: plus(use.exponent, exponent),
              })),
            ),
          ),
          pointwise: combined(group.map(([a, b]) => ({ scale: weight(a), value: entryAt(value.data, b).pointwise }))),
        }),
      );
      return { ...value, axes, shape, data };
    }
  }
}

const lengthOf = (columns: readonly Column[]): number => required(columns[0], 'column of a factor').length;

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
    const { widths } = splitAxes(node, context);
    const data = groups.map(
      (group): Operator => ({
        matrices: [],
        pointwise: {
          outers: group.map(([a, b]) =>
            outerOf(1, entryAt(left.data, a), left.width, entryAt(right.data, b), right.width),
          ),
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
  const length = context.count(left.width);
  const multiply = columnwise(mul(argument(0), argument(1)), context.size, length);
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

/** Products entry by entry of values without initial matrices, then means over width axes. */
function entrywise(
  left: Operators | Vectors,
  right: Operators | Vectors,
  { axes, shape, groups }: Pairs,
  over: readonly Axis[],
  context: Context,
): Value {
  const shared = intersection(widthsOf(left), widthsOf(right));
  const widths = [...widthsOf(left), ...without(widthsOf(right), shared)];
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
