/** Means and sums over examples: of all alike, or by weights. */

import {
  add,
  argument,
  div,
  type Expr,
  mul,
  sizePower,
  square,
  sub,
  unary,
  type Value,
  type Writer,
} from '../program/index.ts';

/** The data input that holds the weights of examples. */
const WEIGHT = 'weight';

/** Whether a loss is the mean over examples, as usual, or their sum. */
export type Reduction = 'mean' | 'sum';

/** How the examples of a batch are taken together. */
export interface Average {
  /** The mean, or sum, of a value on the examples' axes, under a name. */
  readonly mean: (value: Value, name: string) => Value;
  /** χ = `error`: an expression of values, times the share that the example of each entry has of the whole. */
  readonly error: (expr: Expr, values: readonly Value[]) => Value;
  /** Σ w, where examples have weights. */
  readonly total?: Value;
}

/** Every example counts as much. */
export function plainAverage(writer: Writer, examples: readonly string[], reduction: Reduction): Average {
  const averaged = reduction === 'mean' ? examples : [];
  const share = averaged.reduce<Expr>((product, axis) => mul(product, sizePower(axis, -1)), {
    op: 'constant',
    value: 1,
  });
  return {
    mean: (value, name) => writer.reduce(reduction, value, examples, name),
    error: (expr, values) => writer.map(mul(share, expr), values, 'error'),
  };
}

/**
 * Examples count by their weights, the data input `weight` on all axes that examples lie along, such as [batch] or
 * [batch, time]: the mean is Σ w·/Σ w, and 0 where the weights sum to 0, as those of a batch of padding do. With weights
 * 0 and 1 it is the mean over the examples of weight 1. Of sums it is Σ w·.
 */
export function weightedAverage(writer: Writer, examples: readonly string[], reduction: Reduction): Average {
  const type = { kind: 'real', axes: examples } as const;
  const weight = writer.write({ op: 'input', role: 'data', type }, WEIGHT);
  const total = writer.reduce('sum', weight, examples, writer.free('total weight'));
  // 1, or 0 where the total is 0: the divisor is then 1 in its place.
  const counts = square(unary('sign', argument(1)));
  const share =
    reduction === 'sum'
      ? weight
      : writer.map(
          div(mul(counts, argument(0)), add(argument(1), sub(1, counts))),
          [weight, total],
          writer.free('share of the mean'),
        );
  return {
    mean: (value, name) =>
      writer.reduce('sum', writer.map(mul(argument(0), argument(1)), [value, share]), examples, name),
    error: (expr, values) => writer.map(mul(argument(values.length), expr), [...values, share], 'error'),
    total,
  };
}
