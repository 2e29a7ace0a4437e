/** Losses and their error signals χ = ∂loss/∂f, the 1/batch of a mean loss included (theory 4). */

import {
  add,
  argument,
  argumentsOf,
  constant,
  div,
  type Expr,
  maximum,
  mul,
  neg,
  square,
  sub,
  unary,
  type Value,
  type Writer,
} from '../program/index.ts';
import { type Average, plainAverage, type Reduction, weightedAverage } from './average.ts';
import * as errors from './errors.ts';

/**
 * - `squared`: (f − y)²/2, summed over classes, y real data `target` on the output's axes;
 * - `cross-entropy`: −ln softmax(f)[y], y an index into the class axis;
 * - `hinge`: max(0, 1 − y f), y ±1 on the output's axes, with several classes 1 at the one that is right.
 *
 * All are averaged over the examples: the batch, and the positions of each sequence where the output has `time`. With
 * weights of examples the means are Σ w·/Σ w.
 */
export type LossName = 'squared' | 'cross-entropy' | 'hinge';

/** The losses that are there by name. */
export const LOSSES: readonly LossName[] = ['squared', 'cross-entropy', 'hinge'];

/**
 * An error signal of one's own: what is propagated back instead of the derivative of a loss.
 *
 * Expressions are of one entry of the output, f (argument 0), and of the target, y (argument 1), real data `target` on
 * the output's axes. As with the losses by name, the signal is divided by the number of examples, and the loss is summed
 * over classes and averaged over examples; nothing asks that one be the derivative of the other:
 *
 * ```ts
 * import { argument, maximum, minimum, sub } from 'nexort/program';
 *
 * const clipped = { name: 'clipped', error: maximum(-1, minimum(1, sub(argument(0), argument(1)))) };
 * ```
 */
export interface OwnLoss {
  readonly name: string;
  /** χ, before it is divided by the number of examples: of order 1 in the width where f is. */
  readonly error: Expr;
  /** What is reported as `loss`; absent, nothing is. */
  readonly loss?: Expr;
}

/** A loss by name, or one's own. */
export type Loss = LossName | OwnLoss;

/** What a loss adds to a program that reads the data input `target`; each value is written when it is asked for. */
export interface WrittenLoss {
  /** A number; absent where there is only an error signal. */
  readonly loss?: () => Value;
  /** χ on the output's axes, times the share that each example has of the mean. */
  readonly error: () => Value;
  /** The share of examples that are told right, ties shared; absent where targets are real numbers. */
  readonly accuracy?: () => Value;
  /** Σ w over the examples; absent where they have no weights. */
  readonly weight?: Value;
}

const [x, y] = [argument(0), argument(1)];
const ONE = constant(1);

/** Axes of an output along which its examples lie; the others are classes. */
const EXAMPLES: readonly string[] = ['batch', 'time'];

/**
 * Writes a loss of the output f [batch], [batch, class] or [batch, time, class], its target the data input `target`;
 * examples count alike, or `weighted`, as {@link Average} says; their mean, or their sum, in the mean's place.
 * Throws {@link UserError} `training.bad-loss`, `training.no-classes`.
 */
export function writeLoss(
  writer: Writer,
  loss: Loss,
  f: Value,
  { weighted = false, reduction = 'mean' }: { readonly weighted?: boolean; readonly reduction?: Reduction } = {},
): WrittenLoss {
  const { axes } = f.type;
  const examples = axes.filter((axis) => EXAMPLES.includes(axis));
  const classes = axes.filter((axis) => !EXAMPLES.includes(axis));
  const average = (weighted ? weightedAverage : plainAverage)(writer, examples, reduction);
  if (loss === 'cross-entropy') return crossEntropy(writer, f, examples, classes, average);
  const target = writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, 'target');
  const own = typeof loss === 'string' ? ENTRYWISE[loss] : checkedLoss(loss);
  const { loss: value, error } = own;
  return {
    ...(value === undefined
      ? {}
      : { loss: () => average.mean(writer.reduce('sum', writer.map(value, [f, target]), classes), 'loss') }),
    error: () => average.error(error, [f, target]),
    ...(loss === 'hinge' ? { accuracy: () => average.mean(toldRight(writer, f, target, classes), 'accuracy') } : {}),
    ...(average.total === undefined ? {} : { weight: average.total }),
  };
}

/** Losses that are sums over the entries of the output. */
const ENTRYWISE: Readonly<Record<'squared' | 'hinge', Pick<OwnLoss, 'error' | 'loss'>>> = {
  squared: { loss: mul(0.5, square(sub(x, y))), error: sub(x, y) },
  hinge: { loss: maximum(0, sub(1, mul(x, y))), error: neg(mul(y, unary('step', sub(1, mul(x, y))))) },
};

/** 1 where f has the sign of y, ½ where it is 0. */
const SAME_SIGN = mul(0.5, add(1, unary('sign', mul(x, y))));

/** Example by example: by sign, and of several classes whether the largest output is at a target +1, ties shared. */
function toldRight(writer: Writer, f: Value, target: Value, classes: readonly string[]): Value {
  if (classes.length === 0) return writer.map(SAME_SIGN, [f, target]);
  const isLargest = largestOf(writer, f, classes);
  const right = writer.map(mul(x, unary('step', y)), [isLargest, target]);
  return writer.map(div(x, y), [writer.reduce('sum', right, classes), writer.reduce('sum', isLargest, classes)]);
}

/** 1 at the largest outputs of an example, 0 elsewhere. */
function largestOf(writer: Writer, f: Value, classes: readonly string[]): Value {
  return writer.map(sub(1, unary('step', sub(y, x))), [f, writer.reduce('max', f, classes)]);
}

function crossEntropy(
  writer: Writer,
  f: Value,
  examples: readonly string[],
  classes: readonly string[],
  average: Average,
): WrittenLoss {
  const [axis] = classes;
  if (axis === undefined) throw errors.noClasses(f.name, f.type.axes);
  const type = { kind: 'index', of: axis, axes: examples } as const;
  const target = writer.write({ op: 'input', role: 'data', type }, 'target');
  const chosen = (table: Value): Value =>
    writer.write({ op: 'gather', table: table.name, index: target.name, axis: axis });
  return {
    loss: () => {
      const normalizer = writer.call('logSumExp', [f], classes);
      return average.mean(writer.map(sub(x, y), [normalizer, chosen(f)]), 'loss');
    },
    error: () => {
      const ones = writer.broadcast(
        writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] }),
        examples,
      );
      const hot = writer.write({ op: 'scatter', values: ones.name, index: target.name, into: axis, over: [] });
      const probabilities = writer.call('softmax', [f], classes);
      return average.error(sub(x, y), [probabilities, hot]);
    },
    accuracy: () => {
      const isLargest = largestOf(writer, f, classes);
      const share = writer.map(div(x, y), [chosen(isLargest), writer.reduce('sum', isLargest, classes)]);
      return average.mean(share, 'accuracy');
    },
    ...(average.total === undefined ? {} : { weight: average.total }),
  };
}

function checkedLoss(loss: OwnLoss): OwnLoss {
  for (const [what, expr] of [
    ['error signal', loss.error],
    ['loss', loss.loss ?? ONE],
  ] as const) {
    const others = [...argumentsOf(expr)].filter((index) => index > 1);
    if (others.length > 0) throw errors.badLoss(loss.name, what, others);
  }
  return loss;
}
