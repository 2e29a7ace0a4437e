/** How updates of Shampoo and SOAP grow with the width: what the classification says, and networks of growing width. */

import { afterAll, describe, expect, it } from 'vitest';
import { trainedNet } from '../../../src/cli/coordNets.ts';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { draws } from '../../../src/numeric/index.ts';
import { optimizerNamed, type Settings } from '../../../src/optimizers/index.ts';
import {
  classify,
  forRule,
  MUP,
  NEVER,
  NTP,
  type Parametrization,
  ruleOf,
  SP,
  toNumber,
} from '../../../src/parametrizations/index.ts';
import { mapKinds } from '../../../src/parametrizations/parametrization.ts';
import { exponent, plus, stepperOf } from '../../../src/program/index.ts';
import { oracle } from '../../../src/reference/index.ts';
import type { MakeStepper } from '../../../src/training/index.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** In f64 and with eigenvectors, which no graph has. */
const oracleStepper: MakeStepper = async (program, sizes, state) =>
  stepperOf(oracle({ sizes, draw: draws(1) }), program, state);

const trained = trainedNet('mlp', { depth: 2, batch: 8, input: 4, seed: 1 });
/** A half, the least that conventions differ by, is five times as much. */
const OFF = 0.1;

type Convention = readonly [string, string, Settings, Parametrization, number];
const CONVENTIONS: readonly Convention[] = [
  ['µP', 'shampoo', { epsilon: 1e-4 }, MUP, 0],
  ['µP, statistics averaged', 'shampoo', { epsilon: 1e-4, beta2: 0.9, momentum: 0.9 }, MUP, 0],
  ['µP, with 0.2·√max of libraries', 'shampoo', { epsilon: 1e-4, matchRms: true }, MUP, 0],
  ['NTP', 'shampoo', { epsilon: 1e-4 }, NTP, -0.5],
  ['SP', 'shampoo', { epsilon: 1e-4 }, SP, 0],
  ['SP, √max(1, out/in)', 'shampoo', { epsilon: 1e-4, aspect: true }, SP, 0],
  ['SP, √(out/in)', 'shampoo', { epsilon: 1e-4, spectral: true }, SP, 0],
  ['SP, 0.2·√max', 'shampoo', { epsilon: 1e-4, matchRms: true }, SP, 0.5],
];
const IN_BASES: readonly Convention[] = [
  ['µP', 'soap', {}, MUP, 0],
  ['µP, with 0.2·√max of libraries', 'soap', { matchRms: true }, MUP, 0],
  ['NTP', 'soap', {}, NTP, -0.5],
  ['SP', 'soap', {}, SP, 0],
  ['SP, √max(1, out/in)', 'soap', { aspect: true }, SP, 0],
  ['SP, √(out/in)', 'soap', { spectral: true }, SP, 0],
  ['SP, 0.2·√max', 'soap', { matchRms: true }, SP, 0.5],
];

interface Networks {
  readonly widths: readonly number[];
  readonly seeds: number;
  readonly stepper: MakeStepper;
}

const meant = (name: string, settings: Settings, given: Parametrization): Parametrization =>
  given === SP ? SP : forRule(given, ruleOf(optimizerNamed(name), { settings }));

async function expectExponent(
  [, name, settings, given, power]: Convention,
  { widths, seeds, stepper }: Networks,
): Promise<void> {
  const optimizer = optimizerNamed(name);
  const parametrization = meant(name, settings, given);
  const { layers } = classify(parametrization, { depth: 2, optimizer: ruleOf(optimizer, { settings }) });
  expect(toNumber(layers[1]?.r ?? NEVER)).toBe(0 - power);
  const { measured } = await coordinateCheck({
    ...trained,
    ...{ parametrization, optimizer, settings: { learningRate: 0.05, ...settings } },
    ...{ widths, seeds, seed: 1, steps: 0, stepper },
  });
  const found = measured.find(({ layer, quantity }) => layer === 'layer 2' && quantity === 'update effect');
  expect(found?.predicted).toBe(power);
  expect(Math.abs((found?.exponent ?? Number.NaN) - power)).toBeLessThan(OFF);
}

describe('the first update of the hidden matrix changes its product by n^-r', () => {
  it.each(CONVENTIONS)('Shampoo, %s', async (...convention) => {
    await expectExponent(convention, { widths: [64, 128, 256], seeds: 3, stepper: nodeStepper(engine) });
  });

  // Divided by singular values: those of the least vary most from seed to seed.
  it('Shampoo, square roots in µP', async () => {
    await expectExponent(['', 'shampoo', { epsilon: 1e-4, root: 2 }, MUP, 0], {
      ...{ widths: [128, 256, 512], seeds: 12, stepper: nodeStepper(engine) },
    });
  });

  it.each(IN_BASES)('SOAP, %s', async (...convention) => {
    await expectExponent(convention, { widths: [32, 64, 128], seeds: 3, stepper: oracleStepper });
  });
});

describe('SOAP in µP', () => {
  const soap = optimizerNamed('soap');
  const parametrization = meant('soap', {}, MUP);
  // As many directions as a width has must not be seen within three steps.
  const pairs = trainedNet('mlp', { depth: 2, batch: 2, input: 4, seed: 1, activation: 'tanh' });
  const run = { ...pairs, parametrization, optimizer: soap, settings: { learningRate: 0.05 }, stepper: oracleStepper };

  it('moves every layer as classified over steps', async () => {
    const { measured } = await coordinateCheck({ ...run, widths: [32, 64, 128], seeds: 6, seed: 1, steps: 2 });
    expect(measured.filter(({ judgement }) => judgement === 'differs')).toEqual([]);
    const changes = measured.filter(({ quantity, step }) => quantity === 'change' && step > 0);
    expect(changes).toHaveLength(6);
    for (const { predicted, exponent } of changes) {
      expect(predicted).toBe(0);
      expect(Math.abs(exponent ?? Number.NaN)).toBeLessThan(OFF);
    }
  });

  it.each([exponent('1/2'), exponent('-1/2')])('is told from a rate of matrices with a wrong exponent', async (by) => {
    const actual = mapKinds(parametrization, (own, kind) => (kind === 'matrix' ? { ...own, c: plus(own.c, by) } : own));
    const { verdict, findings } = await coordinateCheck({
      ...{ ...run, actual, widths: [16, 32, 64], seeds: 4, seed: 1, steps: 0 },
    });
    expect(verdict).toBe('fail');
    expect(findings.map(({ layer, quantity, kind }) => [layer, quantity, kind])).toEqual([
      ['layer 2', 'update effect', 'differs'],
    ]);
  });
});
