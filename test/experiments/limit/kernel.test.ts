import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { frozenStart, type LimitProblem, limitPath, withDeviations } from '../../../src/experiments/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { drawInitial } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, NTP, uniform } from '../../../src/parametrizations/index.ts';
import { tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { parametrizedNet } from '../../../src/training/index.ts';

const data = {
  x: tensor(['batch', 'input'], [3, 2], [1, 0.3, 0.2, -1.1, -0.8, 0.6]),
  target: tensor(['batch'], [3], [1, -1, 0.5]),
};
const problem: LimitProblem = {
  net: mlp({ depth: 1, activation: 'tanh' }),
  parametrization: NTP,
  optimizer: optimizerNamed('sgd'),
  data,
  steps: 60,
};

const CASES: Readonly<Record<string, Partial<LimitProblem>>> = {
  sgd: {},
  'a batch of two, their sum': { batches: [[0, 1]], reduction: 'sum' },
  momentum: { optimizer: optimizerNamed('momentum') },
  'another base width': { parametrization: { ...NTP, baseWidth: 8 } },
  'between µP and NTP': { parametrization: uniform('1/4') },
  'the readout alone': { trainable: ['w2'] },
};

describe('the start of a neural tangent limit', () => {
  it.each(Object.entries(CASES))('tells from which rate on descent diverges: %s', async (_, changes) => {
    const own = { ...problem, ...changes };
    const { divergentRate } = required(frozenStart({ ...own, settings: { learningRate: 1 } }), 'start');
    const growth = async (factor: number): Promise<number> => {
      const settings = { learningRate: factor * required(divergentRate, 'rate') };
      const { losses } = await limitPath({ ...own, settings }, { samples: 256, seeds: 2 });
      const values = required(losses, 'losses').map(({ value }) => Math.abs(value));
      return required(values.at(-1), 'last loss') / required(values[30], 'loss halfway');
    };
    // The kernel's eigenvalue is sampled to a few percent.
    expect(await growth(1.15)).toBeGreaterThan(1);
    expect(await growth(0.85)).toBeLessThan(1);
  });

  it('has the deviations that networks have', () => {
    const { deviations, divergentRate } = required(
      frozenStart({ ...problem, optimizer: optimizerNamed('adam') }),
      'start',
    );
    expect(divergentRate).toBeUndefined();
    const program = parametrizedNet(problem.net, problem);
    const sizes = { n: 256, batch: 3, input: 2 };
    const squares = Array.from({ length: 400 }, (_, seed) => {
      const { f } = interpret(program, { ...drawInitial(program, sizes, seed), x: data.x }, sizes);
      return Number(required(f, 'output').data[0]) ** 2;
    });
    const simulated = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    // Of 400 Gaussian numbers the root mean square has a relative error of 1/√800; four of them.
    expect(Math.abs(simulated / required(deviations[0], 'deviation') - 1)).toBeLessThan(4 / Math.sqrt(800));
  });

  it('is none where features move, nor where kernels do not close', () => {
    expect(frozenStart({ ...problem, parametrization: MUP })).toBeUndefined();
  });
});

describe('networks with deviations of one’s own', () => {
  it('draw the parameters that a name or a glob picks so, the last of several counting', () => {
    const net = mlp({ depth: 2, activation: 'tanh' });
    const own = withDeviations(net, { 'w*': 2, w3: 0 });
    expect(own.parameters.map(({ name, law }) => [name, law.kind === 'constant' ? law.value : law.scale])).toEqual([
      ['w1', 2],
      ['w2', 2],
      ['w3', 0],
    ]);
    expect(own.parameters[0]?.law).toMatchObject({ kind: 'gaussian', powers: [] });
    const drawn = drawInitial(own.program, { n: 64, batch: 1, input: 9 }, 1);
    const rms = (name: string): number => {
      const { data: values } = required(drawn[name], name);
      return Math.sqrt(values.reduce((sum: number, value) => sum + Number(value) ** 2, 0) / values.length);
    };
    expect(rms('w1')).toBeGreaterThan(1.8);
    expect(rms('w1')).toBeLessThan(2.2);
    expect(rms('w3')).toBe(0);
    expect(() => withDeviations(net, { v: 1 })).toThrow('"v"');
  });
});
