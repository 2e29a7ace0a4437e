/** Losses and their error signals χ = ∂loss/∂f, the 1/batch of a mean loss included (theory 4). */

import {
  argument,
  constant,
  type Expr,
  maximum,
  mul,
  neg,
  sizePower,
  square,
  sub,
  unary,
  type Value,
  type Writer,
} from '../program/index.ts';

/**
 * - `squared`: (f − y)²/2, summed over classes, y real data `target` on the output's axes;
 * - `cross-entropy`: −ln softmax(f)[y], y an index into the class axis;
 * - `hinge`: max(0, 1 − y f), y ±1 on the output's axes.
 *
 * All are averaged over the examples: the batch, and the positions of each sequence where the output has `time`.
 */
export type LossName = 'squared' | 'cross-entropy' | 'hinge';

export const LOSSES: readonly LossName[] = ['squared', 'cross-entropy', 'hinge'];

/** The loss, a number, and its error signal on the output's axes. */
export interface Written {
  readonly loss: Value;
  readonly error: Value;
}

const [x, y] = [argument(0), argument(1)];
const ONE = constant(1);

/** Axes of an output along which its examples lie; the others are classes. */
const EXAMPLES: readonly string[] = ['batch', 'time'];

/**
 * Writes a loss of the output f [batch], [batch, class] or [batch, time, class], its target the data input `target`.
 */
export function writeLoss(writer: Writer, name: LossName, f: Value): Written {
  const axes = f.type.axes;
  const examples = axes.filter((axis) => EXAMPLES.includes(axis));
  const classes = axes.filter((axis) => !EXAMPLES.includes(axis));
  const perExample = examples
    .map((axis) => sizePower(axis, -1))
    .reduce<Expr>((product, next) => mul(product, next), ONE);
  const averaged = (entries: Value): Value =>
    writer.reduce('mean', writer.reduce('sum', entries, classes), examples, 'loss');
  if (name === 'cross-entropy') {
    const type = { kind: 'index', of: classes[0] ?? '', axes: examples } as const;
    const target = writer.write({ op: 'input', role: 'data', type }, 'target');
    const normalizer = writer.call('logSumExp', [f], classes);
    const [axis = ''] = classes;
    const chosen = writer.write({ op: 'gather', table: f.name, index: target.name, axis });
    const loss = writer.reduce('mean', writer.map(sub(x, y), [normalizer, chosen]), examples, 'loss');
    const ones = writer.broadcast(
      writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] }),
      examples,
    );
    const hot = writer.write({ op: 'scatter', values: ones.name, index: target.name, into: axis, over: [] });
    const probabilities = writer.call('softmax', [f], classes);
    return { loss, error: writer.map(mul(perExample, sub(x, y)), [probabilities, hot], 'error') };
  }
  const target = writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, 'target');
  if (name === 'squared') {
    const loss = averaged(writer.map(mul(0.5, square(sub(x, y))), [f, target]));
    return { loss, error: writer.map(mul(perExample, sub(x, y)), [f, target], 'error') };
  }
  const loss = averaged(writer.map(maximum(0, sub(1, mul(x, y))), [f, target]));
  const inside = unary('step', sub(1, mul(x, y)));
  return { loss, error: writer.map(mul(perExample, neg(mul(y, inside))), [f, target], 'error') };
}
