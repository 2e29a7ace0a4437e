/** Predictors of cross-entropy beside training that is carried out step by step, and beside a solution in closed form. */

import { describe, expect, it } from 'vitest';
import { crossEntropyPredictor, oneHot } from '../../../src/kernels/index.ts';
import { type Matrix, matrix, multiply, transpose } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { deviation } from '../kernelSupport.ts';

const ROUNDING = 1e-12;
/** What the flow is solved to. */
const SOLVED = 1e-8;
const [TRAIN, TEST, FEATURES, CLASSES] = [5, 3, 7, 3];

const features = (from: number, to: number): Matrix =>
  matrix(
    to - from,
    FEATURES,
    Float64Array.from({ length: (to - from) * FEATURES }, (_, k) => {
      const at = from * FEATURES + k;
      return Math.sin(1 + 2.3 * at + 0.37 * at * at);
    }),
  );
const [train, test] = [features(0, TRAIN), features(TRAIN, TRAIN + TEST)];
const gram = (a: Matrix, b: Matrix) => {
  const ntk = multiply(a, transpose(b));
  return { ntk, nngp: ntk };
};
const targets = oneHot([0, 2, 1, 1, 0], CLASSES);
const kernels = { train: gram(train, train), testTrain: gram(test, train), targets } as const;

/** ∂loss/∂weights of logits that are linear in features, and the loss. */
function lossOf(weights: Matrix, own = targets): readonly [Matrix, number] {
  const logits = multiply(train, weights);
  let loss = 0;
  const errors = logits.data.map((value, k) => {
    const row = logits.data.subarray(k - (k % CLASSES), k - (k % CLASSES) + CLASSES);
    const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
    loss -= (Number(own.data[k]) * (value - Math.log(sum))) / TRAIN;
    return (Math.exp(value) / sum - Number(own.data[k])) / TRAIN;
  });
  return [multiply(transpose(train), matrix(TRAIN, CLASSES, errors)), loss];
}

const zeros = (): Matrix => matrix(FEATURES, CLASSES, new Float64Array(FEATURES * CLASSES));
const plus = (a: Matrix, b: Matrix, times: number): Matrix =>
  matrix(
    a.rows,
    a.columns,
    a.data.map((value, k) => value + times * Number(b.data[k])),
  );

function descended(rate: number, momentum: number, steps: number, start = zeros()): Matrix {
  let [weights, velocity] = [start, zeros()];
  for (let step = 0; step < steps; step++) {
    velocity = plus(lossOf(weights)[0], velocity, momentum);
    weights = plus(weights, velocity, -rate);
  }
  return weights;
}

/** The flow by many steps of the classical method of order 4. */
function flowed(rate: number, time: number, steps: number, start: Matrix): Matrix {
  let weights = start;
  const h = (-rate * time) / steps;
  for (let step = 0; step < steps; step++) {
    const k1 = lossOf(weights)[0];
    const k2 = lossOf(plus(weights, k1, h / 2))[0];
    const k3 = lossOf(plus(weights, k2, h / 2))[0];
    const k4 = lossOf(plus(weights, k3, h))[0];
    weights = [
      [k1, 1],
      [k2, 2],
      [k3, 2],
      [k4, 1],
    ].reduce((w, [k, share]) => plus(w, k as Matrix, (h * Number(share)) / 6), weights);
  }
  return weights;
}

