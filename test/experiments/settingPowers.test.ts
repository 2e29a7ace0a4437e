/** Powers of the width that settings should have, and what is said of those that have others: planted, one of each kind. */

import { describe, expect, it } from 'vitest';
import { maximalExponents, settingPowers } from '../../src/experiments/settingPowers.ts';
import { transferCauses } from '../../src/experiments/transfer/settingCauses.ts';
import { mlp, transformer } from '../../src/nets/index.ts';
import { optimizerNamed, type Settings } from '../../src/optimizers/index.ts';
import {
  byKind,
  type Exponents,
  exponentsFor,
  exponentsOf,
  forRule,
  MUP,
  NTP,
  type Parametrization,
  ruleOf,
  SP,
} from '../../src/parametrizations/index.ts';
import { settingsOf, short } from './settingRuns.ts';

const net = mlp({ depth: 2, activation: 'tanh' });

const trained = (parametrization: Parametrization, name: string, settings: Settings = {}, of = net) => {
  const optimizer = optimizerNamed(name);
  const rule = ruleOf(optimizer, { settings });
  return { net: of, parametrization, optimizer, rule, settings };
};

const SGD_FORM = byKind('µP for SGD without d', 1, {
  matrix: exponentsOf(0, '1/2', 0, 0),
  vector: exponentsOf(0, 0, -1, 0),
  readout: exponentsOf(0, 0, -1, 0),
  scalar: exponentsOf(0, 0, 0, 0),
});
/** As language models are trained in practice: one rate of 1/n. */
const ONE_RATE: Parametrization = { ...MUP, kinds: { ...MUP.kinds, vector: exponentsOf(0, 0, 1, 1) } };
/** µP whose ε and decay know nothing of the width. */
const PLAIN: Parametrization = { ...MUP, kinds: { ...MUP.kinds, matrix: exponentsOf(0, '1/2', 1, 0) } };

describe('powers of the width that settings should have', () => {
  it('are those of µP in the gauge of the weight', () => {
    const rule = ruleOf(optimizerNamed('adam'));
    for (const parameter of net.parameters) {
      const own: Exponents = exponentsFor(MUP, parameter);
      expect(maximalExponents(MUP, parameter, rule)).toEqual(own);
    }
    // Fan-in initialization of the readout would be 1/n, with a rate of 1/n and gradients of order 1.
    expect(maximalExponents(SP, { name: 'w3', kind: 'readout' }, rule)).toEqual(exponentsOf(0, 1, 1, 0));
    expect(maximalExponents(NTP, { name: 'w2', kind: 'matrix' }, rule)).toEqual(exponentsOf('1/2', 0, '1/2', '3/2'));
  });

  it('are all right in µP, and in its form for SGD', () => {
    expect(settingPowers(trained(MUP, 'adam', { epsilon: 0.01 }))).toEqual([]);
    expect(settingPowers(trained(SGD_FORM, 'sgd'))).toEqual([]);
    for (const settings of [{}, { matchRms: true }]) {
      const told = trained(MUP, 'muon', settings);
      expect(settingPowers({ ...told, parametrization: forRule(MUP, told.rule) })).toEqual([]);
    }
  });

  it('are told of rates, ε and decays', () => {
    expect(short(settingPowers(trained(SP, 'adam', { epsilon: 0 })))).toEqual([
      'learning rate of w2: 0, -1',
      'learning rate of w3: 0, -1',
    ]);
    expect(short(settingPowers(trained(PLAIN, 'adam', { epsilon: 0.01, coupledDecay: 0.1 })))).toEqual([
      'ε of w2: 0, -1',
      'coupled decay of w2: 0, -0.5',
    ]);
    expect(short(settingPowers(trained(MUP, 'adamw')))).toEqual(['decoupled decay of w2: 0, 1']);
    expect(settingPowers(trained(MUP, 'adam', { independentDecay: 0.1 }))).toEqual([]);
  });
});

