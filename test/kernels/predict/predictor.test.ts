/** Predictors beside training that is carried out step by step. */

import { describe, expect, it } from 'vitest';
import { type LimitingKernels, type PredictorOptions, posterior, predictor } from '../../../src/kernels/index.ts';
import { type Matrix, matrix, multiply, solve, transpose } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { deviation } from '../kernelSupport.ts';

const ROUNDING = 1e-12;
const [TRAIN, TEST, FEATURES] = [4, 3, 6];

/** Features of inputs: the outputs are linear in them, and their Gram is the tangent kernel. */
const features = matrix(
  TRAIN + TEST,
  FEATURES,
  Float64Array.from({ length: (TRAIN + TEST) * FEATURES }, (_, k) => Math.sin(1 + 2.3 * k + 0.37 * k * k)),
);
const rows = (from: number, to: number): Matrix =>
  matrix(to - from, FEATURES, features.data.slice(from * FEATURES, to * FEATURES));
const [train, test] = [rows(0, TRAIN), rows(TRAIN, TRAIN + TEST)];
const gram = (a: Matrix, b: Matrix): LimitingKernels => {
  const ntk = multiply(a, transpose(b));
  return {
    ntk,
    nngp: matrix(
      ntk.rows,
      ntk.columns,
      ntk.data.map((value) => value / 2),
    ),
  };
};
const targets = matrix(TRAIN, 2, Float64Array.of(1, -1, 0.5, 2, -0.3, 0.7, 0.1, -2));
const kernels = { train: gram(train, train), testTrain: gram(test, train), test: gram(test, test), targets } as const;

/** Outputs of the linear model after steps of gradient descent on the mean of (f − y)²/2, from weights of zero. */
function descended(rate: number, momentum: number, steps: number): readonly [Matrix, Matrix] {
  let [weights, velocity] = [matrix(FEATURES, 2, new Float64Array(FEATURES * 2)), new Float64Array(FEATURES * 2)];
  for (let step = 0; step < steps; step++) {
    const residual = multiply(train, weights).data.map((value, k) => (value - Number(targets.data[k])) / (TRAIN * 2));
    const gradient = multiply(transpose(train), matrix(TRAIN, 2, residual)).data;
    velocity = velocity.map((value, k) => momentum * value + Number(gradient[k]));
    weights = matrix(
      FEATURES,
      2,
      weights.data.map((value, k) => value - rate * Number(velocity[k])),
    );
  }
  return [multiply(train, weights), multiply(test, weights)];
}

/** The training kernels with another number in one place of the nngp. */
function changed(place: number, value: number): LimitingKernels {
  const { nngp, ntk } = kernels.train;
  return { ntk, nngp: matrix(TRAIN, TRAIN, nngp.data.with(place, value)) };
}

/** Ones on the diagonal, and twos elsewhere. */
const indefinite = matrix(
  TRAIN,
  TRAIN,
  Float64Array.from({ length: TRAIN ** 2 }, (_, k) => (k % (TRAIN + 1) === 0 ? 1 : 2)),
);

