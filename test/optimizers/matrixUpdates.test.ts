import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mlp } from '../../src/nets/index.ts';
import { optimizerNamed, type Settings, updateProgram } from '../../src/optimizers/index.ts';
import { forRule, MUP, ruleOf } from '../../src/parametrizations/index.ts';
import { tensor } from '../../src/program/index.ts';
import { trainingStep } from '../../src/training/index.ts';
import { expectClose } from '../program/support.ts';
import { advance, initialState, type State, sized } from './support.ts';

/** What bench/peers/matrix_updates.py computed in f64; `command` in it says how. */
interface Recorded {
  readonly gradients: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
  readonly networks: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const { gradients, networks } = JSON.parse(
  readFileSync(new URL('matrixUpdates.json', import.meta.url), 'utf8'),
) as Recorded; // written by the script

/** A few steps of some hundred operations in f64, of which Newton–Schulz magnifies differences by about 3 a step. */
const TOLERANCE = 1e-10;

/** The same rules in our words. */
const RULES: Readonly<Record<string, { readonly name: string; readonly settings: Settings }>> = {
  muon: { name: 'muon', settings: {} },
  'plain momentum': { name: 'muon', settings: { nesterov: false, momentum: 0.9 } },
  matchRms: { name: 'muon', settings: { matchRms: true } },
  spectral: { name: 'muon', settings: { spectral: true } },
  decay: { name: 'muon', settings: { decoupledDecay: 0.1 } },
  polar: { name: 'polar', settings: {} },
};

/** The numbers that the script starts from. */
const waves = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, k) => Math.sin(1.7 * phase + 2.3 * k + 0.4));

const ruleNamed = (name: string): { readonly name: string; readonly settings: Settings } =>
  RULES[name] ?? expect.fail(`no rule ${name}`);

describe('updates of whole matrices follow numpy in f64', () => {
  test('every recorded rule is known', () => {
    expect(Object.keys(gradients)).toEqual(Object.keys(RULES));
    expect(Object.keys(networks)).toEqual(Object.keys(RULES));
  });

  test.each(Object.keys(RULES))('%s on given gradients', (rule) => {
    const { name, settings } = ruleNamed(rule);
    for (const [shape, steps] of Object.entries(gradients[rule] ?? {})) {
      const [rows = 0, columns = 0] = shape.split('x').map(Number);
      const spaces = [sized('b', rows), sized('c', columns)];
      const program = updateProgram(
        optimizerNamed(name),
        { axes: ['b', 'c'], spaces },
        { settings: { learningRate: 0.1, ...settings } },
      );
      const given = (phase: number) => tensor(['b', 'c'], [rows, columns], waves(rows * columns, phase));
      let state: State = initialState(program, { weight: given(0) });
      expect(steps).toHaveLength(6);
      steps.forEach((expected, k) => {
        state = advance(program, state, { gradient: given(k + 1) });
        expectClose(state.weight?.data ?? [], expected, TOLERANCE, `${shape}, step ${k + 1}`);
      });
    }
  });

  test.each(Object.keys(RULES))('%s in a network, whose other parameters follow Adam', (rule) => {
    const { name, settings } = ruleNamed(rule);
    const optimizer = optimizerNamed(name);
    const [n, inputs, batch] = [6, 3, 4];
    const grown = settings.matchRms === true ? Math.sqrt(n) : 1;
    const net = mlp({ depth: 2, activation: 'tanh' });
    const program = trainingStep(net, {
      parametrization: forRule(MUP, ruleOf(optimizer, { settings })),
      optimizer,
      // 0.2·√max grows with the width, and µP takes it out again; the script does not.
      settings: { learningRate: 0.05 * grown, othersRate: 1 / grown, ...settings },
    });
    const start = {
      w1: tensor(['n', 'input'], [n, inputs], waves(n * inputs, 1)),
      w2: tensor(
        ['n', "n'"],
        [n, n],
        waves(n * n, 2).map((x) => x / Math.sqrt(n)),
      ),
      w3: tensor(['n'], [n], waves(n, 3)),
    };
    let state: State = initialState(program, start, { n, input: inputs, batch });
    const data = {
      x: tensor(['batch', 'input'], [batch, inputs], waves(batch * inputs, 5)),
      target: tensor(['batch'], [batch], waves(batch, 9)),
    };
    (networks[rule] ?? []).forEach((expected, k) => {
      const { f, ...next } = advance(program, state, data);
      expectClose(f?.data ?? [], expected, TOLERANCE, `step ${k}`);
      state = next;
    });
  });
});
