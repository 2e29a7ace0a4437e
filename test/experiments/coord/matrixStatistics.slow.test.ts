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
import { stepperOf } from '../../../src/program/index.ts';
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
  ['SP, 0.2·√max', 'shampoo', { epsilon: 1e-4, matchRms: true }, SP, 0.5],
];
const IN_BASES: readonly Convention[] = [
  ['µP', 'soap', {}, MUP, 0],
  ['NTP', 'soap', {}, NTP, -0.5],
  ['SP', 'soap', {}, SP, 0],
];

async function expectExponent(
  [, name, settings, given, power]: Convention,
  widths: readonly number[],
  stepper: MakeStepper,
): Promise<void> {
  const optimizer = optimizerNamed(name);
  const rule = ruleOf(optimizer, { settings });
  const parametrization = given === SP ? SP : forRule(given, rule);
  const { layers } = classify(parametrization, { depth: 2, optimizer: rule });
  expect(toNumber(layers[1]?.r ?? NEVER)).toBe(0 - power);
  const { measured } = await coordinateCheck({
    ...trained,
    ...{ parametrization, optimizer, settings: { learningRate: 0.05, ...settings } },
    ...{ widths, seeds: 3, seed: 1, steps: 1, stepper },
  });
  const found = measured.find(
    ({ layer, quantity, step }) => layer === 'layer 2' && quantity === 'update effect' && step === 0,
  );
  expect(found?.predicted).toBe(power);
  expect(Math.abs((found?.exponent ?? Number.NaN) - power)).toBeLessThan(OFF);
}

describe('the first update of the hidden matrix changes its product by n^-r', () => {
  it.each(CONVENTIONS)('Shampoo, %s', async (...convention) => {
    await expectExponent(convention, [64, 128, 256], nodeStepper(engine));
  });

  it.each(IN_BASES)('SOAP, %s', async (...convention) => {
    await expectExponent(convention, [16, 32, 64], oracleStepper);
  });
});
