/** What an optimizer may be told, what is refused, and what settings do to its program. */

import { describe, expect, test } from 'vitest';
import {
  average,
  checkedOptimizer,
  type Definition,
  defineOptimizer,
  meanOver,
  type Optimizer,
  optimizerNamed,
  optimizers,
  type Settings,
  scalar,
  schedule,
  type UpdatesOptions,
  updateProgram,
  updatesProgram,
} from '../../src/optimizers/index.ts';
import {
  add,
  argument,
  div,
  mul,
  parseProgram,
  printProgram,
  type Space,
  sizePower,
  square,
  tensor,
  unary,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { expectClose, messageOf, REORDERED } from '../program/support.ts';
import { advance, initialState, type State, sized } from './support.ts';

const n: Space = { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } };
const vector = { axes: ['a'], spaces: [sized('a', 3)] };
const vectorOf = (...entries: number[]) => tensor(['a'], [3], entries);

/** The weights after each step on given gradients. */
function weights(
  optimizer: Optimizer | string,
  settings: Settings,
  gradients: readonly number[][],
  start = [1, -2, 3],
): number[][] {
  const program = updateProgram(typeof optimizer === 'string' ? optimizerNamed(optimizer) : optimizer, vector, {
    settings,
  });
  let state: State = initialState(program, { weight: vectorOf(...start) });
  return gradients.map((gradient) => {
    state = advance(program, state, { gradient: vectorOf(...gradient) });
    return [...(state.weight?.data ?? [])];
  });
}

const G = [0.5, -1, 0.25];

describe('refused, all at once, with the nearest name', () => {
  test('an optimizer of no such name', () => {
    expect(messageOf(() => optimizerNamed('adma'))).toBe(
      `no optimizer is called "adma". Did you mean "adam"? There are: ${Object.keys(optimizers).join(', ')}.`,
    );
    expect(messageOf(() => optimizerNamed('toString'))).toContain('no optimizer is called "toString".');
  });

  test('settings outside of their domains', () => {
    const settings: Settings = {
      learningRate: 0,
      beta1: 1,
      beta2: -0.1,
      epsilon: -1,
      weightDcay: 0.1,
      amsgrad: 1,
      smooth: true,
    };
    expect(messageOf(() => updateProgram(optimizerNamed('adam'), vector, { settings }))).toBe(
      [
        'optimizer "adam":',
        '  weightDcay is none of its settings. It has: learningRate, beta1, beta2, epsilon, smooth, amsgrad, maximize, coupledDecay, decoupledDecay, independentDecay.',
        '  learningRate is 0, expected a number above 0.',
        '  beta1 is 1, expected a number at least 0 and below 1.',
        '  beta2 is -0.1, expected a number at least 0 and below 1.',
        '  epsilon is -1, expected a number at least 0.',
        '  amsgrad is 1, expected true or false.',
      ].join('\n'),
    );
  });

  test.each([
    ['lerningRate', 0.1, 'lerningRate is none of its settings. Did you mean "learningRate"?'],
    [
      'lr',
      0.1,
      'lr is none of its settings. What libraries call so is here: learningRate. It has: learningRate, momentum',
    ],
    ['weight_decay', 0.1, 'What libraries call so is here: coupledDecay, decoupledDecay, independentDecay.'],
    ['betas', 0.9, 'betas is none of its settings. It has:'],
    ['learningRate', Number.NaN, 'learningRate is NaN, expected a number above 0.'],
    ['learningRate', Number.POSITIVE_INFINITY, 'learningRate is Infinity, expected a number above 0.'],
    ['learningRate', true, 'learningRate is true, expected a number above 0, or an expression.'],
    [
      'learningRate',
      mul(-1, schedule('exponential', { gamma: 0.9 })),
      'learningRate at the first step is -1, expected a number at least 0.',
    ],
    ['learningRate', argument(1), 'learningRate reads an operand besides the number of steps done (argument 0)'],
    ['decoupledDecay', -0.1, 'decoupledDecay is -0.1, expected a number at least 0.'],
    ['independentDecay', 1.5, 'independentDecay is 1.5, expected a number at least 0 and at most 1.'],
  ] as const)('%s = %s', (name, value, message) => {
    expect(messageOf(() => updateProgram(optimizerNamed('sgd'), vector, { settings: { [name]: value } }))).toContain(
      message,
    );
  });

  test('a size where a state starts from it', () => {
    const settings = { learningRate: sizePower('a', -1) };
    expect(messageOf(() => updateProgram(optimizerNamed('rprop'), vector, { settings }))).toBe(
      'optimizer "rprop":\n  learningRate is what a state starts from and must be a number, not a power of a size.',
    );
  });

  test('scales that are no positive numbers or powers of sizes', () => {
    const options = { rateScale: -1, gradientScale: argument(0) };
    expect(messageOf(() => updateProgram(optimizerNamed('sgd'), vector, options))).toBe(
      'optimizer "sgd":\n  rateScale is -1, expected a number above 0.\n  gradientScale is "an expression with operands", expected powers of sizes.',
    );
  });
});

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
    const shape = { axes: ['n'], spaces: [n] };
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
  const program = updateProgram(read, { axes: ['n', "n'"], spaces: [n] });
  expect(program).toEqual(updateProgram(optimizer, { axes: ['n', "n'"], spaces: [n] }));
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

