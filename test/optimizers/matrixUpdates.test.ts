import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mlp } from '../../src/nets/index.ts';
import { optimizerNamed, type Settings, updateProgram } from '../../src/optimizers/index.ts';
import { forRule, MUP, ruleOf, toNumber } from '../../src/parametrizations/index.ts';
import { tensor, ZERO } from '../../src/program/index.ts';
import { trainingStep } from '../../src/training/index.ts';
import { expectClose } from '../program/support.ts';
import { advance, initialState, type State, sized } from './support.ts';

/** What bench/peers/matrix_updates.py computed in f64; `command` in it says how. */
interface Recorded {
  readonly gradients: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
  readonly networks: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly fullRank: Readonly<
    Record<
      string,
      { readonly gradients: Recorded['gradients'][string]; readonly network: Recorded['networks'][string] }
    >
  >;
}

const { gradients, networks, fullRank } = JSON.parse(
  readFileSync(new URL('matrixUpdates.json', import.meta.url), 'utf8'),
) as Recorded; // written by the script

/** A few steps of some hundred operations in f64, of which Newton–Schulz magnifies differences by about 3 a step. */
const TOLERANCE = 1e-10;

/** The same rules in our words. */
const RULES: Readonly<Record<string, { readonly name: string; readonly settings: Settings }>> = {
  muon: { name: 'muon', settings: {} },
  'plain momentum': { name: 'muon', settings: { nesterov: false, momentum: 0.9 } },
  matchRms: { name: 'muon', settings: { matchRms: true } },
  'spectral factor': { name: 'muon', settings: { spectral: true } },
  decay: { name: 'muon', settings: { decoupledDecay: 0.1 } },
  polar: { name: 'polar', settings: {} },
  spectral: { name: 'spectral', settings: { squarings: 40 } },
  shampoo: { name: 'shampoo', settings: {} },
  'shampoo, averages': { name: 'shampoo', settings: { momentum: 0.9, beta2: 0.95, epsilon: 1e-4 } },
  'shampoo, one step': { name: 'shampoo', settings: { beta2: 0 } },
  'shampoo, square roots': { name: 'shampoo', settings: { root: 2, epsilon: 1e-3 } },
};

/** Those whose functions or bases are continuous at full rank alone. */
const FULL_RANK: typeof RULES = {
  'exact polar': { name: 'exact-polar', settings: {} },
  soap: { name: 'soap', settings: { epsilon: 1e-4 } },
};
/** Makes matrices of full rank of the numbers that the script starts from. */
const BEND = 0.37;

/** The numbers that the script starts from. */
const waves = (count: number, phase: number, bend = 0): number[] =>
  Array.from({ length: count }, (_, k) => Math.sin(1.7 * phase + 2.3 * k + bend * k * k + 0.4));

const ruleNamed = (name: string): { readonly name: string; readonly settings: Settings } =>
  RULES[name] ?? expect.fail(`no rule ${name}`);

describe('updates of whole matrices follow numpy in f64', () => {
  test('every recorded rule is known', () => {
    expect(Object.keys(gradients)).toEqual(Object.keys(RULES));
    expect(Object.keys(networks)).toEqual(Object.keys(RULES));
  });

  test.each(Object.keys(RULES))('%s on given gradients', (rule) => {
    expectGradients(ruleNamed(rule), gradients[rule]);
  });

  test.each(Object.keys(RULES))('%s in a network, whose other parameters follow Adam', (rule) => {
    expectNetwork(ruleNamed(rule), networks[rule], { n: 6, batch: 4 });
  });

  test.each(Object.entries(FULL_RANK))('%s, of gradients of full rank', (name, rule) => {
    expect(Object.keys(fullRank)).toEqual(Object.keys(FULL_RANK));
    expectGradients(rule, fullRank[name]?.gradients, BEND);
    expectNetwork(rule, fullRank[name]?.network, { n: 3, batch: 6, bend: BEND });
  });
});

interface Told {
  readonly name: string;
  readonly settings: Settings;
}

function expectGradients(
  { name, settings }: Told,
  recorded: Recorded['gradients'][string] | undefined,
  bend = 0,
): void {
  const shapes = Object.entries(recorded ?? {});
  expect(shapes).toHaveLength(3);
  for (const [shape, steps] of shapes) {
    const [rows = 0, columns = 0] = shape.split('x').map(Number);
    const spaces = [sized('b', rows), sized('c', columns)];
    const program = updateProgram(
      optimizerNamed(name),
      { axes: ['b', 'c'], spaces },
      { settings: { learningRate: 0.1, ...settings } },
    );
    const given = (phase: number, own = bend) => tensor(['b', 'c'], [rows, columns], waves(rows * columns, phase, own));
    let state: State = initialState(program, { weight: given(0, 0) });
    expect(steps).toHaveLength(6);
    steps.forEach((expected, k) => {
      state = advance(program, state, { gradient: given(k + 1) });
      expectClose(state.weight?.data ?? [], expected, TOLERANCE, `${shape}, step ${k + 1}`);
    });
  }
}

function expectNetwork(
  { name, settings }: Told,
  recorded: Recorded['networks'][string] | undefined,
  { n, batch, bend = 0 }: { readonly n: number; readonly batch: number; readonly bend?: number },
): void {
  const optimizer = optimizerNamed(name);
  const inputs = 3;
  const rule = ruleOf(optimizer, { settings });
  // Of updates whose operator norm is no number of order 1 µP takes the power of n out again; the script does not.
  const grown = n ** (toNumber(rule.byKind?.size ?? ZERO) + 1);
  const program = trainingStep(mlp({ depth: 2, activation: 'tanh' }), {
    parametrization: forRule(MUP, rule),
    optimizer,
    settings: { learningRate: 0.05 * grown, othersRate: 1 / grown, ...settings },
  });
  const start = {
    w1: tensor(['n', 'input'], [n, inputs], waves(n * inputs, 1, bend)),
    w2: tensor(
      ['n', "n'"],
      [n, n],
      waves(n * n, 2).map((x) => x / Math.sqrt(n)),
    ),
    w3: tensor(['n'], [n], waves(n, 3)),
  };
  let state: State = initialState(program, start, { n, input: inputs, batch });
  const data = {
    x: tensor(['batch', 'input'], [batch, inputs], waves(batch * inputs, 5, bend)),
    target: tensor(['batch'], [batch], waves(batch, 9)),
  };
  expect(recorded).toHaveLength(8);
  recorded?.forEach((expected, k) => {
    const { f, ...next } = advance(program, state, data);
    expectClose(f?.data ?? [], expected, TOLERANCE, `step ${k}`);
    state = next;
  });
}
