/** Recipes of language models: names, shapes and powers, and a GPT-2 that PyTorch's own classes train by them with our losses. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/lm/index.ts';
import { checkpointFolder } from '../../../src/lm/node/index.ts';
import { optimizerNamed, type Settings } from '../../../src/optimizers/index.ts';
import { forRule, MUP, ruleOf } from '../../../src/parametrizations/index.ts';
import { indexTensor, type Tensor, tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import {
  grownLanguageModel,
  type RecipeForm,
  recipeOfModel,
  trainingStep,
} from '../../../src/training/index.ts';
import { nexort } from '../../cli/nexort.ts';
import { initialState } from '../../optimizers/support.ts';
import { expectClose } from '../../program/support.ts';
import { temporaryFolder } from '../../support/folders.ts';

/** The config.json that the peer was given. */
const GPT2 = {
  ...{ model_type: 'gpt2', architectures: ['GPT2LMHeadModel'], vocab_size: 12, n_positions: 6, n_embd: 8 },
  ...{ n_layer: 2, n_head: 2, initializer_range: 0.3, tie_word_embeddings: true },
  ...{ resid_pdrop: 0, embd_pdrop: 0, attn_pdrop: 0 },
};
const LLAMA = {
  ...{ model_type: 'llama', vocab_size: 20, hidden_size: 16, num_hidden_layers: 1, num_attention_heads: 4 },
  ...{ num_key_value_heads: 2, intermediate_size: 24, max_position_embeddings: 8, tie_word_embeddings: false },
};
const [BASE, BATCH, TIME, STEPS, RATE] = [4, 3, 5, 20, 0.02];

interface Told {
  readonly optimizer: string;
  readonly settings: Settings;
  readonly form: RecipeForm;
}

const RECIPES: Readonly<Record<string, Told>> = {
  adam: { optimizer: 'adam', settings: {}, form: 'as-written' },
  adamw_plain: { optimizer: 'adamw', settings: { decoupledDecay: 0.1, epsilon: 0.01 }, form: 'no-multipliers' },
  muon: { optimizer: 'muon', settings: {}, form: 'as-written' },
  muon_rms: { optimizer: 'muon', settings: { matchRms: true }, form: 'no-multipliers' },
};

/**
 * Losses that bench/peers/recipe_gpt2.py printed for the files that `nexort recipe --model FOLDER --base-width 4
 * --learning-rate 0.02 --to torch` wrote; torch 2.15, transformers 5.24.
 */
