/** Recipes of language models: names, shapes and powers, and a GPT-2 that PyTorch's own classes train by them with our losses. */

import { describe, expect, it } from 'vitest';
import { recipeOfModel } from '../../../../src/lm/node/index.ts';
import { nexort } from '../../../cli/nexort.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { configOf, expectRecorded, GPT2, RATE, RECIPES, RECORDED, told } from './gpt2Runs.ts';

const LLAMA = {
  ...{ model_type: 'llama', vocab_size: 20, hidden_size: 16, num_hidden_layers: 1, num_attention_heads: 4 },
  ...{ num_key_value_heads: 2, intermediate_size: 24, max_position_embeddings: 8, tie_word_embeddings: false },
};

describe('by a recipe for a GPT-2 of transformers', () => {
  it('every recipe has recorded losses', () => expect(Object.keys(RECORDED)).toEqual(Object.keys(RECIPES)));

  it.each(['muon'])('%s trains as here', expectRecorded);
});

describe('the recipe of a language model', () => {
  it('has the names and shapes of files, and the powers of µP', async () => {
    const recipe = { optimizer: 'adam', settings: {}, form: 'no-multipliers' } as const;
    const config = await configOf(LLAMA);
    const { parameters, outputMultiplier, width, baseWidth } = recipeOfModel(config, {
      ...told(recipe),
      deviation: 0.02,
    });
    expect({ outputMultiplier, width, baseWidth }).toEqual({ outputMultiplier: 1, width: 16, baseWidth: 4 });
    const of = (name: string) => parameters.find((one) => one.name === name);
    // n is 4: matrices start at σ/2 and learn at η/4, embeddings and gains as they are, the readout at σ/4 and η/4.
    expect(of('model.embed_tokens.weight')).toMatchObject({ shape: [20, 16], deviation: 0.02, rate: RATE });
    expect(of('model.layers.0.self_attn.k_proj.weight')).toMatchObject({
      shape: [8, 16],
      deviation: 0.01,
      rate: RATE / 4,
    });
    expect(of('model.layers.0.mlp.down_proj.weight')).toMatchObject({
      shape: [16, 24],
      deviation: 0.01,
      rate: RATE / 4,
    });
    expect(of('model.norm.weight')).toMatchObject({ shape: [16], deviation: 0, start: 1, rate: RATE });
    expect(of('lm_head.weight')).toMatchObject({ shape: [20, 16], deviation: 0.005, rate: RATE / 4 });
    expect(parameters).toHaveLength(12);
  });

  it('takes the matrix that files hold, all heads together, for updates of whole matrices', async () => {
    const { parameters } = recipeOfModel(await configOf(LLAMA), {
      ...told({ optimizer: 'muon', settings: {}, form: 'as-written' }),
      deviation: 0.02,
    });
    const matrices = Object.fromEntries(
      parameters.flatMap(({ name, matrix }) => (matrix === undefined ? [] : [[name, matrix]])),
    );
    expect(matrices['model.layers.0.self_attn.q_proj.weight']).toEqual([16, 16]);
    expect(matrices['model.layers.0.self_attn.k_proj.weight']).toEqual([8, 16]);
    expect(Object.keys(matrices)).toHaveLength(7);
  });

  it('is printed by the command, which asks for a base width and takes no description of a network', async () => {
    const folder = await temporaryFolder({ 'config.json': GPT2 });
    const { code, stdout } = await nexort('recipe', '--model', folder, '--base-width', '4', '--learning-rate', '0.02');
    expect(code).toBe(0);
    expect(stdout).toContain('The output is multiplied by 0.5.');
    expect(stdout).toMatch(
      /\| transformer\.h\.1\.mlp\.c_proj\.weight +\| 32 × 8 +\| N\(0, 0\.106066²\) +\| 1 +\| adam +\| 0\.01 /,
    );
    const without = await nexort('recipe', '--model', folder);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--model has no --base-width') });
    const both = await nexort('recipe', '--model', folder, '--base-width', '4', '--depth', '3');
    expect(both.stderr).toContain('--depth has no effect: the configuration of --model says what the network is');
  });
});