describe('a predictor of cross-entropy', () => {
  it.each([0, 0.9])('is gradient descent with momentum %d at any steps', (momentum) => {
    const own = crossEntropyPredictor({ ...kernels, training: { algorithm: 'descent', learningRate: 0.7, momentum } });
    const times = [40, 0, 1, 7];
    own.outputs(times).forEach((found, k) => {
      const weights = descended(0.7, momentum, Number(times[k]));
      const scale = times[k] === 0 ? 1 : 0;
      expect(deviation([...found.train.data, scale], [...multiply(train, weights).data, scale])).toBeLessThan(ROUNDING);
      expect(deviation([...(found.test?.data ?? []), scale], [...multiply(test, weights).data, scale])).toBeLessThan(
        ROUNDING,
      );
    });
  });

  it('is gradient flow from the outputs of any network', () => {
    const first = matrix(
      FEATURES,
      CLASSES,
      Float64Array.from({ length: FEATURES * CLASSES }, (_, k) => Math.cos(3 * k)),
    );
    const start = { train: multiply(train, first), test: multiply(test, first) };
    const own = crossEntropyPredictor({ ...kernels, training: { algorithm: 'flow', learningRate: 2 } });
    const [early, late] = own.outputs([0.5, 20], start);
    for (const [found, time] of [
      [early, 0.5],
      [late, 20],
    ] as const) {
      const weights = flowed(2, time, 4000, first);
      expect(deviation(found?.train.data ?? [], [...multiply(train, weights).data])).toBeLessThan(SOLVED);
      expect(deviation(found?.test?.data ?? [], [...multiply(test, weights).data])).toBeLessThan(SOLVED);
    }
  });

  it('has the closed form of one example of two classes', () => {
    // z = f_1 − f_0 moves by 2 k (1 − σ(z)), so that z + e^z = 1 + 2 k t.
    const k = matrix(1, 1, Float64Array.of(1.7));
    const own = crossEntropyPredictor({ train: { ntk: k, nngp: k }, targets: oneHot([1], 2) });
    const times = [0.1, 1, 30, 1000];
    own.outputs(times).forEach(({ train: { data } }, place) => {
      const z = Number(data[1]) - Number(data[0]);
      expect(Math.abs((z + Math.exp(z)) / (1 + 3.4 * Number(times[place])) - 1)).toBeLessThan(SOLVED);
      expect(Math.abs(Number(data[1]) + Number(data[0]))).toBeLessThan(SOLVED);
    });
  });

  it('tells the rate below which descent settles', () => {
    // Each input with both labels: the best outputs are 0, where the loss is curved the most.
    const k = matrix(2, 2, Float64Array.of(1.7, 1.7, 1.7, 1.7));
    const contradicting = { train: { ntk: k, nngp: k }, targets: oneHot([0, 1], 2) };
    const start = { train: matrix(2, 2, Float64Array.of(0, 0.1, 0, 0.1)) };
    for (const momentum of [0, 0.5]) {
      const { stableRate } = crossEntropyPredictor({ ...contradicting, training: { algorithm: 'descent', momentum } });
      const ends = [0.98, 1.02].map((share) => {
        const training = { algorithm: 'descent', learningRate: share * stableRate, momentum } as const;
        const [end] = crossEntropyPredictor({ ...contradicting, training }).outputs([3000], start);
        return Math.abs(Number(end?.train.data[1]) - Number(end?.train.data[0]));
      });
      expect(ends[0]).toBeLessThan(1e-6);
      expect(ends[1]).toBeGreaterThan(0.05);
    }
    const { stableRate } = crossEntropyPredictor(kernels);
    let last = Number.POSITIVE_INFINITY;
    for (const steps of [0, 1, 2, 3, 5, 8, 13]) {
      const [, loss] = lossOf(descended(0.99 * stableRate, 0, steps));
      expect(loss).toBeLessThan(last);
      last = loss;
    }
  });

  it.each<[string, () => unknown, string]>([
    [
      'an end',
      () => crossEntropyPredictor(kernels).outputs([Number.POSITIVE_INFINITY]),
      'predictor: training on cross-entropy has no end, its outputs grow for ever where classes can be told apart; give finite times.',
    ],
    [
      'parts of steps',
      () => crossEntropyPredictor({ ...kernels, training: { algorithm: 'descent' } }).outputs([1.5]),
      'predictor: a time is a whole number of steps from 0 on, or Infinity, but 1.5 was given.',
    ],
    [
      'targets that are no probabilities',
      () => crossEntropyPredictor({ ...kernels, targets: matrix(5, 2, new Float64Array(10).fill(0.7)) }),
      'predictor: targets of classes are probabilities that sum to 1, but have row 1 of [0.7, 0.7].',
    ],
    [
      'one class',
      () => crossEntropyPredictor({ ...kernels, targets: matrix(5, 1, new Float64Array(5).fill(1)) }),
      'predictor: targets of classes are a column for each of at least two classes, but have 1 column.',
    ],
    [
      'labels beyond the classes',
      () => oneHot([0, 3], 3),
      'predictor: targets of classes are whole numbers from 0 to 2, but have label 2 of 3.',
    ],
    [
      'a start without test outputs',
      () => crossEntropyPredictor(kernels).outputs([1], { train: targets }),
      'predictor: start.test was nothing, expected 3 × 3; targets are [train, outputs], kernels [inputs, inputs].',
    ],
  ])('refuses %s', async (_, call, message) => {
    expect((await failureOf(call)).message).toBe(message);
  });
});
