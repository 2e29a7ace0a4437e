/**
 * What infinitely wide networks predict after training on squared loss: the mean and covariance of an ensemble, the
 * posterior of the Gaussian process, or one network from its outputs at the start (theory 7).
 *
 * With K the training kernel (ntk: all parameters are trained; nngp: the last layer alone), r(t) what is left of the
 * residuals, A(t) = K(x, X) K⁻¹ (1 − r(t)):
 *
 *     mean f_t(x) = A y,   Cov(f_t(x), f_t(x′)) = Σ(x, x′) − A Σ(X, x′) − Σ(x, X) Aᵀ + A Σ(X, X) Aᵀ,   Σ = nngp.
 *
 * A ridge is added to K. With the last layer alone it is noise of the targets and added to Σ(X, X) too, so that the end of
 * training is the posterior.
 */

import { required } from '../../errors/index.ts';
import { entry, type Matrix, matrix, multiply, symmetricEigen, transpose } from '../../numeric/index.ts';
import type { LimitingKernels } from '../limitingKernels.ts';
import { checkDefinite, checkKernels } from './checkKernels.ts';
import { decayOf, divergentRate } from './decay.ts';
import * as errors from './errors.ts';
import { checkSizes, sized, type TrainingOptions, trainingOf } from './options.ts';

/** Kernels, targets and training that `predictor` predicts from. */
export interface PredictorOptions {
  /** Kernels of the training inputs with themselves. */
  readonly train: LimitingKernels;
  /** Of the test inputs with the training inputs, [test, train]. */
  readonly testTrain?: LimitingKernels;
  /** Of the test inputs with themselves; covariances of the test outputs need it. */
  readonly test?: LimitingKernels;
  /** [train, outputs]. */
  readonly targets: Matrix;
  /** What is trained: all parameters (`ntk`, default), or those of the last layer alone (`nngp`). */
  readonly kernel?: 'ntk' | 'nngp';
  /** Default: gradient flow at learning rate 1. */
  readonly training?: TrainingOptions;
  /** Added to the diagonal of the training kernel, times its mean diagonal, or as it is if `absolute`. Default 0. */
  readonly ridge?: number;
  readonly ridgeScale?: 'mean diagonal' | 'absolute';
}

/** Outputs of the network at the start of training: [train, outputs] and [test, outputs]. */
export interface Start {
  readonly train: Matrix;
  readonly test?: Matrix;
}

/**
 * Means [inputs, outputs] or covariances [inputs, inputs] of the training inputs, and of the test inputs where there are
 * any.
 */
export interface Both {
  readonly train: Matrix;
  readonly test?: Matrix;
}

/**
 * What infinitely wide networks, trained on squared loss, predict at any time of the flow or after any number of steps:
 * mean and covariance of the ensemble.
 */
export interface Predictor {
  /** Mean outputs [inputs, outputs] at a time of training, ∞ for its end; from `start` those of the network that has these. */
  mean(time: number, start?: Start): Both;
  /** Covariances [inputs, inputs] of each output over the ensemble; of test inputs where their kernels were given. */
  covariance(time: number): Both;
  /** The rate from which on gradient descent diverges: 2 (1 + momentum) examples · outputs / λ_max. */
  readonly divergentRate: number;
  /** Whether this training does: outputs after many steps are large, and there is no end. */
  readonly diverges: boolean;
}

/** A residual so many times what it was at the start, squared in covariances, leaves the range of numbers. */
const BEYOND = 1e150;

/**
 * A predictor of trained networks. Times are those of the flow, or numbers of steps.
 *
 * Throws {@link UserError} `kernels.bad-training`, `kernels.bad-sizes`, `kernels.not-a-kernel`, `kernels.bad-targets`,
 * `kernels.bad-time`, `kernels.diverges`.
 */
