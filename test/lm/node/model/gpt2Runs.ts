/** A GPT-2 that PyTorch's own classes have trained by recipes, trained here. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { readConfig } from '../../../../src/lm/index.ts';
import { checkpointFolder, grownLanguageModel, recipeOfModel } from '../../../../src/lm/node/index.ts';
import { optimizerNamed, type Settings } from '../../../../src/optimizers/index.ts';
import { forRule, MUP, ruleOf } from '../../../../src/parametrizations/index.ts';
import { indexTensor, type Tensor, tensor } from '../../../../src/program/index.ts';
import { interpret } from '../../../../src/reference/index.ts';
import { type RecipeForm, trainingStep } from '../../../../src/training/index.ts';
import { initialState } from '../../../optimizers/support.ts';
import { expectClose } from '../../../program/support.ts';
import { temporaryFolder } from '../../../support/folders.ts';

/** The config.json that the peer was given. */
export const GPT2 = {
  ...{ model_type: 'gpt2', architectures: ['GPT2LMHeadModel'], vocab_size: 12, n_positions: 6, n_embd: 8 },
  ...{ n_layer: 2, n_head: 2, initializer_range: 0.3, tie_word_embeddings: true },
  ...{ resid_pdrop: 0, embd_pdrop: 0, attn_pdrop: 0 },
};
export const RATE = 0.02;
const [BASE, BATCH, TIME, STEPS] = [4, 3, 5, 20];

export interface Told {
  readonly optimizer: string;
  readonly settings: Settings;
  readonly form: RecipeForm;
}

export const RECIPES: Readonly<Record<string, Told>> = {
  adam: { optimizer: 'adam', settings: {}, form: 'as-written' },
  adamw_plain: { optimizer: 'adamw', settings: { decoupledDecay: 0.1, epsilon: 0.01 }, form: 'no-multipliers' },
  muon: { optimizer: 'muon', settings: {}, form: 'as-written' },
  muon_rms: { optimizer: 'muon', settings: { matchRms: true }, form: 'no-multipliers' },
};

/**
 * Losses that bench/peers/recipe_gpt2.py printed for the files that `nexort recipe --model FOLDER --base-width 4
 * --learning-rate 0.02 --to torch` wrote; torch 2.15, transformers 5.24.
 */
export const RECORDED = JSON.parse(readFileSync(new URL('gpt2Losses.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly number[]>
>; // written by the script

/** Twenty steps in f64 of both. */
const TOLERANCE = 1e-9;

const waves = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, k) => Math.sin(1.7 * phase + 2.3 * k + 0.4));

export async function configOf(config: object) {
  return readConfig(checkpointFolder(await temporaryFolder({ 'config.json': config })));
}

export function told({ optimizer: name, settings, form }: Told) {
  const optimizer = optimizerNamed(name);
  const parametrization = { ...forRule(MUP, ruleOf(optimizer, { settings })), baseWidth: BASE };
  return { optimizer, parametrization, settings: { learningRate: RATE, ...settings }, form };
}

/** Our losses, in the form that the parametrization is written in, from the same weights. */
async function ourLosses(recipe: Told): Promise<number[]> {
  const config = await configOf(GPT2);
  const { optimizer, parametrization, settings } = told(recipe);
  const net = grownLanguageModel(config, { baseWidth: BASE, deviation: GPT2.initializer_range });
  const program = trainingStep(net, { parametrization, optimizer, settings, loss: 'cross-entropy' });
  const { parameters } = recipeOfModel(config, {
    parametrization,
    optimizer,
    settings,
    deviation: GPT2.initializer_range,
  });
  const weights = parameters.map(({ name, axes, deviation, start, shape }, k) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = waves(count, k + 1).map((x) => start + deviation * x);
    const own = program.nodes.find((node) => node.name === name)?.type.axes ?? axes;
    const sizeOf: Readonly<Record<string, number>> = {
      n: 8,
      "n'": 8,
      wide: 32,
      head: 2,
      key: 4,
      part: 3,
      vocabulary: 12,
      position: 6,
    };
    return [
      name,
      tensor(
        own,
        own.map((axis) => sizeOf[axis] ?? Number.NaN),
        values,
      ),
    ] as const;
  });
  const vocabulary = GPT2.vocab_size;
  const numbers = (count: number, of: (k: number) => number) =>
    Array.from({ length: count }, (_, k) => of(k) % vocabulary);
  const data = {
    tokens: indexTensor(
      ['batch', 'time'],
      [BATCH, TIME],
      numbers(BATCH * TIME, (k) => 7 * k * k + 3 * k),
    ),
    positions: indexTensor(['time'], [TIME], [0, 1, 2, 3, 4]),
    places: tensor(['time'], [TIME], [0, 1, 2, 3, 4]),
    place: indexTensor(['batch'], [BATCH], [4, 4, 4]),
    labels: indexTensor(
      ['class'],
      [vocabulary],
      numbers(vocabulary, (k) => k),
    ),
    target: indexTensor(
      ['batch'],
      [BATCH],
      numbers(BATCH, (k) => 5 * k + 2),
    ),
  };
  const sizes = { batch: BATCH, time: TIME };
  let state: Record<string, Tensor<Float64Array>> = initialState(program, Object.fromEntries(weights), sizes);
  return Array.from({ length: STEPS }, () => {
    const { logits: _, loss, ...next } = interpret(program, { ...state, ...data }, sizes);
    state = next;
    return loss?.data[0] ?? Number.NaN;
  });
}

/** That a recipe's recorded losses are ours. */
export async function expectRecorded(name: string): Promise<void> {
  const expected = RECORDED[name] ?? [];
  expect(expected).toHaveLength(STEPS);
  expectClose(await ourLosses(RECIPES[name] ?? expect.fail(`a recipe ${name}`)), expected, TOLERANCE, name);
}