describe('a predictor', () => {
  it.each([
    [0, 1],
    [0, 7],
    [0.9, 1],
    [0.9, 13],
  ])('is gradient descent with momentum %d after %d steps', (momentum, steps) => {
    const own = predictor({ ...kernels, training: { algorithm: 'descent', learningRate: 0.3, momentum } });
    const [ofTrain, ofTest] = descended(0.3, momentum, steps);
    const found = own.mean(steps);
    expect(deviation(found.train.data, [...ofTrain.data])).toBeLessThan(ROUNDING);
    expect(deviation(found.test?.data ?? [], [...ofTest.data])).toBeLessThan(ROUNDING);
  });

  it('diverges from the rate on that it tells', async () => {
    const { divergentRate } = predictor({ ...kernels, training: { algorithm: 'descent' } });
    const sizes = [0.99, 1.01].map((share) => {
      const [outputs] = descended(share * divergentRate, 0, 4000);
      return Math.max(...outputs.data.map(Math.abs));
    });
    expect(sizes[0]).toBeLessThan(10);
    expect(sizes[1]).toBeGreaterThan(1e10);
    const below = predictor({ ...kernels, training: { algorithm: 'descent', learningRate: divergentRate * 0.99 } });
    const beyond = predictor({ ...kernels, training: { algorithm: 'descent', learningRate: divergentRate * 1.01 } });
    expect([below.diverges, beyond.diverges, predictor(kernels).diverges]).toEqual([false, true, false]);
    // After few steps outputs are large but numbers, after many they are none.
    const [outputs] = descended(1.01 * divergentRate, 0, 100);
    expect(deviation(beyond.mean(100).train.data, [...outputs.data])).toBeLessThan(1e-10);
    expect((await failureOf(() => beyond.mean(1e6))).code).toBe('kernels.diverges');
    expect((await failureOf(() => beyond.mean(Number.POSITIVE_INFINITY))).message).toMatch(
      /^predictor: gradient descent at the learning rate [\d.]+ diverges; it converges below [\d.]+\.$/,
    );
  });

  it('ends in kernel regression, with flow and descent alike', () => {
    const expected = multiply(kernels.testTrain.ntk, solve(kernels.train.ntk, targets));
    for (const algorithm of ['flow', 'descent'] as const) {
      const { test: found } = predictor({ ...kernels, training: { algorithm, learningRate: 0.1 } }).mean(
        Number.POSITIVE_INFINITY,
      );
      expect(deviation(found?.data ?? [], [...expected.data])).toBeLessThan(1e-10);
    }
  });

  it('starts where it is told, and spreads as the process at the start', () => {
    const own = predictor(kernels);
    const start = { train: targets, test: matrix(TEST, 2, new Float64Array(TEST * 2).fill(3)) };
    expect(own.mean(5, start).test?.data).toEqual(start.test.data);
    expect(deviation(own.covariance(0).test?.data ?? [], [...kernels.test.nngp.data])).toBeLessThan(ROUNDING);
    expect(Math.max(...own.covariance(Number.POSITIVE_INFINITY).train.data.map(Math.abs))).toBeLessThan(ROUNDING);
  });

  it('is the posterior once the last layer alone is trained to the end', () => {
    const noisy = kernels.train.nngp.data.map((value, k) => value + (k % (TRAIN + 1) === 0 ? 0.2 : 0));
    const inverse = solve(matrix(TRAIN, TRAIN, noisy), transpose(kernels.testTrain.nngp));
    const explained = multiply(kernels.testTrain.nngp, inverse);
    const expected = kernels.test.nngp.data.map((value, k) => value - Number(explained.data[k]));
    const found = posterior({ ...kernels, ridge: 0.2, ridgeScale: 'absolute' });
    expect(deviation(found.covariance?.data ?? [], [...expected])).toBeLessThan(1e-10);
    expect(deviation(found.mean.data, [...multiply(transpose(inverse), targets).data])).toBeLessThan(1e-10);
  });

  it.each<[string, Partial<PredictorOptions>, RegExp]>([
    [
      'a rate',
      { training: { algorithm: 'flow', learningRate: 0 } },
      /learningRate is a number above 0, but 0 was given/,
    ],
    [
      'a momentum',
      { training: { algorithm: 'descent', momentum: 1 } },
      /momentum is a number from 0 to below 1, but 1/,
    ],
    ['a ridge', { ridge: -1 }, /ridge is a number from 0 on, but -1 was given/],
    ['sizes', { targets: matrix(3, 1, new Float64Array(3)) }, /train\.nngp was 4 × 4, expected 3 × 3/],
    [
      'a kernel with a hole',
      { train: changed(1, Number.NaN) },
      /^predictor: train\.nngp holds NaN in row 1, column 2\.$/,
    ],
    [
      'a negative variance',
      { train: changed(5, -2) },
      /^predictor: train\.nngp has the variance -2 in row 2, and none may be below 0\.$/,
    ],
    [
      'a kernel that is not symmetric',
      { train: changed(1, 50) },
      /^predictor: train\.nngp is not symmetric: [\d.-]+ in row 2, column 1, but 50 across\.$/,
    ],
    [
      'a kernel that is not definite',
      { train: { nngp: kernels.train.nngp, ntk: indefinite } },
      /^predictor: train\.ntk has the eigenvalue -[\d.]+, and none may be below 0\.$/,
    ],
    [
      'targets that are no numbers',
      { targets: matrix(4, 2, Float64Array.of(1, 2, 3, Number.POSITIVE_INFINITY, 0, 0, 0, 0)) },
      /^predictor: targets hold Infinity in row 2, column 2; every target must be finite\.$/,
    ],
  ])('refuses %s', async (_, options, message) => {
    expect((await failureOf(() => predictor({ ...kernels, ...options }))).message).toMatch(message);
  });

  it('refuses parts of steps', async () => {
    const own = predictor({ ...kernels, training: { algorithm: 'descent' } });
    expect((await failureOf(() => own.mean(1.5))).message).toBe(
      'predictor: a time is a whole number of steps from 0 on, or Infinity, but 1.5 was given.',
    );
  });
});