export function predictor(options: PredictorOptions): Predictor {
  const { train, testTrain, test, targets, kernel = 'ntk', ridge = 0, ridgeScale = 'mean diagonal' } = options;
  const training = trainingOf(options.training);
  checkSizes(options);
  checkKernels(options);
  if (!(ridge >= 0 && Number.isFinite(ridge))) throw errors.badTraining('ridge', ridge, 'a number from 0 on');
  const own = withRidge(train[kernel], ridge, ridgeScale);
  // With the last layer alone trained the ridge is noise of the targets, and counts as what an ensemble spreads by.
  const spread = kernel === 'nngp' ? own : train.nngp;
  const { values, vectors } = symmetricEigen(own);
  checkDefinite(`train.${kernel}`, values);
  const adjoint = transpose(vectors);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const count = targets.rows * targets.columns;
  const momentum = training.algorithm === 'descent' ? training.momentum : 0;
  const limit = divergentRate(largest, count, momentum);
  const diverges = training.algorithm === 'descent' && training.learningRate >= limit;

  /** V diag(weights of eigenvalues) Vᵀ at a time. */
  const spectral = (time: number, which: 'left' | 'gain'): Matrix => {
    const weights = values.map((value) => decayOf(training, value, largest, count, time)[which]);
    return multiply(scaledColumns(vectors, weights), adjoint);
  };
  const check = (time: number): void => {
    const whole = training.algorithm === 'flow' || time === Number.POSITIVE_INFINITY || Number.isSafeInteger(time);
    if (!(time >= 0) || !whole) throw errors.badTime(time, training.algorithm);
    if (!diverges) return;
    // After a finite number of steps outputs are what they are, as long as they are numbers.
    const most = decayOf(training, largest, largest, count, time).left;
    if (time === Number.POSITIVE_INFINITY || Math.abs(most) > BEYOND)
      throw errors.diverges(training.learningRate, limit);
  };
  /** K(x, X) K⁻¹ (1 − r). */
  const weightsOfTest = (time: number): Matrix | undefined =>
    testTrain === undefined ? undefined : multiply(testTrain[kernel], spectral(time, 'gain'));

  return {
    divergentRate: limit,
    diverges,
    mean(time, start) {
      check(time);
      const residual = start === undefined ? targets : subtracted(targets, sized(start.train, targets, 'start.train'));
      const left = multiply(spectral(time, 'left'), residual);
      const weights = weightsOfTest(time);
      const result = { train: subtracted(targets, left) };
      if (weights === undefined) return result;
      const moved = multiply(weights, residual);
      if (start === undefined) return { ...result, test: moved };
      return { ...result, test: added(moved, sized(start.test, moved, 'start.test')) };
    },
    covariance(time) {
      check(time);
      const left = spectral(time, 'left');
      const result = { train: multiply(multiply(left, spread), left) };
      const weights = weightsOfTest(time);
      if (weights === undefined || testTrain === undefined || test === undefined) return result;
      const mixed = multiply(weights, transpose(testTrain.nngp));
      const moved = multiply(multiply(weights, spread), transpose(weights));
      return { ...result, test: added(subtracted(subtracted(test.nngp, mixed), transpose(mixed)), moved) };
    },
  };
}

/**
 * The posterior of a Gaussian process whose covariance is the nngp, given targets [train, outputs] with noise on them:
 * mean [test, outputs], and where the test inputs' own kernels are given the covariance [test, test] of each output.
 * Throws {@link UserError} `kernels.bad-sizes`.
 */
export function posterior(
  options: Pick<PredictorOptions, 'train' | 'testTrain' | 'test' | 'targets' | 'ridge' | 'ridgeScale'>,
): { readonly mean: Matrix; readonly covariance?: Matrix } {
  if (options.testTrain === undefined) {
    throw errors.badSizes('testTrain', 'nothing', 'the kernels of test and training inputs');
  }
  const process = predictor({ ...options, kernel: 'nngp' });
  const mean = required(process.mean(Number.POSITIVE_INFINITY).test, 'mean of the posterior');
  const covariance = process.covariance(Number.POSITIVE_INFINITY).test;
  return covariance === undefined ? { mean } : { mean, covariance };
}

function withRidge({ rows, columns, data }: Matrix, ridge: number, scale: 'mean diagonal' | 'absolute'): Matrix {
  const result = data.slice();
  let trace = 0;
  for (let k = 0; k < rows; k++) trace += entry(data, k * columns + k);
  const added = scale === 'absolute' ? ridge : (ridge * trace) / rows;
  for (let k = 0; k < rows; k++) result[k * columns + k] = entry(data, k * columns + k) + added;
  return matrix(rows, columns, result);
}

function scaledColumns({ rows, columns, data }: Matrix, factors: Float64Array): Matrix {
  return matrix(
    rows,
    columns,
    data.map((value, k) => value * entry(factors, k % columns)),
  );
}

function added(a: Matrix, b: Matrix): Matrix {
  return matrix(
    a.rows,
    a.columns,
    a.data.map((value, k) => value + entry(b.data, k)),
  );
}

function subtracted(a: Matrix, b: Matrix): Matrix {
  return matrix(
    a.rows,
    a.columns,
    a.data.map((value, k) => value - entry(b.data, k)),
  );
}