describe('a coordinate check names', () => {
  it('rates of matrices and readouts that do not fall with the width', async () => {
    const found = await settingsOf('mlp', { parametrization: SP });
    expect(short(found)).toEqual(['learning rate of w2: 0, -1', 'learning rate of w3: 0, -1']);
    expect(found[0]?.text).toMatch(
      /^learning rate of w2: n\^0, should be n\^-1, for it sums over the width; its update effect is n\^(0\.9|1\.0)\d$/,
    );
  });

  it('ε, beside gradients that fall with the width', async () => {
    const settings = { learningRate: 0.01, epsilon: 0.01 };
    const found = await settingsOf('mlp', { actual: PLAIN, settings });
    expect(short(found)).toEqual(['ε of w2: 0, -1']);
    expect(found[0]?.text).toMatch(/at width 256 ε is [\d.]+ times what its update sees, which is n\^-(0\.9|1\.)\d+,/);
  });

  it('coupled decay, which outgrows gradients', async () => {
    const settings = { learningRate: 0.01, coupledDecay: 0.3 };
    const found = await settingsOf('mlp', { actual: PLAIN, settings });
    expect(short(found)).toContain('coupled decay of w2: 0, -0.5');
  });

  it('decoupled decay, whose rate grows with the width', async () => {
    const settings = { learningRate: 0.1, decoupledDecay: 0.1 };
    const found = await settingsOf('mlp', { parametrization: SGD_FORM, optimizer: optimizerNamed('sgd'), settings });
    expect(short(found)).toContain('decoupled decay of w1: 0, -1');
    // As much at every width leaves nothing to name.
    expect(settingPowers(trained(SGD_FORM, 'sgd', { independentDecay: 0.1 }))).toEqual([]);
  });

  it('the factor of the shape that Muon multiplies updates by', async () => {
    const plain = forRule(MUP, ruleOf(optimizerNamed('muon')));
    const settings = { learningRate: 0.05, matchRms: true };
    const found = await settingsOf('mlp', { parametrization: plain, optimizer: optimizerNamed('muon'), settings });
    expect(short(found)).toEqual(['scale mode of w2: 0, -0.5']);
    expect(found[0]?.text).toContain('scale mode of muon, matchRms: it makes updates of w2 of operator norm n^0.5');
  });
});

describe('where a best value moves, a transfer names', () => {
  const texts = transformer({ vocabulary: 8, context: 4, depth: 1, tied: true });
  const decoder = transformer({ vocabulary: 8, context: 4, depth: 1 });
  const at = (value: number) => ({ value, interval: [value - 0.05, value + 0.05] as const });

  it.each([
    ['learningRate', -0.9, trained(SP, 'adam'), ['learning rate of w2: 0, -1', 'learning rate of w3: 0, -1']],
    ['learningRate', 0.9, trained(ONE_RATE, 'adam', {}, decoder), ['embedding rate of embedding: -1, 0']],
    [
      'learningRate',
      -0.45,
      trained(forRule(MUP, ruleOf(optimizerNamed('muon'))), 'muon', { matchRms: true }),
      ['scale mode of w2: 0, -0.5'],
    ],
    ['epsilon', -1.1, trained(PLAIN, 'adam', { epsilon: 0.01 }), ['ε of w2: 0, -1']],
    ['coupledDecay', -0.5, trained(PLAIN, 'adam', { coupledDecay: 0.1 }), ['coupled decay of w2: 0, -0.5']],
    ['decoupledDecay', 0.95, trained(MUP, 'adamw'), ['decoupled decay of w2: 0, 1']],
  ] as const)('%s that follows n^%d', (swept, exponent, told, expected) => {
    const likely = transferCauses(swept, at(exponent), told).filter((one) => one.likely);
    for (const one of expected) expect(short(likely)).toContain(one);
    expect(likely.every(({ setting }) => setting === likely[0]?.setting || swept === 'learningRate')).toBe(true);
  });

  it('tied weights beside what is swept', () => {
    const found = transferCauses('learningRate', at(-0.5), trained({ ...MUP, out: SP.out }, 'adam', {}, texts));
    expect(found.find(({ setting }) => setting === 'tied weights')?.text).toContain('(not swept)');
  });

  it('nothing where it stays, or is not known', () => {
    expect(transferCauses('learningRate', at(0.04), trained(SP, 'adam'))).toEqual([]);
    expect(transferCauses('learningRate', { value: null, interval: null }, trained(SP, 'adam'))).toEqual([]);
    expect(transferCauses('learningRate', { value: 0.2, interval: null }, trained(SP, 'adam'))).toEqual([]);
  });
});
