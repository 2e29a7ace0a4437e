/** What a network predicts after training on cross-entropy, for some test inputs at a time. */

import { required } from '../../../errors/index.ts';
import { type CrossEntropyOptions, crossEntropyPredictor } from '../../../kernels/index.ts';
import { transpose } from '../../../numeric/index.ts';
import { partsOf } from './examples.ts';
import { outputLists, type PredictedKernels } from './predictions.ts';

/** How the network is trained. */
export interface ClassificationOptions extends Pick<CrossEntropyOptions, 'targets' | 'kernel' | 'training'> {
  /** Times of the flow, or numbers of steps of descent: training has no end. */
  readonly times: readonly number[];
}

/** Predictions at one time. */
export interface ClassesAt {
  /** Of the flow, or a number of steps. */
  readonly time: number;
  /** [x2, classes]. */
  readonly logits: readonly (readonly number[])[];
}

/** What a network trained on cross-entropy predicts, by time. */
export interface ClassPredictions {
  /** At every time that was asked for. */
  readonly path: readonly ClassesAt[];
  /** The learning rate below which gradient descent converges. */
  readonly stableRate: number;
}

/** Of the network whose outputs are 0 when training starts. Throws the errors of `crossEntropyPredictor`. */
export async function classifyInPortions(
  { train: trained, mixed, count, portion }: Pick<PredictedKernels, 'train' | 'mixed' | 'count' | 'portion'>,
  { times, ...options }: ClassificationOptions,
): Promise<ClassPredictions> {
  const train = await trained();
  const path = times.map((time) => ({ time, logits: [] as (readonly number[])[] }));
  let stableRate = Number.NaN;
  for (const range of partsOf({ from: 0, to: count }, portion)) {
    const { nngp, ntk } = await mixed(range);
    const testTrain = { nngp: transpose(nngp), ntk: transpose(ntk) };
    const own = crossEntropyPredictor({ ...options, train, testTrain });
    own.outputs(times).forEach(({ test }, k) => {
      required(path[k], 'time of predictions').logits.push(
        ...outputLists(required(test, 'outputs of the test inputs')),
      );
    });
    stableRate = own.stableRate;
  }
  return { path, stableRate };
}
