/** Neural tangent limits without sampling contain what sampling gives, within its errors (theory 7). */

import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { closedPath, type LimitProblem, limitPath } from '../../../src/experiments/index.ts';
import { cnn, mlp } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, NTP, uniform } from '../../../src/parametrizations/index.ts';
import { indexTensor, tensor } from '../../../src/program/index.ts';
import { SERIES, TARGET, TWO_TARGETS, VECTORS } from './data.ts';

/** Each example by itself, the last in no batch. */
const ONE_BY_ONE = [[0], [2], [1]];
/** On 15 degrees of freedom, of a dozen numbers that move together: one case in two hundred lies further off. */
const SIGMAS = 4;

const BASE: LimitProblem = {
  ...{ net: mlp({ depth: 2, activation: 'tanh' }), parametrization: NTP, optimizer: optimizerNamed('sgd') },
  ...{ settings: { learningRate: 0.3 }, data: { x: VECTORS, target: TARGET }, batches: [[0, 1], [2]], steps: 4 },
};
const SIGN = { optimizer: optimizerNamed('signsgd'), settings: { learningRate: 0.1 } };

const CASES: Readonly<Record<string, Partial<LimitProblem>>> = {
  'momentum by Nesterov': { optimizer: optimizerNamed('momentum'), settings: { learningRate: 0.1, nesterov: true } },
  'cross-entropy of two classes, biases': {
    net: mlp({ depth: 1, activation: 'erf', classes: 2, biases: true, outputBias: true }),
    ...{ loss: 'cross-entropy', data: { x: VECTORS, target: indexTensor(['batch'], [4], [0, 1, 1, 0]) } },
  },
  'the sign of one gradient at a time': { ...SIGN, batches: ONE_BY_ONE },
  'the sign, three hidden layers with biases in UP_1/4, hinge loss': {
    ...SIGN,
    ...{ net: mlp({ depth: 3, activation: 'relu', biases: true, outputBias: true }), batches: ONE_BY_ONE },
    ...{ parametrization: uniform('1/4'), loss: 'hinge' },
  },
  'the sign, the readout alone': { ...SIGN, batches: ONE_BY_ONE, trainable: ['w3'] },
};

describe('limits without sampling', () => {
  it.each(Object.entries(CASES))('%s', async (_, changes) => {
    const problem = { ...BASE, ...changes };
    const values = (count: number): number[] => Array.from({ length: count }, (_own, k) => 0.1 * k - 0.2);
    const two = problem.loss === 'cross-entropy';
    const start = two ? tensor(['batch', 'class'], [4, 2], values(8)) : tensor(['batch'], [4], values(4));
    const closed = required(closedPath(problem, { start }), 'limit that closes');
    const sampled = await limitPath(problem, { samples: 128, subsample: 128, seeds: 16, start });
    expect([closed.kind, closed.axes, closed.shape]).toEqual([sampled.kind, sampled.axes, sampled.shape]);
    const pairs = [
      ...sampled.outputs.flatMap((entries, step) =>
        entries.map((own, k) => [own, required(closed.outputs[step]?.[k], 'output')] as const),
      ),
      ...required(sampled.losses, 'losses').map((own, step) => [own, required(closed.losses?.[step], 'loss')] as const),
    ];
    for (const [{ value, standardError }, exact] of pairs) {
      expect(exact.standardError).toBe(0);
      expect(Math.abs(value - exact.value)).toBeLessThanOrEqual(SIGMAS * standardError + 1e-12);
    }
    // It has moved, by much more than its errors.
    const [first, last] = [required(closed.outputs[0], 'outputs'), required(closed.outputs.at(-1), 'outputs')];
    const moved = Math.max(...last.map(({ value }, k) => Math.abs(value - required(first[k], 'output').value)));
    const errors = required(sampled.outputs.at(-1), 'outputs').map(({ standardError }) => standardError);
    expect(Math.max(...errors)).toBeLessThan(0.1 * moved);
  });

  it.each<readonly [string, Partial<LimitProblem>]>([
    ['features move', { parametrization: MUP }],
    ['Q is neither linear nor the sign', { optimizer: optimizerNamed('adam') }],
    ['the sign is that of a sum over examples', { ...SIGN, batches: [[0, 1]] }],
    ['the sign is that of all examples together', { ...SIGN, batches: [[0, 1, 2, 3]] }],
    [
      'the sign is that of a sum over outputs',
      {
        ...{ ...SIGN, batches: ONE_BY_ONE, net: mlp({ depth: 1, classes: 2 }) },
        data: { x: VECTORS, target: TWO_TARGETS },
      },
    ],
    [
      'the sign is that of a sum over places',
      { ...SIGN, batches: ONE_BY_ONE, net: cnn({ size: [3], depth: 1 }), data: { x: SERIES, target: TARGET } },
    ],
    ['weights decay', { settings: { learningRate: 0.1, decoupledDecay: 0.1 } }],
    ['updates are limited', { limit: { kind: 'normalize' }, parametrization: uniform('1/2') }],
    ['gradients are clipped', { clipNorm: 1 }],
    ['parameters are not alike', { rules: { w1: { rateScale: 2 } } }],
  ])('are none where %s', (_, changes) => {
    const problem = { ...BASE, ...changes };
    if (problem.limit === undefined) expect(closedPath(problem)).toBeUndefined();
    else expect(() => closedPath(problem)).toThrow('trivial');
  });
});
