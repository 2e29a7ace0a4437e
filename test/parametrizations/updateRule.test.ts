/** What the classifier takes optimizers to be, against the optimizers themselves in the oracle. */

import { describe, expect, it, test } from 'vitest';
import {
  average,
  defineOptimizer,
  optimizerNamed,
  optimizers,
  type Settings,
  updateProgram,
} from '../../src/optimizers/index.ts';
import {
  classify,
  exponent,
  MUP,
  response,
  ruleFor,
  ruleOf,
  SP,
  UPDATE_RULE_NAMES,
  updateRule,
} from '../../src/parametrizations/index.ts';
import { add, mul, square, tensor, unary } from '../../src/program/index.ts';
import { advance, initialState, type State, sized } from '../optimizers/support.ts';

const [ROWS, COLUMNS] = [3, 2];
const SHAPE = { axes: ['r', 'k'], spaces: [sized('r', ROWS), sized('k', COLUMNS)] };
const START = [0.5, -0.3, 0.2, 0.9, -0.7, 0.4];
const GRADIENTS = [
  [0.3, -0.2, 0.5, 0.1, -0.4, 0.6],
  [-0.1, -0.3, 0.4, 0.2, 0.2, 0.5],
  [0.2, 0.1, -0.6, 0.3, -0.1, 0.4],
];
/** Own decay and rates relative to the weight are left out, as the classifier leaves them. */
const SETTINGS: Readonly<Record<string, Settings>> = {
  adamw: { decoupledDecay: 0 },
  adafactor: { relative: false },
  asgd: { lambda: 0 },
};
/** What stands for ε = 0: Shampoo's is in units of norms, and SOAP divides 0 by it where gradients are of low rank. */
const NO_EPSILON: Readonly<Record<string, number>> = { shampoo: 1e-6, soap: 1e-300 };
const ROUNDING = 1e-9;
/** Gradients far below ε; those of 27 Newton–Schulz steps, each of which may multiply by 2, farther. */
const gradientsBelow = (name: string): [number, number] => (name === 'exact-polar' ? [1e-18, 1e-16] : [1e-12, 1e-10]);

/** How far the weight moves over three steps whose gradients are multiplied by s. */
function moved(name: string, s: number, epsilon?: number): number[] {
  const optimizer = optimizerNamed(name);
  const has = 'epsilon' in optimizer.hyperparameters;
  const told = epsilon === 0 ? (NO_EPSILON[name] ?? 0) : epsilon;
  const settings = { ...SETTINGS[name], ...(has && told !== undefined ? { epsilon: told } : {}) };
  const program = updateProgram(optimizer, SHAPE, { settings });
  let state: State = initialState(program, { weight: tensor(SHAPE.axes, [ROWS, COLUMNS], START) });
  for (const gradient of GRADIENTS) {
    const data = {
      gradient: tensor(
        SHAPE.axes,
        [ROWS, COLUMNS],
        gradient.map((g) => s * g),
      ),
    };
    state = advance(program, state, data);
  }
  return [...(state.weight?.data ?? [])].map((w, k) => w - (START[k] ?? Number.NaN));
}

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  const scale = Math.max(...wanted.map(Math.abs));
  found.forEach((one, k) => {
    expect(Math.abs(one - (wanted[k] ?? Number.NaN)) / scale).toBeLessThan(ROUNDING);
  });
}

/** log of the ratio of two moves, over log of the ratio of their gradients. */
function growth(name: string, from: number, to: number, epsilon?: number): number {
  const size = (s: number): number => Math.hypot(...moved(name, s, epsilon));
  return Math.log(size(to) / size(from)) / Math.log(to / from);
}

