/** Contractions in the limit: products with initial matrices, means of products, outer products. */

import { pair, splitAxes } from '../../entries/index.ts';
import { required } from '../../errors/index.ts';
import { whereClosed } from '../../expectations/index.ts';
import { at } from '../../numeric/index.ts';
import {
  type Axis,
  argument,
  compare,
  type Exponent,
  type InstructionOf,
  isZeroPower,
  mul,
  type Node,
  ONE,
  plus,
  without,
} from '../../program/index.ts';
import type { ExactContext } from './context.ts';
import { type ExactEntry, type ExactOperator, type ExactValue, exactWidthsOf, type OnAxes } from './values.ts';

/** One product of two entries, before what fixed axes sum. */
type Multiply = (left: ExactEntry, right: ExactEntry) => ExactEntry;

export function contractExact(
  { args, over }: InstructionOf<'contract'>,
  node: Node,
  context: ExactContext,
): ExactValue {
  const [left, right] = [context.value(args[0]), context.value(args[1])];
  const { axes, shape, widths } = splitAxes(node, context);
  const summed = over.filter((axis) => !context.isWidth(axis));
  const { groups } = pair(left, right, { axes, shape, summed, summedShape: summed.map(context.count) });
  const multiply = multiplier(left, right, args, over.filter(context.isWidth), node, context);
  const data = groups.map((group) =>
    context.arithmetic.sum(
      group.map(([a, b]) => ({
        weight: 1,
        entry: multiply(at<ExactEntry>(left.data, a), at<ExactEntry>(right.data, b)),
      })),
    ),
  );
  return context.made(data, { axes, shape }, widths);
}

function multiplier(
  left: ExactValue,
  right: ExactValue,
  args: readonly [string, string],
  over: readonly Axis[],
  node: Node,
  context: ExactContext,
): Multiply {
  if (left.kind === 'operators' && right.kind === 'vectors' && left.widths.length === 2 && over.includes(right.width)) {
    return (operator, vector) => appliedExact(operator, vector, left.widths, right.width, args, node, context);
  }
  if (right.kind === 'operators' && left.kind === 'vectors' && right.widths.length === 2 && over.includes(left.width)) {
    const swapped = [args[1], args[0]] as const;
    return (vector, operator) => appliedExact(operator, vector, right.widths, left.width, swapped, node, context);
  }
  if (left.kind === 'scalars' && right.kind === 'operators')
    return (a, b) => scaledOperator(a, b, context.exponent(args[0]), context);
  if (right.kind === 'scalars' && left.kind === 'operators')
    return (a, b) => scaledOperator(b, a, context.exponent(args[1]), context);
  const product = mul(argument(0), argument(1));
  const [leftAxes, rightAxes] = [exactWidthsOf(left), exactWidthsOf(right)];
  const all = [...new Set([...leftAxes, ...rightAxes])];
  if (all.length < 2) {
    return (a, b) =>
      whereClosed([a, b], (pair): ExactEntry => {
        const ket = context.combine(product, pair);
        return over.length === 0 ? ket : context.mean(ket, context.ratio(required(over[0], 'axis of a mean')));
      });
  }
  return (a, b) =>
    whereClosed([a, b], (closed): ExactEntry => {
      const function_ = context.arithmetic.onAxes(
        product,
        [leftAxes, rightAxes].map((own, k) => context.onAxes(own, at(closed, k))),
      );
      const reduced = over.reduce<OnAxes>((f, axis) => context.arithmetic.meanOver(f, axis), function_);
      const ratio = over.reduce((total, axis) => total * context.ratio(axis), 1);
      return context.onRest(context.arithmetic.onAxes(mul(ratio, argument(0)), [reduced]), without(all, over));
    });
}

/** A number times an operator. */
function scaledOperator(
  number: ExactEntry,
  operator: ExactEntry,
  exponent: Exponent,
  context: ExactContext,
): ExactEntry {
  return whereClosed([number, operator], ([weight, entry]): ExactEntry => {
    const result = context.arithmetic.sum([
      { weight: Number(weight), entry: required(entry, 'operator of a product') },
    ]);
    return whereClosed([result], ([value]): ExactEntry => {
      const { matrices, pointwise } = value as ExactOperator; // a multiple of an operator
      return { matrices: matrices.map((use) => ({ ...use, exponent: plus(use.exponent, exponent) })), pointwise };
    });
  });
}

/** W x for an operator W: products of its matrices, and the mean of its pointwise part times x. */
function appliedExact(
  operator: ExactEntry,
  vector: ExactEntry,
  widths: readonly Axis[],
  axis: Axis,
  [operators, vectors]: readonly [string, string],
  node: Node,
  context: ExactContext,
): ExactEntry {
  const own = context.exponent(node.name);
  const input = context.exponent(vectors);
  const { arithmetic } = context;
  if (isZeroPower(own)) return arithmetic.kets.constant(0);
  return whereClosed([operator, vector], ([first, second]): ExactEntry => {
    const { matrices, pointwise } = first as ExactOperator; // by the kind of its value
    const ket = context.ketOf(required(second, 'vector of a product'));
    const terms: { weight: number; entry: ExactEntry }[] = [];
    for (const use of matrices) {
      // What carries a smaller power of n than the whole vanishes beside it.
      if (compare(plus(use.exponent, input), own) < 0) continue;
      const product = arithmetic.kets.multiply(use.matrix, use.columns === axis ? 'forward' : 'transposed', ket);
      terms.push({ weight: use.coefficient, entry: 'ket' in product ? product.ket : product });
    }
    if (pointwise !== undefined && compare(plus(context.exponent(operators), input, ONE), own) >= 0) {
      const onAxis: OnAxes = (places) => arithmetic.at(ket, places.get(axis));
      const product = arithmetic.onAxes(mul(argument(0), argument(1)), [pointwise, onAxis]);
      const entry = context.onRest(arithmetic.meanOver(product, axis), without(widths, [axis]));
      terms.push({ weight: context.ratio(axis), entry });
    }
    return terms.length === 0 ? arithmetic.kets.constant(0) : arithmetic.sum(terms);
  });
}