describe("one's own update", () => {
  const soft = defineOptimizer({
    name: 'soft sign',
    source: 'a test',
    learningRate: 0.5,
    hyperparameters: { beta: { value: 0.5, domain: { atLeast: 0, below: 1 }, meaning: 'share of the past' } },
    state: { first: 0, count: scalar(0) },
    notes: ['mean'],
    formulas: ({ gradient, first, beta, count, weight }, next) => ({
      first: average(beta, first, gradient),
      count: add(count, 1),
      mean: div(next.first, next.count),
      update: add(unary('tanh', next.mean), mul(0.1, weight)),
    }),
  });

  test('by its formulas', () => {
    const step = (w: number, first: number, t: number): number => w - 0.5 * (Math.tanh(first / t) + 0.1 * w);
    const [one = [], two = []] = weights(
      soft,
      {},
      [
        [1, 0, 0],
        [2, 0, 0],
      ],
      [3, 0, 0],
    );
    const first = step(3, 0.5, 1);
    expectClose([one[0] ?? 0, two[0] ?? 0], [first, step(first, 0.25 + 1, 2)], REORDERED);
  });

  test('with means: rates in proportion to the size of the weight', () => {
    const unit = defineOptimizer({
      name: 'unit',
      source: 'a test',
      learningRate: 0.1,
      notes: ['gradientSquare', 'weightSquare'],
      formulas: ({ gradient, weight, entries, learningRate }, next) => ({
        gradientSquare: meanOver('entries', square(gradient)),
        weightSquare: meanOver('entries', square(weight)),
        rate: mul(learningRate, unary('sqrt', mul(entries, next.weightSquare))),
        update: div(gradient, unary('sqrt', mul(entries, next.gradientSquare))),
      }),
    });
    const [after = []] = weights(unit, {}, [[3, 0, 4]], [0, 5, 12]);
    expectClose(after, [-0.1 * 13 * 0.6, 5, 12 - 0.1 * 13 * 0.8], REORDERED);
  });

  test('is checked: everything wrong with it at once', () => {
    const broken: Optimizer = {
      ...soft,
      state: { ...soft.state, lost: { extent: 'entries', initial: 'nothing', kept: false } },
      formulas: { ...soft.formulas, count: { expr: argument(99) } },
    };
    expect(messageOf(() => checkedOptimizer(broken))).toBe(
      [
        'the definition of optimizer "soft sign":',
        '  lost: a state without a formula for its next value',
        '  lost: starts from "nothing", which is no hyperparameter',
        `  count: reads argument 99 of ${soft.arguments.length}`,
      ].join('\n'),
    );
  });

  const start = 'the definition of optimizer "own":\n  ';
  const OWN = { name: 'own', source: 'a test', learningRate: 1 } as const;

  test('a formula that reads its own value', () => {
    const own = (formulas: Definition<never, never, never>['formulas']): string =>
      messageOf(() => defineOptimizer<never, never, never>({ ...OWN, formulas }));
    expect(own((_, next) => ({ update: add(next.update, 1) }))).toBe(
      `${start}update → update: a formula that reads its own value`,
    );
    expect(own((_, next) => ({ update: next.weight }))).toBe(
      `${start}update → weight → update: a formula that reads its own value`,
    );
  });

  test('entries where one number is expected', () => {
    expect(messageOf(() => defineOptimizer({ ...OWN, formulas: ({ gradient: g }) => ({ update: g, rate: g }) }))).toBe(
      `${start}rate: differs between entries; let "update" hold what does`,
    );
    const state = { total: scalar(0) };
    const summed = () => defineOptimizer({ ...OWN, state, formulas: ({ gradient: g }) => ({ total: g, update: g }) });
    expect(messageOf(summed)).toBe(`${start}total: a state of extent scalar becomes one of entries`);
  });

  test('a misspelled name does not compile', () => {
    // @ts-expect-error there is no gradeint
    const misspelled = () => defineOptimizer({ ...OWN, formulas: ({ gradeint }) => ({ update: gradeint }) });
    expect(misspelled).toThrow();
    const forgotten = () =>
      // @ts-expect-error the state has no formula
      defineOptimizer({ ...OWN, state: { m: 0 }, formulas: ({ gradient: g }) => ({ update: g }) });
    expect(messageOf(forgotten)).toBe(`${start}m: a state without a formula for its next value`);
  });

  test('names that are taken, and a default outside of its domain', () => {
    const state = { weight: 0 };
    const taken = () => defineOptimizer({ ...OWN, state, formulas: ({ gradient: g }) => ({ weight: g, update: g }) });
    expect(messageOf(taken)).toContain(
      'weight: named twice; every hyperparameter, state and note needs a name of its own',
    );
    const hyperparameters = { maximize: { value: 0, domain: {}, meaning: '' } };
    const common = () => defineOptimizer({ ...OWN, hyperparameters, formulas: ({ gradient: g }) => ({ update: g }) });
    expect(messageOf(common)).toBe(`${start}maximize: every optimizer has these already`);
    const zero = () => defineOptimizer({ ...OWN, learningRate: 0, formulas: ({ gradient: g }) => ({ update: g }) });
    expect(messageOf(zero)).toBe(`${start}learningRate: its default is 0, expected a number above 0`);
  });
});