const RECORDED = JSON.parse(readFileSync(new URL('gpt2Losses.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly number[]>
>; // written by the script

/** Twenty steps in f64 of both. */
const TOLERANCE = 1e-9;

const waves = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, k) => Math.sin(1.7 * phase + 2.3 * k + 0.4));

async function configOf(config: object) {
  return readConfig(checkpointFolder(await temporaryFolder({ 'config.json': config })));
}

async function told({ optimizer: name, settings, form }: Told) {
  const optimizer = optimizerNamed(name);
  const parametrization = { ...forRule(MUP, ruleOf(optimizer, { settings })), baseWidth: BASE };
  return { optimizer, parametrization, settings: { learningRate: RATE, ...settings }, form };
}

/** Our losses, in the form that the parametrization is written in, from the same weights. */
async function ourLosses(recipe: Told): Promise<number[]> {
  const config = await configOf(GPT2);
  const { optimizer, parametrization, settings } = await told(recipe);
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
    const sizeOf: Readonly<Record<string, number>> = { n: 8, "n'": 8, wide: 32, head: 2, key: 4, part: 3, vocabulary: 12, position: 6 };
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
  const numbers = (count: number, of: (k: number) => number) => Array.from({ length: count }, (_, k) => of(k) % vocabulary);
  const data = {
    tokens: indexTensor(['batch', 'time'], [BATCH, TIME], numbers(BATCH * TIME, (k) => 7 * k * k + 3 * k)),
    positions: indexTensor(['time'], [TIME], [0, 1, 2, 3, 4]),
    places: tensor(['time'], [TIME], [0, 1, 2, 3, 4]),
    place: indexTensor(['batch'], [BATCH], [4, 4, 4]),
    labels: indexTensor(['class'], [vocabulary], numbers(vocabulary, (k) => k)),
    target: indexTensor(['batch'], [BATCH], numbers(BATCH, (k) => 5 * k + 2)),
  };
  const sizes = { batch: BATCH, time: TIME };
  let state: Record<string, Tensor<Float64Array>> = initialState(program, Object.fromEntries(weights), sizes);
  return Array.from({ length: STEPS }, () => {
    const { logits: _, loss, ...next } = interpret(program, { ...state, ...data }, sizes);
    state = next;
    return loss?.data[0] ?? Number.NaN;
  });
}

describe('by a recipe for a GPT-2 of transformers', () => {
  it('every recipe has recorded losses', () => expect(Object.keys(RECORDED)).toEqual(Object.keys(RECIPES)));

  it.each(Object.entries(RECIPES))('%s trains as here', async (name, recipe) => {
    const expected = RECORDED[name] ?? [];
    expect(expected).toHaveLength(STEPS);
    expectClose(await ourLosses(recipe), expected, TOLERANCE, name);
  });
});

describe('the recipe of a language model', () => {
  it('has the names and shapes of files, and the powers of µP', async () => {
    const recipe = { optimizer: 'adam', settings: {}, form: 'no-multipliers' } as const;
    const config = await configOf(LLAMA);
    const { parameters, outputMultiplier, width, baseWidth } = recipeOfModel(config, {
      ...(await told(recipe)),
      deviation: 0.02,
    });
    expect({ outputMultiplier, width, baseWidth }).toEqual({ outputMultiplier: 1, width: 16, baseWidth: 4 });
    const of = (name: string) => parameters.find((one) => one.name === name);
    // n is 4: matrices start at σ/2 and learn at η/4, embeddings and gains as they are, the readout at σ/4 and η/4.
    expect(of('model.embed_tokens.weight')).toMatchObject({ shape: [20, 16], deviation: 0.02, rate: RATE });
    expect(of('model.layers.0.self_attn.k_proj.weight')).toMatchObject({ shape: [8, 16], deviation: 0.01, rate: RATE / 4 });
    expect(of('model.layers.0.mlp.down_proj.weight')).toMatchObject({ shape: [16, 24], deviation: 0.01, rate: RATE / 4 });
    expect(of('model.norm.weight')).toMatchObject({ shape: [16], deviation: 0, start: 1, rate: RATE });
    expect(of('lm_head.weight')).toMatchObject({ shape: [20, 16], deviation: 0.005, rate: RATE / 4 });
    expect(parameters).toHaveLength(12);
  });

  it('takes the matrix that files hold, all heads together, for updates of whole matrices', async () => {
    const { parameters } = recipeOfModel(await configOf(LLAMA), {
      ...(await told({ optimizer: 'muon', settings: {}, form: 'as-written' })),
      deviation: 0.02,
    });
    const matrices = Object.fromEntries(parameters.flatMap(({ name, matrix }) => (matrix === undefined ? [] : [[name, matrix]])));
    expect(matrices['model.layers.0.self_attn.q_proj.weight']).toEqual([16, 16]);
    expect(matrices['model.layers.0.self_attn.k_proj.weight']).toEqual([8, 16]);
    expect(Object.keys(matrices)).toHaveLength(7);
  });

  it('is printed by the command, which asks for a base width and takes no description of a network', async () => {
    const folder = await temporaryFolder({ 'config.json': GPT2 });
    const { code, stdout } = await nexort('recipe', '--model', folder, '--base-width', '4', '--learning-rate', '0.02');
    expect(code).toBe(0);
    expect(stdout).toContain('The output is multiplied by 0.5.');
    expect(stdout).toMatch(/\| transformer\.h\.1\.mlp\.c_proj\.weight +\| 32 × 8 +\| N\(0, 0\.106066²\) +\| 1 +\| adam +\| 0\.01 /);
    const without = await nexort('recipe', '--model', folder);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--model has no --base-width') });
    const both = await nexort('recipe', '--model', folder, '--base-width', '4', '--depth', '3');
    expect(both.stderr).toContain('--depth has no effect: the configuration of --model says what the network is');
  });
});
