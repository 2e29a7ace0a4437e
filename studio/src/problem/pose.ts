/** A training on points of a line or a plane, as `nexort limit` poses it on a table of them. */

import { type LimitProblem, withFeatureKernels } from 'nexort/experiments';
import { mlp } from 'nexort/nets';
import { tensor } from 'nexort/program';
import { isPlane, rowsOf } from './grid.ts';
import { activationOf, optimizerOf, parametrizationOf } from './rules.ts';
import type { LimitSpec } from './spec.ts';

export interface Posed {
  readonly problem: LimitProblem;
  /** Its values that are feature kernels of layers. */
  readonly kernels: readonly string[];
}

/** Throws {@link UserError} where something of it is wrong. */
export function posed(spec: LimitSpec): Posed {
  const { depth, activation, points, rate, steps } = spec;
  const { net, kernels } = withFeatureKernels(mlp({ depth, activation: activationOf(activation) }));
  const { optimizer, settings } = optimizerOf(spec.optimizer);
  const rows = rowsOf(points);
  const problem: LimitProblem = {
    net,
    parametrization: parametrizationOf(spec.parametrization),
    optimizer,
    settings: { ...settings, learningRate: rate },
    loss: 'squared',
    reduction: 'mean',
    data: {
      x: tensor(
        ['batch', 'input'],
        [rows.length, isPlane(points) ? 3 : 2],
        Float64Array.from(rows.flatMap(({ inputs }) => inputs)),
      ),
      target: tensor(
        ['batch'],
        [rows.length],
        Float64Array.from(rows, ({ target }) => target),
      ),
    },
    batches: [points.map((_, k) => k)],
    steps,
    outputs: kernels,
  };
  return { problem, kernels };
}
