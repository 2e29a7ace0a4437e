/** Limits of training that a program of its own has computed: ../shared/reference/limits, whose README says how. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  featureKernelName,
  type LimitPath,
  type LimitPathOptions,
  type LimitProblem,
  limitPath,
  withFeatureKernels,
} from '../../../src/experiments/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { at } from '../../../src/numeric/index.ts';
import { optimizerNamed, type Settings } from '../../../src/optimizers/index.ts';
import { MUP, NTP } from '../../../src/parametrizations/index.ts';
import { tensor } from '../../../src/program/index.ts';

interface Reference {
  readonly case: {
    readonly depth: number;
    readonly activation: 'tanh' | 'relu' | 'erf';
    readonly rule: { readonly name: string; readonly epsilon?: number };
    readonly rate: number;
    readonly steps: number;
    readonly x: readonly (readonly number[])[];
    readonly target: readonly number[];
    readonly batches: readonly (readonly number[])[];
  };
  readonly limit: readonly (readonly number[])[];
  readonly standard_error: readonly (readonly number[])[];
  readonly features?: readonly (readonly (readonly number[])[])[];
  readonly features_standard_error?: readonly (readonly (readonly number[])[])[];
}

/** Rules as the files name them; ε stands under the root. */
const RULES: Readonly<Record<string, { readonly optimizer: string; readonly settings: Settings }>> = {
  adam: { optimizer: 'adam', settings: { beta2: 0.99, epsilon: 1e-3, smooth: true } },
  rmsprop: { optimizer: 'rmsprop', settings: { alpha: 0.99, smooth: true } },
  momentum: { optimizer: 'momentum', settings: { momentum: 0.9 } },
  sign: { optimizer: 'signsgd', settings: {} },
};

/** One number of the limit, ours and theirs. */
export interface Compared {
  readonly where: string;
  readonly value: number;
  readonly expected: number;
  /** Of both. */
  readonly standardError: number;
}

/** Outputs at every step, and where the file has them the kernels of the hidden layer's features. */
export async function comparedWith(folder: string, name: string, options: LimitPathOptions): Promise<Compared[]> {
  const reference = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Reference;
  const { limit, standard_error: errors, features, features_standard_error: featureErrors } = reference;
  const kernel = featureKernelName('x1');
  const path = await limitPath(problemOf(reference), options);
  const compared: Compared[] = [];
  const compare = (
    where: string,
    { value, standardError }: LimitPath['outputs'][number][number],
    [expected, theirs]: readonly [number, number],
  ) => compared.push({ where, value, expected, standardError: Math.hypot(standardError, theirs) });
  path.outputs.forEach((entries, step) => {
    entries.forEach((entry, k) => {
      compare(`f ${step} ${k}`, entry, [at(limit[step] ?? [], k), at(errors[step] ?? [], k)]);
    });
  });
  path.values[kernel]?.forEach((entries, step) => {
    const [theirs, deviations] = [features?.[step]?.flat() ?? [], featureErrors?.[step]?.flat() ?? []];
    entries.forEach((entry, k) => {
      compare(`kernel ${step} ${k}`, entry, [at(theirs, k), at(deviations, k)]);
    });
  });
  return compared;
}

function problemOf({ case: one, features }: Reference): LimitProblem {
  const { depth, activation, rule, rate, steps, x, target, batches } = one;
  const inputs = x[0]?.length ?? 0;
  const { optimizer, settings } = RULES[rule.name] ?? { optimizer: rule.name, settings: {} };
  const plain = mlp({ depth, activation });
  const { net, kernels } = features === undefined ? { net: plain, kernels: [] } : withFeatureKernels(plain);
  // Theirs are weights of deviation 1 on inputs that have been divided by √(their number).
  const entering = { rateScale: inputs ** -0.5, gradientScale: inputs ** -0.5 };
  return {
    ...{ net, outputs: kernels, parametrization: features === undefined ? NTP : MUP, reduction: 'sum' },
    optimizer: optimizerNamed(optimizer),
    settings: { learningRate: rate, ...settings, ...(rule.epsilon === undefined ? {} : { epsilon: rule.epsilon }) },
    rules: { w1: entering },
    data: {
      x: tensor(['batch', 'input'], [x.length, inputs], x.flat()),
      target: tensor(['batch'], [target.length], target),
    },
    ...{ batches, steps },
  };
}
