/** A limit of training, from what the command was told. */

import { type LimitProblem, withDeviations, withFeatureKernels } from '../../experiments/index.ts';
import { selectParameters } from '../../optimizers/index.ts';
import { baseWidthOf, ruleOf } from '../../parametrizations/index.ts';
import type { SizedRun } from '../../program/index.ts';
import type { JsonObject } from '../../runs/index.ts';
import { LOSSES, type LossName, type Reduction, type TrainedParameter } from '../../training/index.ts';
import { activationNamed } from '../activationOption.ts';
import { oneOf } from '../netOption.ts';
import { toldOptimizer } from '../optimizerOption.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { unknownLoss } from '../train/errors.ts';
import { TRAINED_NETS } from '../train/nets.ts';
import { isLoss } from '../train/prepare.ts';
import { version } from '../version.ts';
import { limitData } from './data.ts';
import { vanishingDecay } from './decayNote.ts';
import { unknownChoice } from './errors.ts';
import type { LimitCommandOptions } from './options.ts';

/** Of updates of order 1, and of those proportional to gradients: large enough that a few steps show something. */
export const [LIMIT_RATE, PROPORTIONAL_LIMIT_RATE] = [0.1, 0.5];

/** Where updates of matrices are nonlinear, whose entries are then evaluated one by one: what takes seconds. */
export const [SAMPLES, SUBSAMPLE] = [1024, 128];

const REDUCTIONS: readonly Reduction[] = ['mean', 'sum'];

/** A problem, and what results say of it. */
export interface PreparedLimit {
  readonly problem: LimitProblem;
  /** Its values that are feature kernels of layers. */
  readonly kernels: readonly string[];
  readonly learningRate: number;
  /** Whether ε stands under the root; null for an optimizer that has none. */
  readonly smooth: boolean | null;
  /** How the limit is sampled; absent, as the library does. */
  readonly samples?: number;
  readonly subsample?: number;
  readonly data: string;
  readonly notes: readonly string[];
  /** What decides the numbers, besides how the limit is sampled. */
  readonly identity: JsonObject;
}

/** Reads everything. Throws {@link UserError} for whatever of it is wrong. */
export async function prepareLimit(options: LimitCommandOptions, run: SizedRun): Promise<PreparedLimit> {
  const { depth, biases, heads, context, steps } = options;
  const name = oneOf(TRAINED_NETS, options.net, 'train');
  const activation = activationNamed(options.activation);
  const reduction = REDUCTIONS.find((one) => one === options.reduction);
  if (reduction === undefined) throw unknownChoice('--reduction', options.reduction, REDUCTIONS);
  const { optimizer, settings: told, identity: toldIdentity } = await toldOptimizer(options.optimizer);
  const smooth = optimizer.hyperparameters.smooth === undefined ? null : (told.smooth ?? true) === true;
  const settings = { ...(smooth === null ? {} : { smooth }), ...told };
  const rule = ruleOf(optimizer, { settings });
  const { linear } = rule;
  const learningRate = options.learningRate ?? (linear ? PROPORTIONAL_LIMIT_RATE : LIMIT_RATE);
  const samples = options.samples ?? (linear ? undefined : SAMPLES);
  const subsample = options.subsample ?? (linear ? undefined : Math.min(SUBSAMPLE, samples ?? SUBSAMPLE));
  const { parametrization: given } = await readParametrization(options.parametrization, rule);
  const parametrization = { ...given, baseWidth: baseWidthOf(given, options.baseWidth) };
  const loss_ = lossOf(options, name === 'transformer');
  const posed = { depth, activation, biases, heads, context, ...(loss_ === undefined ? {} : { loss: loss_ }) };
  const found = await limitData(name, options, posed, run);
  const { net, kernels } = withFeatureKernels(withDeviations(found.net, options.deviation ?? {}));
  const frozen = selectParameters(net.parameters, options.freeze ?? [], 'parameters to freeze');
  const { loss, data, batches } = found;
  const problem: LimitProblem = {
    net,
    parametrization,
    optimizer,
    settings: { ...settings, learningRate },
    loss,
    reduction,
    data,
    batches,
    steps,
    outputs: kernels,
    ...(frozen.size === 0 ? {} : { trainable: ({ name }: TrainedParameter) => !frozen.has(name) }),
  };
  return {
    problem,
    kernels,
    learningRate,
    smooth,
    ...(samples === undefined ? {} : { samples }),
    ...(subsample === undefined ? {} : { subsample }),
    data: found.name,
    notes: [...found.notes, ...vanishingDecay(problem)],
    identity: {
      job: 'limit',
      nexort: version(),
      net: options.net,
      depth,
      activation: options.activation,
      biases,
      ...(name === 'transformer' ? { heads, context } : {}),
      deviation: { ...options.deviation },
      data: { name: options.data, sha256: found.digest },
      batches: batches.map((batch) => [...batch]),
      loss,
      reduction,
      optimizer: toldIdentity,
      smooth,
      learningRate,
      frozen: [...frozen],
      parametrization: JSON.parse(JSON.stringify(parametrization)),
      steps,
      samples: samples ?? null,
      subsample: subsample ?? null,
    },
  };
}

/** Squared where numbers are to be met; texts have their own. */
function lossOf({ loss }: LimitCommandOptions, ofText: boolean): LossName | undefined {
  if (loss === undefined) return ofText ? undefined : 'squared';
  if (!isLoss(loss)) throw unknownLoss(loss, LOSSES);
  return loss;
}
