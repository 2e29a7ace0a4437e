/** How long a run of the kernel regime takes, and how much memory: from a few steps and passes that are made before. */

import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import { engineTrainer } from '../../finetune/fineTune.ts';
import { measureSpeed, secondsOf } from '../../kernel/forecastWork.ts';
import type { StageWork } from '../../kernel/stageWork.ts';
import { keepingWeights } from '../../model/checkpoint.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { classesOf, positionsOf } from '../../run/kernelScores.ts';
import { headFeeds } from '../../run/setting.ts';
import { measurePace } from '../finetune/pace.ts';
import type { RunSubject } from '../run/kernelSubject.ts';
import type { RegimeRunOptions } from './regimeRunOptions.ts';

/** Plain data for the plan of a run. */
export interface RegimeForecast {
  /** The process at its fullest. */
  readonly bytes: number;
  /** Of the kernels that are solved for their accuracy, and of every draw of every optimizer. */
  readonly solving: number;
  readonly measuring: number;
}

/** A step of the linear model beside one of the model: values and tangents up, cotangents down. */
const LINEAR_STEP = 5 / 3;
/** Forward passes of an evaluated example: after, and before with tangents, twice as much; of the linear training as much as that. */
const PASSES = { model: 4, linear: 3 } as const;
/** Bytes of each trained number beside those of a training: θ_0 and where it moved. */
const FURTHER_BYTES = 8;

/** Makes a few steps of the first optimizer's training, at no rate that matters, and counts the rest from them. */
export async function forecastRegime(
  options: RegimeRunOptions,
  inputs: KernelInputs,
  subject: RunSubject,
  engine: Engine,
): Promise<RegimeForecast> {
  const { steps, seeds, optimizers, trainLinear, compared, watchEvery, task, solveKernel } = options;
  const { costs, model, selected } = subject;
  const draw = required(inputs.data.draws[0], 'draw');
  const first = required(optimizers[0], 'optimizer');
  const batch = Math.min(options.batch, draw.train.length);
  const evaluated = inputs.test.length;
  const looked = Math.min(compared, evaluated);
  const pace = await measurePace(
    {
      trainer: engineTrainer(engine),
      model: keepingWeights(model),
      examples: inputs.encoded,
      classes: classesOf(task, inputs.examples),
      train: positionsOf(inputs, draw.train),
      dev: [],
      head: headFeeds(inputs.labelIds),
      selected,
      optimizer: first.optimizer,
      settings: Object.assign({}, first.settings, { learningRate: first.learningRate }),
      batch,
      steps,
      evaluateEvery: steps,
    },
    [batch],
  );
  const speed = await measureSpeed(engine);
  const kernel = (columns: number, rows: number): number =>
    secondsOf(kernelWork(subject, inputs, columns, rows), speed);
  const step = required(pace.steps[batch], 'pace of a step');
  const looks = watchEvery === undefined ? 0 : Math.floor(steps / watchEvery);
  const train = draw.train.length;
  const passes = evaluated * (PASSES.model + (trainLinear ? PASSES.linear : 0)) + looks * looked * PASSES.model;
  const own =
    steps * step * (1 + (trainLinear ? LINEAR_STEP : 0)) + passes * pace.text + (2 + looks) * kernel(train, looked);
  return {
    bytes: pace.bytes + (FURTHER_BYTES / 4) * costs.parameterBytes,
    solving: solveKernel ? kernel(inputs.train, inputs.examples.length - inputs.train) : 0,
    measuring: seeds.length * optimizers.length * own,
  };
}

/** Multiplications of a kernel of the usual examples: passes of all, products of their gradients. */
function kernelWork({ costs, outputs }: RunSubject, { encoded }: KernelInputs, columns: number, rows: number): number {
  const lengths = encoded.map(({ ids }) => ids.length).sort((a, b) => a - b);
  const usual = required(lengths[Math.floor(lengths.length / 2)], 'usual length of an example');
  const total = (count: (work: StageWork) => number): number =>
    costs.work(usual).reduce((sum, work) => sum + count(work), 0);
  const gradients = total(({ matrices }) =>
    matrices.reduce((sum, { places, columns: across, rows: down }) => sum + places * across * down, 0),
  );
  const numbers = costs.parameterBytes / 4;
  const examples = columns + rows;
  return (
    examples * total(({ forward, backward }) => forward + backward) +
    examples * outputs.outputs * gradients +
    examples * columns * outputs.outputs ** 2 * numbers
  );
}
