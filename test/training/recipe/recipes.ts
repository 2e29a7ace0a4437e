/** Recipes whose losses PyTorch was asked for: what `nexort recipe` is told, by the name of the file. */

import { mlp } from '../../../src/nets/index.ts';
import { optimizerNamed, type Settings } from '../../../src/optimizers/index.ts';
import { forRule, MUP, NTP, type Parametrization, ruleOf } from '../../../src/parametrizations/index.ts';
import type { RecipeForm } from '../../../src/training/index.ts';

export interface Told {
  readonly optimizer: string;
  readonly settings: Settings;
  readonly parametrization: 'mup' | 'ntp';
  readonly form: RecipeForm;
}

export const RECIPES: Readonly<Record<string, Told>> = {
  adam: { optimizer: 'adam', settings: {}, parametrization: 'mup', form: 'as-written' },
  adam_plain: { optimizer: 'adam', settings: { epsilon: 0.01 }, parametrization: 'mup', form: 'no-multipliers' },
  adamw_one_rate: { optimizer: 'adamw', settings: { decoupledDecay: 0.1 }, parametrization: 'mup', form: 'one-rate' },
  adam_l2: {
    optimizer: 'adam',
    settings: { coupledDecay: 0.01, epsilon: 0.01 },
    parametrization: 'mup',
    form: 'unit-deviation',
  },
  muon: { optimizer: 'muon', settings: {}, parametrization: 'mup', form: 'as-written' },
  muon_gradients: {
    optimizer: 'muon',
    settings: { epsilon: 0.1, decoupledDecay: 0.1 },
    parametrization: 'mup',
    form: 'plain-gradients',
  },
  muon_rms: { optimizer: 'muon', settings: { matchRms: true }, parametrization: 'mup', form: 'no-multipliers' },
  sgd_ntp: { optimizer: 'momentum', settings: { coupledDecay: 0.01 }, parametrization: 'ntp', form: 'one-rate' },
};

export const [WIDTH, BASE_WIDTH, INPUT, RATE, STEPS, BATCH] = [32, 8, 3, 0.05, 20, 8] as const;

export const net = mlp({ depth: 2, activation: 'tanh' });

/** A recipe's optimizer, settings and parametrization. */
export function toldOf({ optimizer: name, settings, parametrization: which }: Told) {
  const optimizer = optimizerNamed(name);
  const given = which === 'mup' ? MUP : NTP;
  const parametrization: Parametrization = {
    ...forRule(given, ruleOf(optimizer, { settings })),
    baseWidth: BASE_WIDTH,
  };
  return { optimizer, settings: { learningRate: RATE, ...settings }, parametrization };
}

/** What the command is told. */
export function commandOf({ optimizer, settings, parametrization, form }: Told): readonly string[] {
  const told = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [
    ...['recipe', '--width', String(WIDTH), '--base-width', String(BASE_WIDTH), '--input', String(INPUT)],
    ...['--learning-rate', String(RATE), '--parametrization', parametrization, '--form', form, '--to', 'torch'],
    ...['--optimizer', told.length === 0 ? optimizer : `${optimizer}:${told.join(',')}`],
  ];
}
