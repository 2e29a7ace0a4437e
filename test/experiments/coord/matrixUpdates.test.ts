/** How updates of whole matrices grow with the width: what the classification says, and networks of growing width. */

import { afterAll, describe, expect, it } from 'vitest';
import { trainedNet } from '../../../src/cli/coordNets.ts';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
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

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const trained = trainedNet('mlp', { depth: 2, batch: 8, input: 4, seed: 1 });
/** A half, the least that conventions differ by, is five times as much. */
const OFF = 0.1;

/** µP, and what frameworks do: standard parametrization at one rate, with the factors of the shape that they have. */
const CONVENTIONS: readonly (readonly [string, string, Settings, Parametrization, number])[] = [
  ['µP', 'muon', {}, MUP, 0],
  ['µP, with 0.2·√max of libraries', 'muon', { matchRms: true }, MUP, 0],
  ['µP, the polar factor', 'polar', {}, MUP, 0],
  ['NTP', 'muon', {}, NTP, -0.5],
  ['SP, √max(1, out/in)', 'muon', {}, SP, 0],
  ['SP, √(out/in)', 'muon', { spectral: true }, SP, 0],
  ['SP, 0.2·√max', 'muon', { matchRms: true }, SP, 0.5],
  ['µP, the largest singular value', 'spectral', { squarings: 12 }, MUP, 0],
];

describe('the first update of the hidden matrix changes its product by n^-r', () => {
  it.each(CONVENTIONS)('%s', async (_, name, settings, given, power) => {
    const optimizer = optimizerNamed(name);
    const rule = ruleOf(optimizer, { settings });
    const parametrization = given === SP ? SP : forRule(given, rule);
    const { layers } = classify(parametrization, { depth: 2, optimizer: rule });
    expect(toNumber(layers[1]?.r ?? NEVER)).toBe(0 - power);
    const { measured } = await coordinateCheck({
      ...trained,
      ...{ parametrization, optimizer, settings: { learningRate: 0.05, ...settings } },
      ...{ widths: [64, 128, 256], seeds: 3, seed: 1, steps: 1, stepper: nodeStepper(engine) },
    });
    const found = measured.find(
      ({ layer, quantity, step }) => layer === 'layer 2' && quantity === 'update effect' && step === 0,
    );
    expect(found?.predicted).toBe(power);
    expect(Math.abs((found?.exponent ?? Number.NaN) - power)).toBeLessThan(OFF);
  });
});
