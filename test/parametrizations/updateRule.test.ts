/** What the classifier takes optimizers to be, against the optimizers themselves in the oracle. */

import { describe, expect, it, test } from 'vitest';
import { optimizerNamed, optimizers, type Settings, updateProgram } from '../../src/optimizers/index.ts';
import { exponent, response, UPDATE_RULE_NAMES, updateRule } from '../../src/parametrizations/index.ts';
import { tensor } from '../../src/program/index.ts';
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
const ROUNDING = 1e-9;

/** How far the weight moves over three steps whose gradients are multiplied by s. */
function moved(name: string, s: number, epsilon?: number): number[] {
  const optimizer = optimizerNamed(name);
  const has = 'epsilon' in optimizer.hyperparameters;
  const settings = { ...SETTINGS[name], ...(has && epsilon !== undefined ? { epsilon } : {}) };
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
    const rule = updateRule(name, true);
    // ε of 1e-4 (its square where the rule adds it to a square) far from gradients of 1e-12 and of 1e10.
    const epsilon = name === 'adafactor' || name === 'adadelta' ? 1e-8 : 1e-4;
    const slopes = { proportional: 1, 'order-1': 0 };
    expect(growth(name, 1e-12, 1e-10, epsilon)).toBeCloseTo(slopes[rule.small], 2);
    expect(growth(name, 1e8, 1e10, epsilon)).toBeCloseTo(slopes[rule.large], 2);
    const [below, above] = [exponent('-1/2'), exponent('1/2')];
    expect(response(rule, below)).toEqual(rule.small === 'proportional' ? below : exponent(0));
    expect(response(rule, above)).toEqual(rule.large === 'proportional' ? above : exponent(0));
  });
});
