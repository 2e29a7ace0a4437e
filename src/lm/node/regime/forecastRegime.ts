/** How long a run of the kernel regime takes, and how much memory. */

import type { Engine } from '../../../finite/index.ts';
import { at } from '../../../numeric/index.ts';
import { measureSpeed, secondsOf } from '../../kernel/forecastWork.ts';
import type { StageWork } from '../../kernel/stageWork.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import type { RunSubject } from '../run/kernelSubject.ts';
import type { RegimeRunOptions } from './regimeRunOptions.ts';

export interface RegimeForecast {
  /** The process at its fullest. */
  readonly bytes: number;
  /** Of a run from the start, on this engine. */
  seconds(engine: Engine): Promise<number>;
}

/** A step of the linear model beside one of the model: values and tangents up, cotangents down. */
const LINEAR_STEP = 5 / 3;
/** Forward passes of an evaluated example: before and after, and with tangents as much again; once more for the linear training. */
const PASSES = { model: 4, linear: 3 } as const;
/** Copies of the trained numbers: θ_0, θ, two moments, gradients, the state at the end and its difference from θ_0, in f32. */
const COPIES = 9;

/** Counts multiplications; sizes are those of the usual example. */
export function forecastRegime(
  options: RegimeRunOptions,
  inputs: KernelInputs,
  { costs, outputs }: RunSubject,
): RegimeForecast {
  const { steps, batch, seeds, optimizers, trainLinear, compared, watchEvery, shots, task, solveKernel } = options;
  const lengths = inputs.encoded.map(({ ids }) => ids.length).sort((a, b) => a - b);
  const usual = at(lengths, Math.floor(0.75 * lengths.length));
  const stages = costs.work(usual);
  const total = (count: (work: StageWork) => number): number => stages.reduce((sum, work) => sum + count(work), 0);
  const forward = total((work) => work.forward);
  // One cotangent rides on each output of a kernel, and one in all on a loss.
  const backward = forward + total((work) => work.backward - work.forward) / outputs.outputs;
  const products = total(({ matrices }) =>
    matrices.reduce((sum, { places, columns, rows }) => sum + places * columns * rows, 0),
  );
  const step = Math.min(batch, shots * task.labels.length) * (backward + products);
  const training = steps * step * (1 + (trainLinear ? LINEAR_STEP : 0));
  const evaluated = inputs.test.length;
  const passes = evaluated * forward * (PASSES.model + (trainLinear ? PASSES.linear : 0));
  const columns = shots * task.labels.length;
  const kernelOf = (rows: number): number =>
    (columns + rows) * (total((work) => work.backward) + outputs.outputs * products) +
    (columns + rows) * columns * outputs.outputs ** 2 * (costs.parameterBytes / 4);
  const looks = watchEvery === undefined ? 0 : Math.floor(steps / watchEvery);
  const kernels = (2 + looks) * kernelOf(Math.min(compared, evaluated));
  const watching = looks * Math.min(compared, evaluated) * forward * PASSES.model;
  const draws = seeds.length * optimizers.length * (training + passes + kernels + watching);
  const solving = solveKernel ? seeds.length * kernelOf(evaluated + columns) : 0;
  return {
    bytes: process.memoryUsage.rss() + COPIES * costs.parameterBytes,
    seconds: async (engine) => secondsOf(draws + solving, await measureSpeed(engine)),
  };
}
