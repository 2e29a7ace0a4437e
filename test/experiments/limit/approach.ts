/** Networks of growing width beside the limit of their training. */

import { nodeStepper } from '../../../src/cli/stepper.ts';
import { required } from '../../../src/errors/index.ts';
import { approachOf, type WidthPaths, widthPaths } from '../../../src/experiments/limit/distance.ts';
import { type FinitePath, finitePath } from '../../../src/experiments/limit/finite.ts';
import { type LimitPath, limitPath } from '../../../src/experiments/limit/path.ts';
import type { LimitProblem } from '../../../src/experiments/limit/problem.ts';
import type { Engine } from '../../../src/finite/index.ts';
import type { Net } from '../../../src/nets/index.ts';
import { at, mean, weightedLinearFit } from '../../../src/numeric/index.ts';
import { optimizerNamed, type Settings } from '../../../src/optimizers/index.ts';
import { forRule, MUP, NTP, ruleOf } from '../../../src/parametrizations/index.ts';
import type { Tensors } from '../../../src/program/index.ts';
import { BATCHES, TARGET, VECTORS } from './data.ts';

export interface Sizes {
  /** Networks by width. */
  readonly networks: Readonly<Record<number, number>>;
  readonly samples: number;
  readonly subsample?: number;
  readonly seeds: number;
}

export interface Beside {
  readonly limit: LimitPath;
  readonly paths: readonly { readonly width: number; readonly networks: readonly FinitePath[] }[];
  readonly widths: readonly WidthPaths[];
}

/** Rules whose divisors stay away from 0, so that a few steps are smooth in the gradients. */
const RULES: Readonly<Record<string, Settings>> = {
  sgd: { learningRate: 0.2 },
  momentum: { learningRate: 0.1 },
  adam: { learningRate: 0.05, epsilon: 1e-2, smooth: true },
  adamw: { learningRate: 0.05, epsilon: 1e-2, smooth: true, decoupledDecay: 0, independentDecay: 0.05 },
  rmsprop: { learningRate: 0.02, epsilon: 0.1, smooth: true },
  signsgd: { learningRate: 0.02 },
  lion: { learningRate: 0.02 },
  muon: { learningRate: 0.1, othersEpsilon: 1e-2, smooth: true },
  polar: { learningRate: 0.1, othersEpsilon: 1e-2, smooth: true },
  // Roots of statistics are smooth down to a hundredth of their norm.
  shampoo: { learningRate: 0.1, epsilon: 1e-2, othersEpsilon: 1e-2, smooth: true },
};

/** Four steps of a rule; the last example is in no batch. */
export function problemOf(
  net: Net,
  which: 'NTP' | 'µP',
  rule: string,
  { data = { x: VECTORS, target: TARGET }, ...rest }: { readonly data?: Tensors } & Partial<LimitProblem> = {},
): LimitProblem {
  const optimizer = optimizerNamed(rule);
  return {
    ...{ net, parametrization: forRule(which === 'NTP' ? NTP : MUP, ruleOf(optimizer)), optimizer },
    settings: required(RULES[rule], `settings of ${rule}`),
    ...{ data, batches: BATCHES, steps: 4, ...rest },
  };
}

export async function beside(engine: Engine, problem: LimitProblem, sizes: Sizes): Promise<Beside> {
  const { networks, samples, subsample = samples, seeds } = sizes;
  const limit = await limitPath(problem, { samples, subsample, seeds });
  const paths = await finitePaths(engine, problem, networks);
  return { limit, paths, widths: paths.map(({ width, networks: own }) => widthPaths(limit, width, own)) };
}

/** Networks of growing width alone. */
export async function finitePaths(
  engine: Engine,
  problem: LimitProblem,
  networks: Sizes['networks'],
): Promise<Beside['paths']> {
  const paths: { readonly width: number; readonly networks: readonly FinitePath[] }[] = [];
  for (const [width, count] of Object.entries(networks)) {
    const own: FinitePath[] = [];
    for (let seed = 0; seed < count; seed++) {
      own.push(
        await finitePath(problem, {
          ...{ width: Number(width), seed, stepper: nodeStepper(engine) },
          run: (program, feeds, bound) => engine.run(program, feeds, bound),
        }),
      );
    }
    paths.push({ width: Number(width), networks: own });
  }
  return paths;
}

/** The exponent of the distance to the limit after the last step. */
export function exponentOf({ widths }: Beside): number {
  return required(approachOf(widths), 'exponent of an approach').exponent;
}

/**
 * The most standard errors, of both together, by which the limit misses where means over networks go as the width grows:
 * the line in 1/n through them, by output after the last step.
 */
export function missedBy({ limit, widths }: Beside): number {
  const last = required(limit.outputs.at(-1), 'outputs of the limit');
  const off = last.map(({ value, standardError }, k) => {
    const { intercept, interceptStandardError } = weightedLinearFit(
      widths.map(({ width }) => 1 / width),
      widths.map(({ means }) => at(required(means.at(-1), 'last means'), k)),
      widths.map(({ deviations, seeds }) => at(required(deviations.at(-1), 'last deviations'), k) / Math.sqrt(seeds)),
    );
    return Math.abs(intercept - value) / Math.hypot(interceptStandardError, standardError);
  });
  return Math.max(...off);
}

/** The exponent of the root mean square of a number of each network. */
export function exponentOfSize(paths: Beside['paths'], of: (path: FinitePath) => number): number {
  const squares = paths.map(({ networks }) => networks.map((network) => of(network) ** 2));
  const logs = squares.map((own) => Math.log(mean(own)) / 2);
  const errors = squares.map((own) => Math.sqrt(1 / (2 * own.length)));
  return weightedLinearFit(
    paths.map(({ width }) => Math.log(width)),
    logs,
    errors,
  ).slope;
}