describe('many parameters', () => {
  const set = {
    spaces: [sized('a', 3)],
    parameters: {
      'layer.0.w': { axes: ['a'] },
      'layer.0.b': { axes: ['a'] },
      'layer.1.w': { axes: ['a'] },
      'a.b': { axes: ['a'] },
    },
  };
  const names = Object.keys(set.parameters);
  /** How far gradient descent moves each parameter on a gradient of 1. */
  function moves(options: UpdatesOptions): number[] {
    const program = updatesProgram(optimizerNamed('sgd'), set, { settings: { learningRate: 1 }, ...options });
    const state = initialState(program, Object.fromEntries(names.map((name) => [name, vectorOf(0, 0, 0)])));
    const data = Object.fromEntries(names.map((name) => [`g.${name}`, vectorOf(2, 2, 2)]));
    const next = advance(program, state, data);
    return names.map((name) => -(next[name]?.data[0] ?? Number.NaN));
  }

  test('alike, or by globs of which later ones override', () => {
    expect(moves({})).toEqual([2, 2, 2, 2]);
    const rules = {
      '*.w': { settings: { learningRate: 3 } },
      'layer.?.w': { rateScale: 0.5 },
      'layer.1.*': { settings: { learningRate: 5 } },
    };
    expect(moves({ rules })).toEqual([3, 2, 5, 2]);
    // A dot is a dot.
    expect(moves({ rules: { 'a.b': { settings: { learningRate: 7 } } } })).toEqual([2, 2, 2, 14]);
  });

  test('by a function', () => {
    expect(
      moves({
        rules: ({ name, axes }) => (name.endsWith('b') && axes.length === 1 ? { gradientScale: 10 } : undefined),
      }),
    ).toEqual([2, 20, 2, 20]);
  });

  test('by an optimizer of their own, which takes no settings of the common one', () => {
    const rules = { '*.b': { optimizer: optimizerNamed('signsgd') } };
    expect(moves({ settings: { learningRate: 1, momentum: 0.9 }, rules })).toEqual([2, 0.001, 2, 0.001]);
  });

  test('each with its own state', () => {
    const program = updatesProgram(optimizerNamed('momentum'), set);
    expect(program.outputs.map(({ name }) => name)).toEqual(names.flatMap((name) => [`${name}.velocity`, name]));
  });

  test('mistakes name the parameter', () => {
    expect(messageOf(() => moves({ rules: { 'layer.1.w': { settings: { learningRate: -1 } } } }))).toBe(
      'parameter "layer.1.w", optimizer "sgd":\n  learningRate is -1, expected a number above 0.',
    );
    expect(messageOf(() => moves({ rules: { 'layer.0.v': {}, 'x*': {}, '*.w': {} } }))).toBe(
      [
        'settings for parameters that do not exist:',
        '  "layer.0.v" matches no parameter. Did you mean "layer.0.b"?',
        '  "x*" matches no parameter.',
        `The parameters are: ${names.join(', ')}.`,
      ].join('\n'),
    );
  });
});
