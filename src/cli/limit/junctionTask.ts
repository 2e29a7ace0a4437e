/** `nexort limit --pretrain … --finetune …`: two tasks, from what the command was told. */

import type { JunctionProblem } from '../../experiments/index.ts';
import { baseWidthOf, ruleOf } from '../../parametrizations/index.ts';
import { type SizedRun, type Tensors, tensor } from '../../program/index.ts';
import type { JsonObject } from '../../runs/index.ts';
import { chosen, limitRegime } from '../../training/index.ts';
import { activationNamed } from '../activationOption.ts';
import { oneOf } from '../netOption.ts';
import { toldOptimizer } from '../optimizerOption.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { TRAINED_NETS } from '../train/nets.ts';
import { version } from '../version.ts';
import { type LimitData, limitData } from './data.ts';
import * as errors from './errors.ts';
import type { LimitCommandOptions } from './options.ts';
import { LIMIT_RATE, PROPORTIONAL_LIMIT_RATE } from './prepare.ts';

export type JunctionRule = JunctionProblem['finetuning']['rule'];

export const JUNCTION_RULES: readonly JunctionRule[] = ['sgd', 'signsgd'];
const BOTH = 'both';
/** From an unnatural task, whose error signal stays, to ever more natural ones. */
const EXPONENTS: readonly number[] = [0, 0.1, 0.2, 0.3, 0.4];
/** Updates of order 1, and those proportional to gradients. */
const RATES: Readonly<Record<JunctionRule, number>> = { sgd: 0.5, signsgd: 0.1 };
/** Of networks, unless others are told: from where exponents are clear, to what takes a minute. */
export const JUNCTION_WIDTHS: readonly number[] = [64, 128, 256, 512];
/** Networks of each, unless as many are told: exponents of fewer often leave it open whether there is a fall. */
export const JUNCTION_SEEDS = 16;
/** Where a second task is not told. */
export const [PRETRAIN, FINETUNE] = ['circle', 'xor'];

/** A problem for each rule of fine-tuning, and what results say of them. */
export interface PreparedJunction {
  readonly problems: readonly JunctionProblem[];
  readonly net: string;
  readonly learningRate: number;
  readonly pretrain: string;
  readonly finetune: string;
  readonly notes: readonly string[];
  readonly identity: JsonObject;
}

/** Reads everything. Throws {@link UserError} for whatever of it is wrong. */
export async function prepareJunction(options: LimitCommandOptions, run: SizedRun): Promise<PreparedJunction> {
  const { depth, biases, heads, context, steps, finetuneSteps, finetuneRate, finetuneOptimizer = BOTH } = options;
  const name = oneOf(TRAINED_NETS, options.net, 'train');
  const rules = JUNCTION_RULES.filter((rule) => finetuneOptimizer === BOTH || rule === finetuneOptimizer);
  if (rules.length === 0)
    throw errors.unknownChoice('--finetune-optimizer', finetuneOptimizer, [...JUNCTION_RULES, BOTH]);
  const { optimizer, settings: told, identity: toldIdentity } = await toldOptimizer(options.optimizer);
  const smooth = optimizer.hyperparameters.smooth === undefined ? {} : { smooth: true };
  const settings = { ...smooth, ...told };
  const rule = ruleOf(optimizer, { settings });
  const { linear } = rule;
  const learningRate = options.learningRate ?? (linear ? PROPORTIONAL_LIMIT_RATE : LIMIT_RATE);
  const { parametrization: given } = await readParametrization(options.parametrization, rule);
  const parametrization = { ...given, baseWidth: baseWidthOf(given, options.baseWidth) };
  const posed = {
    depth,
    activation: activationNamed(options.activation),
    biases,
    heads,
    context,
    loss: 'squared',
  } as const;
  const taskOf = (data: string): Promise<LimitData> => {
    if (/\.(npy|json)$/i.test(data)) throw errors.arrayAsTask(data);
    const { label, ignore, pixels, examples } = options;
    const own = {
      data,
      label,
      ...(ignore === undefined ? {} : { ignore }),
      ...(pixels === undefined ? {} : { pixels }),
    };
    return limitData(name, { ...own, ...(examples === undefined ? {} : { examples }) }, posed, run);
  };
  const [first, second] = [await taskOf(options.pretrain ?? PRETRAIN), await taskOf(options.finetune ?? FINETUNE)];
  const [pretraining, { target, ...inputs }] = [trainedOf(first), trainedOf(second)];
  checkInputs(first, pretraining, second, inputs);
  const { net } = first;
  limitRegime(net, { parametrization, optimizer, settings });
  const labels = target ?? tensor(['batch'], [0], []);
  // As if the network gave 0 so far: what is wanted is n^(−q) times the targets more than it gives.
  const signal = tensor(
    labels.axes,
    labels.shape,
    Float64Array.from(labels.data, (value) => -value),
  );
  const exponents = options.exponents ?? EXPONENTS;
  const problems = rules.map(
    (rule): JunctionProblem => ({
      net,
      parametrization,
      exponents,
      pretraining: { optimizer, settings: { ...settings, learningRate }, data: pretraining, steps },
      finetuning: {
        rule,
        data: inputs,
        signal,
        steps: finetuneSteps,
        learningRate: finetuneRate ?? RATES[rule],
      },
    }),
  );
  return {
    problems,
    learningRate,
    net: net.program.name,
    pretrain: first.name,
    finetune: second.name,
    notes: [...first.notes, ...second.notes],
    identity: {
      job: 'junction',
      nexort: version(),
      net: options.net,
      depth,
      activation: options.activation,
      biases,
      pretrain: { name: options.pretrain ?? PRETRAIN, sha256: first.digest },
      finetune: { name: options.finetune ?? FINETUNE, sha256: second.digest },
      optimizer: toldIdentity,
      learningRate,
      steps,
      finetuneSteps,
      exponents: [...exponents],
      finetuneRates: problems.map(({ finetuning }) => [finetuning.rule, finetuning.learningRate]),
      parametrization: JSON.parse(JSON.stringify(parametrization)),
    },
  };
}

/** The examples that are in a batch. */
const trainedOf = ({ data, batches }: LimitData): Tensors => chosen(data, [...new Set(batches.flat())]);

/** One network reads both tasks. */
function checkInputs(first: LimitData, own: Tensors, second: LimitData, others: Tensors): void {
  const shapes = (data: Tensors): string =>
    Object.entries(data)
      .filter(([name]) => name !== 'target')
      .map(
        ([name, { axes, shape }]) =>
          `${name} ${axes.map((axis, k) => `${axis} ${axis === 'batch' ? '' : shape[k]}`).join(', ')}`,
      )
      .join('; ');
  const [a, b] = [shapes(own), shapes(others)];
  if (a !== b) throw errors.otherInputs(first.name, second.name, inputCount(own), inputCount(others));
}

/** Numbers of an example. */
function inputCount(data: Tensors): number {
  return Object.entries(data).reduce(
    (sum, [name, { axes, shape }]) =>
      name === 'target'
        ? sum
        : sum + shape.reduce((product, size, k) => (axes[k] === 'batch' ? product : product * size), 1),
    0,
  );
}
