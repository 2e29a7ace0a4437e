/** `nexort classify --model`: the parametrization of a checkpoint's model, from its configuration alone. */

import { existsSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

const GPT2 = { model_type: 'gpt2', vocab_size: 600, n_positions: 64, n_embd: 40, n_layer: 3, n_head: 4 };
const LLAMA = {
  ...{ model_type: 'llama', vocab_size: 700, hidden_size: 48, num_hidden_layers: 2, num_attention_heads: 6 },
  ...{ num_key_value_heads: 2, intermediate_size: 80, max_position_embeddings: 64 },
};

const folderOf = (config: object): Promise<string> => temporaryFolder({ 'config.json': config });

async function printed(config: object, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await nexort('classify', '--model', await folderOf(config), ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.replace(/\n(?! )(?=[a-z])/g, ' ');
}

const cellsOf = (text: string): readonly (readonly string[])[] =>
  text.split('\n').map((line) => line.trim().split(/ {2,}/));

describe('a GPT-2', () => {
  it('has its parameters with kinds, sizes that grow and exponents, and the verdict on them', async () => {
    const text = await printed(GPT2);
    expect(text).toMatch(/^mup, adam \(ε = 0\), the parameters as layers of a perceptron\.\n\n/);
    expect(text).toMatch(/\(gpt2\), 3 blocks,\s+n = 40\. With n grow feed-forward 160 \(4 n\),\s+heads 4 \(n\/10\);/);
    expect(cellsOf(text)).toEqual(
      expect.arrayContaining([
        ['transformer.wte.weight', '600 × 40*', 'vector, readout', '1, 3', '0', '0', '0', '1'],
        ['transformer.h.{0…2}.ln_1.weight', '40*', 'vector', '1', '0', 'one', '0', '1'],
        ['transformer.h.{0…2}.attn.c_attn.weight', '40* × 120*', 'matrix', '2', '0', '1/2', '1', '1'],
        ['transformer.h.{0…2}.mlp.c_proj.bias', '40*', 'vector', '1', '0', 'zero', '0', '1'],
        ['layer 3 (readout)', '1', '0', '0', '1', '0'],
      ]),
    );
    expect(text).toContain('regime       feature learning, r = 0\n');
    expect(text).toContain('Layers 1 and 3 are one parameter: of the members above');
  });

  it('in the standard parametrization is told what is wrong, and the repair of the one table with two uses', async () => {
    const text = await printed(GPT2, '--parametrization', 'sp', '--optimizer', 'adam');
    expect(text).toContain('stable       no, not even at initialization\n');
    expect(text).toContain('Layer 3 (readout): f_0 grows like n^(1/2): a_3 + b_3 = 0');
    expect(text).toContain('Layer 2: its updates change h^2 by a term that grows like n: r_2 = a_2 + c_2 - 1 = -1');
    expect(text.replace(/\s+/g, ' ')).toContain(
      'it has a = 0, b = 0, c = 0, d = 0, and logits are multiplied by n^(-1).',
    );
  });

  it('has numbers at its own width where the base width is given', async () => {
    const text = await printed(GPT2, '--base-width', '10');
    expect(text).toContain('At width 40, times constants of yours:\n');
    expect(cellsOf(text)).toContainEqual(['layer 2', '1', '0.5', '0.25', '4']);
  });
});

describe('as JSON', () => {
  it('a Llama has its widths and parameters, and what a perceptron has', async () => {
    const { code, stdout } = await nexort(
      'classify',
      '--model',
      await folderOf(LLAMA),
      '--optimizer',
      'adamw',
      '--json',
    );
    expect(code).toBe(0);
    const { model, regime, optimizer, layers } = JSON.parse(stdout);
    expect({ regime, optimizer, layers: layers.length }).toEqual({
      ...{ regime: 'feature learning', optimizer: 'adamw', layers: 3 },
    });
    expect(model.widths).toEqual([
      { name: 'residual stream', size: 48, ratio: 1 },
      { name: 'feed-forward', size: 80, ratio: 80 / 48 },
      { name: 'heads', size: 6, ratio: 6 / 48 },
      { name: 'key heads', size: 2, ratio: 2 / 48 },
    ]);
    const { parameters, notes } = model;
    expect(parameters).toHaveLength(2 * 9 + 3);
    expect(parameters.find(({ name }: { name: string }) => name.endsWith('layers.1.self_attn.k_proj.weight'))).toEqual({
      name: 'model.layers.1.self_attn.k_proj.weight',
      ...{ kind: 'matrix', role: 'matrix', shape: [16, 48], grows: [true, true], fanIn: 48, tied: false },
      ...{ a: 0, b: 0.5, c: 1, d: 1, layers: [[2]] },
    });
    expect(notes).toEqual([
      expect.stringMatching(/^not in config\.json, so assumed as by transformers: .*hidden_act silu/),
    ]);
  });

  it('a readout may start at zero where it is a parameter of its own', async () => {
    const folder = await folderOf(LLAMA);
    const { stdout } = await nexort('classify', '--model', folder, '--readout-start', 'zero', '--json');
    const { model, regime } = JSON.parse(stdout);
    expect(regime).toBe('feature learning');
    expect(model.parameters.at(-1)).toMatchObject({ name: 'lm_head.weight', b: 'zero' });
  });
});

test
  .skipIf(!existsSync('../shared/reference/lm-models'))
  .each([
    'bert_old_names',
    'distilbert',
    'gpt2',
    'gpt2_hub_names',
    'llama',
    'llama3_sharded',
    'mistral',
    'modernbert',
    'qwen3',
    'roberta',
    'xlm_roberta',
  ])('the reference checkpoint %s learns features in µP with AdamW (../shared is needed)', async (name) => {
  const folder = `../shared/reference/lm-models/${name}`;
  const { code, stdout } = await nexort('classify', '--model', folder, '--optimizer', 'adamw', '--json');
  expect({ code, regime: JSON.parse(stdout).regime }).toEqual({ code: 0, regime: 'feature learning' });
});

describe('what is no model, or does not go with one', () => {
  test.each([
    ['--depth of a model', ['--depth', '3'], '--depth has no effect: the model has its own, in its config.json'],
    ['--width of a model', ['--width', '3'], '--width has no effect: the model has its own, in its config.json'],
    [
      'the start of a readout that is the embedding',
      ['--readout-start', 'zero'],
      '--readout-start has no effect: the readout of ',
    ],
  ])('%s', async (_, args, expected) => {
    const { code, stdout, stderr } = await nexort('classify', '--model', await folderOf(GPT2), ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(expected);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
  });

  test.each([
    ['--offline without a model', ['--offline'], '--offline has no effect: no model of the hub is asked for'],
    ['a folder without a configuration', ['--model', 'src'], "config.json' is not there"],
    ['a name alone', ['--model', 'gpt2'], "'gpt2', which is no folder here"],
  ])('%s', async (_, args, expected) => {
    const { code, stderr } = await nexort('classify', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });

  it('exponents by layers of a perceptron, which a model has none of', async () => {
    const folder = await temporaryFolder({
      'config.json': LLAMA,
      'mine.json': { a: [0, 0, 1], b: [0, '1/2', 0], c: [0, 1, 0], d: [1, 1, 1] },
    });
    const { code } = await nexort('classify', '--model', folder, '--parametrization', `${folder}/mine.json`);
    expect(code).toBe(0);
  });
});