describe('update rules', () => {
  test('are known for every optimizer, and for no other', () => {
    expect([...UPDATE_RULE_NAMES].sort()).toEqual(Object.keys(optimizers).sort());
  });

  it.each(UPDATE_RULE_NAMES)('%s scales as it is said to', (name) => {
    const rule = updateRule(name);
    const plain = moved(name, 1, 0);
    if (rule.linear)
      expectClose(
        moved(name, 8, 0),
        plain.map((move) => 8 * move),
      );
    if (rule.scaleInvariant) for (const s of [1 / 64, 1024]) expectClose(moved(name, s, 0), plain);
    expect(rule.linear && rule.scaleInvariant).toBe(false);
    if (!rule.linear && !rule.scaleInvariant) expect(Math.abs(growth(name, 1e-6, 1e6))).toBeGreaterThan(0.1);
  });

  it.each(UPDATE_RULE_NAMES)('%s with ε answers to gradients far below and above it as it is said to', (name) => {
    const all = updateRule(name, true);
    const rule = ruleFor(all, 'matrix');
    // ε of 1e-4 (its square where the rule adds it to a square) far from gradients of 1e-12 and of 1e10.
    const epsilon = name === 'adafactor' || name === 'adadelta' ? 1e-8 : 1e-4;
    const slopes = { proportional: 1, 'order-1': 0, unknown: Number.NaN };
    expect(growth(name, ...gradientsBelow(name), epsilon)).toBeCloseTo(slopes[rule.small], 2);
    expect(growth(name, 1e8, 1e10, epsilon)).toBeCloseTo(slopes[rule.large], 2);
    const [below, above] = [exponent('-1/2'), exponent('1/2')];
    expect(response(rule, below)).toEqual(rule.small === 'proportional' ? below : exponent(0));
    expect(response(rule, above)).toEqual(rule.large === 'proportional' ? above : exponent(0));
  });
});

const SGD_LIKE = { small: 'proportional', large: 'proportional', linear: true, scaleInvariant: false };
const INVARIANT = { small: 'order-1', large: 'order-1', linear: false, scaleInvariant: true };
const ADAPTIVE = { small: 'proportional', large: 'order-1', linear: false, scaleInvariant: false };
const EPSILON_0 = { ...INVARIANT, withoutEpsilon: true };
const PLAIN = { withoutEpsilon: false };
/** Of every optimizer: with ε = 0, and with its ε. */
const EXPECTED: Readonly<Record<string, readonly [object, object]>> = {
  ...Object.fromEntries(['sgd', 'momentum', 'nesterov', 'asgd'].map((name) => [name, [SGD_LIKE, SGD_LIKE]])),
  ...Object.fromEntries(['signsgd', 'signum', 'lion', 'rprop'].map((name) => [name, [INVARIANT, INVARIANT]])),
  ...Object.fromEntries(
    [
      ...['adam', 'adamw', 'nadam', 'amsgrad', 'adamax', 'adagrad', 'rmsprop', 'adafactor'],
      ...['muon', 'polar', 'exact-polar', 'soap'],
    ].map((name) => [name, [EPSILON_0, { ...ADAPTIVE, ...PLAIN }]]),
  ),
  // Of matrices they follow no ε, of others Adam's.
  ...Object.fromEntries(
    ['spectral', 'shampoo'].map((name) => [name, [EPSILON_0, { ...ADAPTIVE, ...PLAIN, small: 'unknown' }]]),
  ),
  // Begins with steps of plain momentum.
  radam: [
    { small: 'order-1', large: 'proportional', linear: false, scaleInvariant: false, withoutEpsilon: true },
    { small: 'proportional', large: 'proportional', linear: false, scaleInvariant: false, withoutEpsilon: false },
  ],
  // Needs its ε to move at all.
  adadelta: [ADAPTIVE, ADAPTIVE],
};

