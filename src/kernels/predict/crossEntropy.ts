/**
 * What one infinitely wide network predicts after training on cross-entropy (theory 7), −ln softmax(f)[y], the mean over
 * examples. With K the training kernel and p = softmax(f), the outputs move by
 *
 *     df_t(x)/dt = −rate K(x, X) (p_t − Y)/count,
 *
 * so that f_t(x) = f_0(x) + K(x, X) α_t with weights α of the training examples: an equation in these alone, which is not linear and
 * has no formula; gradient descent is its steps.
 */

import { required } from '../../errors/index.ts';
import { at, entry, type Matrix, matrix, multiply, solveOde, symmetricEigen } from '../../numeric/index.ts';
import type { LimitingKernels } from '../limitingKernels.ts';
import { checkDefinite, checkKernels } from './checkKernels.ts';
import type { Training } from './decay.ts';
import * as errors from './errors.ts';
import { checkSizes, sized, type TrainingOptions, trainingOf } from './options.ts';
import type { Both, Start } from './predictor.ts';

/** Kernels, targets and training that `crossEntropyPredictor` predicts from. */
export interface CrossEntropyOptions {
  /** Kernels of the training inputs with themselves. */
  readonly train: LimitingKernels;
  /** Of the test inputs with the training inputs, [test, train]. */
  readonly testTrain?: LimitingKernels;
  /** The class of each training input as probabilities [train, classes], rows of sum 1; {@link oneHot} makes them of labels. */
  readonly targets: Matrix;
  /** What is trained: all parameters (`ntk`, default), or those of the last layer alone (`nngp`). */
  readonly kernel?: 'ntk' | 'nngp';
  /** Default: gradient flow at learning rate 1. */
  readonly training?: TrainingOptions;
}

/** What one infinitely wide network, trained on cross-entropy, predicts at any time. */
export interface CrossEntropyPredictor {
  /**
   * Logits [inputs, classes] at times of the flow, or after numbers of steps, of the network that has the outputs of
   * `start` when training starts; by default zeros.
   */
  outputs(times: readonly number[], start?: Start): readonly Both[];
  /**
   * Below this rate gradient descent converges: the loss is curved by at most λ_max/(2 count), half as much as squared loss. Where
   * targets contradict each other it is the rate from which on descent does not settle; where classes can be told apart, larger
   * rates may still do.
   */
  readonly stableRate: number;
}

/** Of target probabilities: how far from 1 their sum may be. */
const ROUNDING = 1e-9;

/**
 * A predictor of networks trained on cross-entropy. Losses go on falling for ever where the classes can be told apart, so that
 * there is no end of training: times are finite. The flow is solved to about nine digits ({@link solveOde}).
 *
 * Throws {@link UserError} `kernels.bad-training`, `kernels.bad-sizes`, `kernels.not-a-kernel`, `kernels.bad-classes`, `kernels.bad-time`;
 * {@link UnsupportedError} `numeric.tooManySteps`.
 */
