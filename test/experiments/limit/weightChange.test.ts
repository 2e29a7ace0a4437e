/** How far weights of a training change: by hand where networks are linear, and at finite widths by arithmetic. */

import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { finitePath, type LimitProblem, limitPath } from '../../../src/experiments/index.ts';
import { stepData, stepsOf } from '../../../src/experiments/limit/problem.ts';
import { seedAt } from '../../../src/experiments/start.ts';
import { cnn, mlp, type Net, recurrent } from '../../../src/nets/index.ts';
import { mean } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, NTP } from '../../../src/parametrizations/index.ts';
import { argument, type Tensors, tensor } from '../../../src/program/index.ts';
import { drawState } from '../../../src/training/index.ts';
import { run, stepper } from '../../training/support.ts';

const INPUTS = [
  [1, 0.3],
  [-0.8, 0.6],
  [0.4, -1.2],
] as const;
const TARGETS = [1, -1, 0.5] as const;
const RATE = 0.4;
const problem: LimitProblem = {
  net: mlp({ depth: 1, activation: argument(0) }),
  parametrization: MUP,
  optimizer: optimizerNamed('sgd'),
  settings: { learningRate: RATE },
  data: {
    x: tensor(['batch', 'input'], [3, 2], INPUTS.flat()),
    target: tensor(['batch'], [3], [...TARGETS]),
  },
  steps: 2,
};

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, own, k) => sum + own * required(b[k], 'entry'), 0);
const rms = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => value ** 2)));

/** Each output lies within so many standard errors; of eight samplings a chance of one in a thousand. */
const ERRORS = 6;