describe('what is read from formulas', () => {
  it.each(UPDATE_RULE_NAMES)('of %s is all that a classification needs', (name) => {
    const [without, kept] = EXPECTED[name] ?? [];
    // A function of a whole matrix may turn the sign of an entry.
    const signPreserving = !['muon', 'polar', 'exact-polar', 'spectral', 'shampoo', 'soap'].includes(name);
    const common = { name, by: 'formulas', doubts: [], odd: true, signPreserving };
    expect(updateRule(name)).toMatchObject({ ...PLAIN, ...without, ...common });
    expect(updateRule(name, true)).toMatchObject({ ...PLAIN, ...kept, ...common });
    expect(updateRule(name).memory).toBe(!['sgd', 'signsgd', 'asgd'].includes(name));
  });

  it('follows what is told: an ε that is larger than usual is kept, momentum is a memory', () => {
    const adam = optimizerNamed('adam');
    expect(ruleOf(adam, { settings: { epsilon: 0.1 } })).toMatchObject({ ...ADAPTIVE, withoutEpsilon: false });
    expect(ruleOf(adam, { settings: { epsilon: 0 } })).toMatchObject(EPSILON_0);
    expect(ruleOf(optimizerNamed('adagrad'), { settings: { initialSum: 0.1 } })).toMatchObject(ADAPTIVE);
    expect(ruleOf(optimizerNamed('sgd'), { settings: { momentum: 0.9 } })).toMatchObject({ ...SGD_LIKE, memory: true });
  });
});

const own = (update: Parameters<typeof unary>[1] | ((g: ReturnType<typeof square>) => ReturnType<typeof square>)) =>
  defineOptimizer({
    name: 'own',
    source: 'a test',
    learningRate: 0.1,
    formulas: ({ gradient }) => ({ update: typeof update === 'function' ? update(gradient) : update }),
  });

describe('an update rule of one’s own', () => {
  it('soft sign: proportional below 1, of order 1 above', () => {
    const soft = defineOptimizer({
      name: 'soft sign',
      source: 'a test',
      learningRate: 0.01,
      hyperparameters: { beta: { value: 0.9, domain: {}, meaning: '' } },
      state: { first: 0 },
      formulas: ({ gradient, first, beta }, next) => ({
        first: average(beta, first, gradient),
        update: unary('tanh', next.first),
      }),
    });
    expect(ruleOf(soft)).toMatchObject({ ...ADAPTIVE, memory: true, odd: true, signPreserving: true, by: 'formulas' });
  });

  it('is measured where formulas do not tell it', () => {
    // √(1 + g²) − 1 is small for small g, though its terms are not.
    const rule = ruleOf(own((g) => add(unary('sqrt', add(square(g), 1)), -1)));
    expect(rule).toMatchObject({ large: 'proportional', by: 'measurement', doubts: ['terms that may cancel'] });
    const sine = ruleOf(own((g) => mul(unary('sigmoid', unary('abs', unary('neg', g))), g)));
    expect(sine).toMatchObject({ small: 'proportional', large: 'proportional', linear: false });
  });

  it('is unknown where it is neither, and classified where that does not matter', () => {
    const rule = ruleOf(own((g) => mul(unary('sign', g), unary('log', add(unary('abs', g), 1)))));
    expect(rule).toMatchObject({ small: 'unknown', large: 'unknown', scaleInvariant: false });
    expect(ruleOf(own((g) => mul(g, unary('abs', g))))).toMatchObject({ small: 'unknown', large: 'unknown' });
    expect(classify(MUP, { depth: 2, optimizer: rule }).regime).toBe('feature learning');
    expect(() => classify(SP, { depth: 2, optimizer: rule })).toThrow(
      'how Q of optimizer "own" answers to such gradients is unknown',
    );
  });

  it('that the weight scales is not measured', () => {
    const rule = ruleOf(
      defineOptimizer({
        name: 'multiplicative',
        source: 'a test',
        learningRate: 0.1,
        formulas: ({ gradient, weight }) => ({ update: mul(gradient, unary('abs', weight)) }),
      }),
    );
    expect(rule).toMatchObject({
      small: 'unknown',
      large: 'unknown',
      by: 'formulas',
      doubts: ['the weight scales it'],
    });
  });
});