export function crossEntropyPredictor(options: CrossEntropyOptions): CrossEntropyPredictor {
  const { train, testTrain, targets, kernel = 'ntk' } = options;
  const training = trainingOf(options.training);
  checkSizes(options);
  checkKernels(options);
  checkTargets(targets);
  const { rows: count, columns: classes } = targets;
  const own = train[kernel];
  const { values } = symmetricEigen(own);
  checkDefinite(`train.${kernel}`, values);
  const largest = required(values.at(-1), 'largest eigenvalue');
  const momentum = training.algorithm === 'descent' ? training.momentum : 0;

  return {
    stableRate: (4 * (1 + momentum) * count) / largest,
    outputs(times, start) {
      for (const time of times) checkTime(time, training.algorithm);
      const first = start === undefined ? undefined : sized(start.train, targets, 'start.train').data;
      const test = start === undefined || testTrain === undefined ? undefined : testStart(start, testTrain, classes);
      const moved = (kernels: Matrix, weights: Float64Array, from: Float64Array | undefined): Matrix => {
        const { data } = multiply(kernels, matrix(count, classes, weights));
        return matrix(
          kernels.rows,
          classes,
          from === undefined ? data : data.map((value, k) => value + entry(from, k)),
        );
      };
      /** −dα/dt. */
      const pull = (weights: Float64Array, into: Float64Array): void => {
        const { data } = moved(own, weights, first);
        for (let row = 0; row < count; row++) {
          const logits = data.subarray(row * classes, (row + 1) * classes);
          const most = logits.reduce((a, b) => Math.max(a, b));
          const sum = logits.reduce((total, value) => total + Math.exp(value - most), 0);
          for (let c = 0; c < classes; c++) {
            const k = row * classes + c;
            into[k] = (Math.exp(entry(logits, c) - most) / sum - entry(targets.data, k)) / count;
          }
        }
      };
      const order = [...new Set(times)].sort((a, b) => a - b);
      const found = weightsAt(training, order, count * classes, pull);
      return times.map((time) => {
        const weights = required(found[order.indexOf(time)], `weights at ${time}`);
        const result = { train: moved(own, weights, first) };
        return testTrain === undefined ? result : { ...result, test: moved(testTrain[kernel], weights, test) };
      });
    },
  };
}

/** Outputs of the test inputs at the start. */
function testStart({ test }: Start, { ntk }: LimitingKernels, classes: number): Float64Array {
  return sized(test, matrix(ntk.rows, classes, new Float64Array(ntk.rows * classes)), 'start.test').data;
}

/** Weights of training examples at rising times, from zero. */
function weightsAt(
  training: Training,
  times: readonly number[],
  size: number,
  pull: (weights: Float64Array, into: Float64Array) => void,
): readonly Float64Array[] {
  const { learningRate } = training;
  if (training.algorithm === 'flow') {
    const derivative = (_: number, weights: Float64Array, into: Float64Array): void => {
      pull(weights, into);
      for (let k = 0; k < size; k++) into[k] = -learningRate * entry(into, k);
    };
    return solveOde(derivative, new Float64Array(size), times);
  }
  const [weights, velocity, gradient] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  let done = 0;
  return times.map((steps) => {
    for (; done < steps; done++) {
      pull(weights, gradient);
      for (let k = 0; k < size; k++) {
        velocity[k] = training.momentum * entry(velocity, k) + entry(gradient, k);
        weights[k] = entry(weights, k) - learningRate * entry(velocity, k);
      }
    }
    return weights.slice();
  });
}

function checkTime(time: number, algorithm: Training['algorithm']): void {
  if (time === Number.POSITIVE_INFINITY) throw errors.noEnd();
  if (!(time >= 0) || (algorithm === 'descent' && !Number.isSafeInteger(time))) throw errors.badTime(time, algorithm);
}

function checkTargets({ rows, columns, data }: Matrix): void {
  if (columns < 2) throw errors.badClasses(`${columns} column`, 'a column for each of at least two classes');
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * columns, (row + 1) * columns);
    const sum = own.reduce((total, value) => total + value, 0);
    if (own.some((value) => !(value >= 0)) || !(Math.abs(sum - 1) < ROUNDING)) {
      throw errors.badClasses(`row ${row + 1} of [${own.join(', ')}]`, 'probabilities that sum to 1');
    }
  }
}

/** Labels, whole numbers from 0 on, as targets [inputs, classes]. Throws {@link UserError} `kernels.bad-classes`. */
export function oneHot(labels: ArrayLike<number>, classes: number): Matrix {
  const data = new Float64Array(labels.length * classes);
  for (let k = 0; k < labels.length; k++) {
    const label = at(labels, k);
    if (!Number.isSafeInteger(label) || label < 0 || label >= classes) {
      throw errors.badClasses(`label ${k + 1} of ${label}`, `whole numbers from 0 to ${classes - 1}`);
    }
    data[k * classes + label] = 1;
  }
  return matrix(labels.length, classes, data);
}
