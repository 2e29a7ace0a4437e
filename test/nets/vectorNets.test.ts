/** Networks of real vectors: residual, recurrent. */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { type Net, recurrent, residualMlp } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, NTP } from '../../src/parametrizations/index.ts';
import { checkFragment, indexTensor, type Program, type Tensors, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { type LossName, trainingStep } from '../../src/training/index.ts';
import { expectClose, feedsFor, messageOf, REORDERED, read } from '../program/support.ts';
import { expectEngine, expectGradients, expectKets, expectKinds, expectLayers, expectLearning } from './netSupport.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const [BATCH, TIME, INPUT] = [3, 3, 2];
const sizes = { batch: BATCH, input: INPUT };
const target = tensor(['batch'], [BATCH], [1, -1, 0.5]);
const rows = { x: tensor(['batch', 'input'], [BATCH, INPUT], stream(7).normals(BATCH * INPUT)), target };
const series = {
  x: tensor(['batch', 'time', 'input'], [BATCH, TIME, INPUT], stream(8).normals(BATCH * TIME * INPUT)),
  target,
};

const nets: readonly (readonly [string, Net, Tensors])[] = [
  ['residual MLP', residualMlp({ depth: 2, activation: 'tanh' }), rows],
  ['simple recurrent network', recurrent({ steps: TIME }), series],
  ['gated recurrent unit', recurrent({ steps: TIME, gated: true }), series],
];

const step = (net: Net, optimizer: string, learningRate: number, loss: LossName = 'squared'): Program =>
  trainingStep(net, { parametrization: MUP, optimizer: optimizerNamed(optimizer), settings: { learningRate }, loss });

describe.each(nets)('%s', (_, net, data) => {
  it('has the gradients that differences give', () => {
    expectGradients(net, { ...sizes, n: 4 });
  });

  it.each(['sgd', 'adam', 'signsgd'])('lies in the language when µP trains it by %s', (optimizer) => {
    expect(checkFragment(step(net, optimizer, 0.1)).violations).toEqual([]);
  });

  it('leaves it at its output under NTP', () => {
    const program = trainingStep(net, { parametrization: NTP, optimizer: optimizerNamed('sgd') });
    expect(checkFragment(program).violations.map(({ rule }) => rule)).toContain('mean-only');
  });

  it.each([
    ['sgd', 0.3],
    ['adam', 0.02],
  ])('learns by %s', (optimizer, rate) => {
    expectLearning(step(net, optimizer, rate), { ...sizes, n: 16 }, data);
  });

  it('is the same step on ONNX Runtime', async () => {
    await expectEngine(engine, step(net, 'sgd', 0.3), { ...sizes, n: 8 }, data);
  });

  it.each([
    ['sgd', 0.3],
    ['adam', 0.02],
  ])('is the same training as kets with stored matrices, by %s', (optimizer, rate) => {
    expectKets(step(net, optimizer, rate), 6, sizes, data);
  });

  it('marks every parameter with a kind, and names its layers', () => {
    expectKinds(net);
    expectLayers(net);
  });
});

describe('a residual MLP', () => {
  it('is what its definition says', () => {
    const [N, depth] = [4, 1];
    const { program } = residualMlp({ depth, activation: 'tanh' });
    const feeds = feedsFor(program, { ...sizes, n: N }, 2);
    const get = (name: string, k: number): number => read(feeds, name).data[k] ?? Number.NaN;
    const norm = (x: readonly number[], suffix: string): number[] => {
      const mean = x.reduce((sum, v) => sum + v, 0) / N;
      const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / N;
      return x.map(
        (v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * (1 + get(`gain${suffix}`, i)) + get(`shift${suffix}`, i),
      );
    };
    const units = Array.from({ length: N }, (_, i) => i);
    const expected = Array.from({ length: BATCH }, (_, b) => {
      const x0 = units.map((i) => get('w0', 2 * i) * get('x', 2 * b) + get('w0', 2 * i + 1) * get('x', 2 * b + 1));
      const z = norm(x0, '1');
      const h = units.map((i) => z.reduce((sum, v, j) => sum + get('w1', i * N + j) * v, get('b1', i)));
      const x1 = units.map((i) => (x0[i] ?? 0) + Math.tanh(h[i] ?? 0));
      return norm(x1, '2').reduce((sum, v, i) => sum + v * get('w2', i), 0);
    });
    expectClose(read(interpret(program, feeds), 'f').data, expected, REORDERED);
  });

  it('refuses impossible sizes', () => {
    expect(messageOf(() => residualMlp({ depth: 0 }))).toBe(
      'residualMlp: the depth is the number of hidden layers, 1 or more, but 0 was given.',
    );
    expect(messageOf(() => residualMlp({ classes: 1.5 }))).toBe(
      'residualMlp: classes is the number of outputs, a whole number from 1 on, but 1.5 was given.',
    );
  });
});

describe('a recurrent network', () => {
  it.each([false, true])('is what its definition says, gated: %s', (gated) => {
    const N = 3;
    const { program } = recurrent({ steps: TIME, gated });
    const feeds = feedsFor(program, { ...sizes, n: N }, 2);
    const get = (name: string, k: number): number => read(feeds, name).data[k] ?? Number.NaN;
    const units = Array.from({ length: N }, (_, i) => i);
    const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
    const expected = Array.from({ length: BATCH }, (_, b) => {
      let x = units.map(() => 0);
      for (let t = 0; t < TIME; t++) {
        const affine = (suffix: string, from: readonly number[]): number[] =>
          units.map((i) => {
            const data = (b * TIME + t) * INPUT;
            const driven =
              get(`u${suffix}`, 2 * i) * get('x', data) + get(`u${suffix}`, 2 * i + 1) * get('x', data + 1);
            return from.reduce((sum, v, j) => sum + get(`w${suffix}`, i * N + j) * v, driven + get(`b${suffix}`, i));
          });
        const before = x;
        const z = gated ? affine('z', before).map(logistic) : units.map(() => 0);
        const r = gated ? affine('r', before).map(logistic) : units.map(() => 1);
        const kept = before.map((v, i) => v * (r[i] ?? 0));
        x = affine('', kept).map((h, i) => (z[i] ?? 0) * (before[i] ?? 0) + (1 - (z[i] ?? 0)) * Math.tanh(h));
      }
      return x.reduce((sum, v, i) => sum + v * get('v', i), 0);
    });
    expectClose(read(interpret(program, feeds), 'f').data, expected, REORDERED);
  });

  it('reads classes at the last step', () => {
    const net = recurrent({ steps: TIME, classes: 3 });
    const labels = indexTensor(['batch'], [BATCH], [2, 0, 1]);
    expectLearning(step(net, 'adam', 0.05, 'cross-entropy'), { ...sizes, n: 8 }, { ...series, target: labels });
  });

  it('refuses impossible numbers of steps', () => {
    expect(messageOf(() => recurrent({ steps: 0 }))).toBe(
      'recurrent: steps is the number of time steps, a whole number from 1 on, but 0 was given.',
    );
  });
});