describe('the change of weights', () => {
  it('is in the limit of a linear network what one step makes it, and 0 before', async () => {
    const { changes } = await limitPath(problem, { samples: 512, seeds: 8, changes: [1, 0] });
    expect(changes.filter(({ step }) => step === 0)).toEqual(
      ['w1', 'w2'].map((parameter) => ({ step: 0, parameter, change: { value: 0, standardError: 0 } })),
    );
    // f is 0 at first, so that the error signal of a mean loss (f − y)²/2 is −y / 3.
    const moved = INPUTS.map((x) =>
      INPUTS.reduce((sum, own, b) => sum - (RATE * required(TARGETS[b], 'target') * dot(own, x)) / 3, 0),
    );
    // Weights of the first layer have variance 1/2, and Δw1 x is v Σ_b η χ_b ⟨x_b, x⟩ with Var v = 1.
    const features = INPUTS.map((x, k) => Math.sqrt(dot(x, x) / 2 + required(moved[k], 'move') ** 2));
    const expected = new Map([
      ['w1', rms(moved) / rms(INPUTS.flat())],
      ['w2', rms(moved) / 2 / rms(features)],
    ]);
    const later = changes.filter(({ step }) => step === 1);
    expect(later.map(({ parameter }) => parameter)).toEqual(['w1', 'w2']);
    for (const { parameter, change } of later) {
      const off = Math.abs(change.value - required(expected.get(parameter), parameter));
      expect(off).toBeLessThan(ERRORS * change.standardError);
      expect(change.standardError).toBeLessThan(2e-3);
    }
  });

  it('is at a finite width that of the weights as they are', async () => {
    const width = 5;
    const own: LimitProblem = {
      ...problem,
      net: mlp({ depth: 2, activation: 'tanh', biases: true }),
      trainable: ['w2', 'w3', 'b1'],
    };
    const path = await finitePath(own, { width, seed: 1, stepper, run, changes: [2] });
    expect(path.outputs).toEqual((await finitePath(own, { width, seed: 1, stepper, run })).outputs);
    const { finite } = stepsOf(own);
    const sizes = { n: width, batch: 3, input: 2 };
    const before = drawState(finite, sizes, seedAt(1, width));
    const training = await stepper(finite, sizes, before);
    for (let step = 0; step < 2; step++) await training.step(stepData(own)(step));
    const after = training.state();
    const numbers = (state: Tensors, name: string): number[] => Array.from(required(state[name], name).data, Number);
    const product = (matrix: readonly number[], x: readonly number[]): number[] =>
      Array.from({ length: matrix.length / x.length }, (_, row) => dot(x, matrix.slice(row * x.length)));
    const layer = (w: string, b: string, x: readonly number[]): number[] => {
      const shift = numbers(b in after ? after : before, b);
      return product(numbers(w in after ? after : before, w), x).map((z, k) => Math.tanh(z + required(shift[k], b)));
    };
    const moved = (name: string): number[] =>
      numbers(after, name).map((value, k) => value - required(numbers(before, name)[k], name));
    const first = INPUTS.map((x) => layer('w1', 'b1', x));
    const second = first.map((x) => layer('w2', 'b2', x));
    const ratio = (name: string, inputs: readonly (readonly number[])[], scale: number): number =>
      (rms(inputs.flatMap((x) => product(moved(name), x))) * scale) / rms(inputs.flat());
    const found = new Map(path.changes.map(({ parameter, change }) => [parameter, change]));
    expect([...found.keys()].sort()).toEqual(['b1', 'w2', 'w3']);
    expect(found.get('b1')).toBeCloseTo(rms(moved('b1')), 12);
    expect(found.get('w2')).toBeCloseTo(ratio('w2', first, 1), 12);
    expect(found.get('w3')).toBeCloseTo(ratio('w3', second, 1 / width), 12);
  });

  it('is 0 in the neural tangent limit, before the readout', async () => {
    const ntp = { ...problem, parametrization: NTP };
    const { changes } = await limitPath(ntp, { samples: 64, seeds: 2, changes: [2] });
    expect(changes).toEqual([{ step: 2, parameter: 'w1', change: { value: 0, standardError: 0 } }]);
    // Of networks it falls as n^(-1/2); the readout moves by order 1.
    const of = async (width: number, parameter: string): Promise<number> => {
      const seeds = [0, 1, 2, 3];
      const paths = await Promise.all(
        seeds.map((seed) => finitePath(ntp, { width, seed, stepper, run, changes: [1] })),
      );
      return mean(
        paths.flatMap((path) => path.changes.flatMap((one) => (one.parameter === parameter ? one.change : []))),
      );
    };
    const [first, last] = [(await of(256, 'w1')) / (await of(16, 'w1')), (await of(256, 'w2')) / (await of(16, 'w2'))];
    expect(first).toBeGreaterThan(1 / 4 / 1.4);
    expect(first).toBeLessThan(1.4 / 4);
    expect(last).toBeGreaterThan(1 / 1.5);
    expect(last).toBeLessThan(1.5);
  });

  it.each<readonly [string, Net, Tensors]>([
    [
      'a convolutional network',
      cnn({ depth: 2, size: [4], activation: 'tanh' }),
      { x: tensor(['batch', 'time', 'input'], [2, 4, 1], [1, 0.3, -0.5, 0.2, 0.1, 0.9, -1, 0.4]) },
    ],
    [
      'a recurrent network, whose matrix is used at every step',
      recurrent({ steps: 2, activation: 'tanh' }),
      { x: tensor(['batch', 'time', 'input'], [2, 2, 2], [1, 0.3, -0.5, 0.2, 0.1, 0.9, -1, 0.4]) },
    ],
  ])('is there for every parameter of %s, in the limit and beside it', async (_, net, inputs) => {
    const data = { ...inputs, target: tensor(['batch'], [2], [1, -1]) };
    const own: LimitProblem = { ...problem, net, data, steps: 1 };
    const { changes } = await limitPath(own, { samples: 128, seeds: 2, changes: [1] });
    const path = await finitePath(own, { width: 128, seed: 0, stepper, run, changes: [1] });
    expect(changes.map(({ parameter }) => parameter).sort()).toEqual(net.parameters.map(({ name }) => name).sort());
    for (const { parameter, change } of path.changes) {
      const limit = required(
        changes.find((one) => one.parameter === parameter),
        parameter,
      ).change.value;
      // Networks of this width lie around it, off by a tenth or so.
      expect(change / limit).toBeGreaterThan(0.6);
      expect(change / limit).toBeLessThan(1.7);
    }
  });
});
