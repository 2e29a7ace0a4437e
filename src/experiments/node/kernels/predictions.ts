/** What an ensemble of networks predicts after training, for some test inputs at a time. */

import { required } from '../../../errors/index.ts';
import { type LimitingKernels, type PredictorOptions, predictor } from '../../../kernels/index.ts';
import { entry, type Matrix, transpose } from '../../../numeric/index.ts';
import { partsOf, type Range } from './examples.ts';

/** How the network is trained. */
export interface PredictionOptions
  extends Pick<PredictorOptions, 'targets' | 'kernel' | 'training' | 'ridge' | 'ridgeScale'> {
  /** Times of the flow, or numbers of steps of descent; default: the end. */
  readonly times?: readonly number[];
}

/** Predictions at one time. */
export interface PredictionsAt {
  /** Of the flow, or a number of steps. Null: the end, which JSON has no number for. */
  readonly time: number | null;
  /** Means over the ensemble, [x2, targets]. */
  readonly mean: readonly (readonly number[])[];
  /** Standard deviations of each output over the ensemble, [x2]. */
  readonly deviation: readonly number[];
}

/** What an ensemble of trained networks predicts, by time. */
export interface EnsemblePredictions extends PredictionsAt {
  /** At every time that was asked for; mean and deviation are those of the last. */
  readonly path: readonly PredictionsAt[];
  /** The learning rate from which on gradient descent diverges. */
  readonly divergentRate: number;
}

export interface PredictedKernels {
  readonly train: () => Promise<LimitingKernels>;
  /** Of all of x1 with a range of x2. */
  readonly mixed: (test: Range) => Promise<LimitingKernels>;
  readonly test: (test: Range) => Promise<LimitingKernels>;
  /** Inputs of x2, and how many of them at a time. */
  readonly count: number;
  readonly portion: number;
}

/** Throws the errors of `predictor`. */
export async function predictInPortions(
  kernels: PredictedKernels,
  { times = [], ...options }: PredictionOptions,
): Promise<EnsemblePredictions> {
  const train = await kernels.train();
  const path = (times.length === 0 ? [null] : times).map((time) => ({
    time,
    mean: [] as (readonly number[])[],
    deviation: [] as number[],
  }));
  let divergentRate = Number.NaN;
  for (const range of partsOf({ from: 0, to: kernels.count }, kernels.portion)) {
    const mixed = await kernels.mixed(range);
    const testTrain = { nngp: transpose(mixed.nngp), ntk: transpose(mixed.ntk) };
    const own = predictor({ ...options, train, testTrain, test: await kernels.test(range) });
    for (const { time, mean, deviation } of path) {
      const end = time ?? Number.POSITIVE_INFINITY;
      mean.push(...outputLists(required(own.mean(end).test, 'mean of the test inputs')));
      const { rows, data } = required(own.covariance(end).test, 'covariance of the test inputs');
      for (let k = 0; k < rows; k++) deviation.push(Math.sqrt(Math.max(0, entry(data, k * rows + k))));
    }
    divergentRate = own.divergentRate;
  }
  return { ...required(path.at(-1), 'time of predictions'), path, divergentRate };
}

/** A matrix as lists of its rows. */
export function outputLists({ rows, columns, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, k) => [...data.subarray(k * columns, (k + 1) * columns)]);
}
