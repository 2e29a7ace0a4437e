/** What settings do to an optimizer: conventions for ε, decay, schedules, what is remembered, edges. */

import { describe, expect, test } from 'vitest';
import {
  checkedOptimizer,
  type Optimizer,
  optimizerNamed,
  optimizers,
  type Settings,
  schedule,
  updateProgram,
} from '../../src/optimizers/index.ts';
import { mul, parseProgram, printProgram, sizePower, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { expectClose, REORDERED } from '../program/support.ts';
import { advance, G, initialState, type State, vector, vectorOf, WIDTH, weights } from './support.ts';

describe('the two conventions for ε', () => {
  /** First steps at rate 1 have m̂ = g and v̂ = g². */
  test.each([
    [
      'adam',
      {},
      (g: number, e: number) => g / (Math.abs(g) + e),
      (g: number, e: number) => g / Math.sqrt(g * g + e * e),
    ],
    [
      'adamax',
      {},
      (g: number, e: number) => g / (Math.abs(g) + e),
      (g: number, e: number) => g / Math.sqrt(g * g + e * e),
    ],
    [
      'adagrad',
      {},
      (g: number, e: number) => g / (Math.abs(g) + e),
      (g: number, e: number) => g / Math.sqrt(g * g + e * e),
    ],
    [
      'rmsprop',
      { alpha: 0.75 },
      (g: number, e: number) => g / (Math.abs(g) / 2 + e),
      (g: number, e: number) => g / Math.sqrt((g * g) / 4 + e * e),
    ],
  ] as const)('%s', (name, settings, library, smooth) => {
    const epsilon = 0.3;
    for (const [flag, q] of [
      [false, library],
      [true, smooth],
    ] as const) {
      const [after = []] = weights(name, { ...settings, learningRate: 1, epsilon, smooth: flag }, [G], [0, 0, 0]);
      expectClose(
        after,
        G.map((g) => -q(g, epsilon)),
        REORDERED,
        `smooth ${flag}`,
      );
    }
  });

  test('is smooth at 0: the library form has a corner', () => {
    const slope = (smooth: boolean): number => {
      const [after = []] = weights(
        'adam',
        { learningRate: 1, epsilon: 0.5, smooth, beta1: 0, beta2: 0 },
        [[1e-4, -1e-4, 0]],
        [0, 0, 0],
      );
      return (after[0] ?? 0) / 1e-4;
    };
    expect(slope(true)).toBeCloseTo(-2, 7);
    expect(slope(false)).toBeCloseTo(-2 / 1.0002, 7);
  });
});

describe('the three kinds of decay', () => {
  const rate = 0.1;
  test.each([
    ['coupledDecay', (w: number, g: number) => w - rate * (g + 0.2 * w)],
    ['decoupledDecay', (w: number, g: number) => w * (1 - rate * 0.2) - rate * g],
    ['independentDecay', (w: number, g: number) => w * (1 - 0.2) - rate * g],
  ] as const)('%s', (name, expected) => {
    const [after = []] = weights('sgd', { learningRate: rate, [name]: 0.2 }, [G]);
    expectClose(
      after,
      [1, -2, 3].map((w, p) => expected(w, G[p] ?? 0)),
      REORDERED,
    );
  });

  test('with n^(−c) and n^d: only the library kind follows the rate', () => {
    const shape = { axes: ['n'], spaces: [WIDTH] };
    const scales = { rateScale: sizePower('n', -1), gradientScale: sizePower('n', 0.5) };
    const step = (settings: Settings): number => {
      const program = updateProgram(optimizerNamed('sgd'), shape, {
        settings: { learningRate: rate, ...settings },
        ...scales,
      });
      const data = { weight: tensor(['n'], [4], [1, 1, 1, 1]), gradient: tensor(['n'], [4], [3, 3, 3, 3]) };
      return interpret(program, data).weight?.data[0] ?? Number.NaN;
    };
    // n = 4: η n^(−1) = 0.025, n^½ g = 6.
    expect(step({})).toBeCloseTo(1 - 0.025 * 6, 14);
    expect(step({ coupledDecay: 0.2 })).toBeCloseTo(1 - 0.025 * 6.2, 14);
    expect(step({ decoupledDecay: 0.2 })).toBeCloseTo(1 - 0.025 * 0.2 - 0.025 * 6, 14);
    expect(step({ independentDecay: 0.2 })).toBeCloseTo(0.8 - 0.025 * 6, 14);
  });
});

describe('settings that follow the step', () => {
  test('a rate by a schedule', () => {
    const factor = schedule('linear', { steps: 4 });
    const after = weights('sgd', { learningRate: mul(0.1, factor) }, [G, G, G, G, G], [0, 0, 0]);
    expectClose(
      after.map(([w = 0]) => w),
      [0.1, 0.175, 0.225, 0.25, 0.25].map((sum) => -sum * 0.5),
      REORDERED,
    );
  });

  test('decoupled decay follows the rate, and a β its own schedule', () => {
    const settings = { learningRate: mul(0.1, schedule('exponential', { gamma: 0.5 })), decoupledDecay: 0.2 };
    const [[first = 0] = [], [second = 0] = []] = weights('sgd', settings, [G, G]);
    expect(first).toBeCloseTo(0.98 - 0.05, 14);
    expect(second).toBeCloseTo(first * 0.99 - 0.025, 14);
    // Shares β = 1/2, 1/4 of the past: m = g/2, then g/8 + 3g/4; 1 − Πβ = 1/2, 7/8.
    const beta1 = mul(0.5, schedule('exponential', { gamma: 0.5 }));
    const adam = weights('adam', { learningRate: 1, beta1, beta2: 0, epsilon: 0 }, [G, G], [0, 0, 0]);
    expectClose(
      adam.map(([w = 0]) => w),
      [-1, -2],
      REORDERED,
    );
  });

  test('a warm-up from 0 takes no first step', () => {
    const settings = { learningRate: schedule('constant', { warmUp: 2 }) };
    expect(weights('sgd', settings, [G])[0]).toEqual([1, -2, 3]);
    expect(weights('rprop', { learningRate: mul(0.5, schedule('exponential', { gamma: 0.1 })) }, [G])[0]).toEqual([
      0.5, -1.5, 2.5,
    ]);
  });
});

describe('what is remembered', () => {
  const states = (name: string, settings: Settings = {}): string[] =>
    updateProgram(optimizerNamed(name), vector, { settings })
      .outputs.map((output) => output.name)
      .filter((state) => state !== 'weight');

  test.each([
    ['sgd', {}, []],
    ['momentum', {}, ['velocity']],
    ['momentum', { dampening: 0.1 }, ['step', 'velocity']],
    ['signsgd', {}, []],
    ['adam', {}, ['first', 'second', 'power1', 'power2']],
    ['adam', { beta1: 0 }, ['second', 'power2']],
    ['adam', { beta1: 0, beta2: 0 }, []],
    ['amsgrad', {}, ['first', 'second', 'largest', 'power1', 'power2']],
    ['rmsprop', {}, ['second']],
    ['rmsprop', { centered: true, momentum: 0.9 }, ['second', 'first', 'velocity']],
    ['asgd', {}, ['step', 'average']],
    ['sgd', { learningRate: schedule('exponential', { gamma: 0.9 }) }, ['step']],
  ] as const)('%s %o', (name, settings, expected) => {
    expect(states(name, settings)).toEqual(expected);
  });

  test('the average of ASGD is that of the weights from its start on', () => {
    const program = updateProgram(optimizerNamed('asgd'), vector, {
      settings: { start: 2, lambda: 0, learningRate: 0.1 },
    });
    let state: State = initialState(program, { weight: vectorOf(0, 0, 0) });
    const seen: number[] = [];
    const averages = [1, 2, 3, 4, 5].map((g) => {
      state = advance(program, state, { gradient: vectorOf(g, 0, 0) });
      seen.push(state.weight?.data[0] ?? Number.NaN);
      return state.average?.data[0] ?? Number.NaN;
    });
    // μ = 1/max(1, t − 1 − t₀): the newest weight up to t = 4, then means of what follows.
    const mean = ((seen[3] ?? 0) + (seen[4] ?? 0)) / 2;
    expectClose(averages, [...seen.slice(0, 4), mean], REORDERED);
  });
});

describe('where formulas meet their edges', () => {
  test('RAdam whose β₂ never lets it rectify is momentum', () => {
    for (const beta2 of [0, 0.5, 0.6, 2 / 3]) {
      const after = weights('radam', { learningRate: 1, beta1: 0, beta2 }, [G, G, G], [0, 0, 0]);
      expectClose(
        after.map(([w = 0]) => w),
        [-0.5, -1, -1.5],
        REORDERED,
        `β₂ = ${beta2}`,
      );
    }
  });

  test('centered RMSProp on a constant gradient has no NaN', () => {
    const after = weights(
      'rmsprop',
      { centered: true, alpha: 0.1, epsilon: 1e-3 },
      new Array<number[]>(40).fill([0.1, 0.7, 1e-9]),
    );
    expect(after.flat().every(Number.isFinite)).toBe(true);
  });

  test('going up is going down the negative', () => {
    for (const name of Object.keys(optimizers)) {
      const up = weights(name, { maximize: true }, [G, [1, 0, -1]]);
      const down = weights(name, {}, [G.map((g) => -g), [-1, 0, 1]]);
      expect(up, name).toEqual(down);
    }
  });
});

test.each(Object.values(optimizers))('$name is data: it survives JSON, and its program the text form', (optimizer) => {
  const read = JSON.parse(JSON.stringify(optimizer)) as Optimizer; // what was written
  expect(checkedOptimizer(read)).toEqual(optimizer);
  const program = updateProgram(read, { axes: ['n', "n'"], spaces: [WIDTH] });
  expect(program).toEqual(updateProgram(optimizer, { axes: ['n', "n'"], spaces: [WIDTH] }));
  expect(parseProgram(printProgram(program))).toEqual(program);
});

describe('one entry knows nothing of the others', () => {
  test.each(Object.keys(optimizers).filter((name) => name !== 'adafactor'))('%s', (name) => {
    const gradients = [G, [0.1, 0.2, -0.3], [0, 5, 1]];
    const turn = ([a = 0, b = 0, c = 0]: readonly number[]): number[] => [b, c, a];
    const turned = weights(name, {}, gradients.map(turn), turn([1, -2, 3]));
    expect(turned).toEqual(weights(name, {}, gradients).map(turn));
  });
});
