/** Which axes of a checkpoint's parameters grow with the width: told of every family, and by configurations of two widths. */

import { describe, expect, test } from 'vitest';
import { checkpointInMemory } from '../../../src/lm/model/checkpointFiles.ts';
import { describeConfig } from '../../../src/lm/model/config.ts';
import { type LanguageModelConfig, type LanguageModelKinds, parameterKinds } from '../../../src/nets/index.ts';

async function configOf(json: object): Promise<LanguageModelConfig> {
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  return (await describeConfig(checkpointInMemory({ 'config.json': bytes }))).config;
}

/** `name kind role [shape]`, dimensions that grow with a star. */
const lines = ({ parameters }: LanguageModelKinds): readonly string[] =>
  parameters.map(({ name, kind, role, shape, grows, tied }) => {
    const sizes = shape.map((size, k) => `${size}${grows[k] === true ? '*' : ''}`).join(' × ');
    return `${name} ${kind} ${role}${tied ? ', tied' : ''} [${sizes}]`;
  });

/** Configurations by the number of heads, 4 coordinates each. */
const SIZES = {
  bert: (k: number) => ({
    hidden_size: 4 * k,
    num_attention_heads: k,
    intermediate_size: 16 * k,
    num_hidden_layers: 1,
  }),
  roberta: (k: number) => ({
    hidden_size: 4 * k,
    num_attention_heads: k,
    intermediate_size: 16 * k,
    num_hidden_layers: 1,
  }),
  distilbert: (k: number) => ({ dim: 4 * k, n_heads: k, hidden_dim: 16 * k, n_layers: 1 }),
  modernbert: (k: number) => ({
    hidden_size: 4 * k,
    num_attention_heads: k,
    intermediate_size: 6 * k,
    num_hidden_layers: 2,
  }),
  gpt2: (k: number) => ({ n_embd: 4 * k, n_head: k, n_layer: 1 }),
  gpt_neox: (k: number) => ({
    ...{ hidden_size: 4 * k, num_attention_heads: k, intermediate_size: 16 * k, num_hidden_layers: 1 },
    rotary_pct: 0.5,
  }),
  llama: (k: number) => ({
    ...{ hidden_size: 4 * k, num_attention_heads: k, num_key_value_heads: k / 2, intermediate_size: 10 * k },
    ...{ num_hidden_layers: 1, head_dim: 4 },
  }),
  qwen2: (k: number) => ({
    ...{ hidden_size: 4 * k, num_attention_heads: k, num_key_value_heads: k / 2, intermediate_size: 10 * k },
    ...{ num_hidden_layers: 1 },
  }),
  qwen3: (k: number) => ({
    ...{ hidden_size: 4 * k, num_attention_heads: k, num_key_value_heads: k / 2, intermediate_size: 10 * k },
    ...{ num_hidden_layers: 1, head_dim: 6 },
  }),
} as const;

const kindsAt = async (type: keyof typeof SIZES, heads: number): Promise<LanguageModelKinds> =>
  parameterKinds(await configOf({ model_type: type, vocab_size: 50, ...SIZES[type](heads) }));

/** What a kind says of the axes, by its definition. */
const GROWING = { matrix: 2, vector: 1, readout: 1, scalar: 0 } as const;

describe.each(Object.keys(SIZES) as (keyof typeof SIZES)[])('%s', (type) => {
  test('the dimensions that grow are those that differ in a model of twice the width, and count as the kind says', async () => {
    const [small, large] = [await kindsAt(type, 4), await kindsAt(type, 8)];
    const ratios = small.parameters.map(({ shape }, k) =>
      shape.map((size, at) => (large.parameters[k]?.shape[at] ?? Number.NaN) / size),
    );
    expect(small.parameters.map(({ grows }) => grows.map((own) => (own ? 2 : 1)))).toEqual(ratios);
    for (const { kind, grows } of small.parameters) {
      expect(grows.filter((own) => own)).toHaveLength(GROWING[kind]);
    }
    expect(small.parameters.map(({ name, kind, role }) => ({ name, kind, role }))).toEqual(
      large.parameters.map(({ name, kind, role }) => ({ name, kind, role })),
    );
    expect(large.widths.map(({ name, ratio }) => ({ name, ratio }))).toEqual(
      small.widths.map(({ name, ratio }) => ({ name, ratio })),
    );
  });

  test('a matrix sums over what it reads', async () => {
    const { parameters } = await kindsAt(type, 4);
    for (const { role, shape, fanIn } of parameters) {
      if (role === 'matrix') expect(shape).toContain(fanIn);
      else expect(fanIn).toBe(role === 'readout' ? 16 : 1);
    }
  });
});

test('GPT-2: one table for tokens and logits, weights stored turned', async () => {
  const found = await kindsAt('gpt2', 4);
  expect(lines(found)).toEqual([
    'transformer.wte.weight vector embedding, tied [50 × 16*]',
    'transformer.wpe.weight vector embedding [1024 × 16*]',
    'transformer.h.0.ln_1.weight vector gain [16*]',
    'transformer.h.0.ln_1.bias vector bias [16*]',
    'transformer.h.0.attn.c_attn.weight matrix matrix [16* × 48*]',
    'transformer.h.0.attn.c_attn.bias vector bias [48*]',
    'transformer.h.0.attn.c_proj.weight matrix matrix [16* × 16*]',
    'transformer.h.0.attn.c_proj.bias vector bias [16*]',
    'transformer.h.0.ln_2.weight vector gain [16*]',
    'transformer.h.0.ln_2.bias vector bias [16*]',
    'transformer.h.0.mlp.c_fc.weight matrix matrix [16* × 64*]',
    'transformer.h.0.mlp.c_fc.bias vector bias [64*]',
    'transformer.h.0.mlp.c_proj.weight matrix matrix [64* × 16*]',
    'transformer.h.0.mlp.c_proj.bias vector bias [16*]',
    'transformer.ln_f.weight vector gain [16*]',
    'transformer.ln_f.bias vector bias [16*]',
  ]);
  const down = found.parameters.find(({ name }) => name.endsWith('mlp.c_proj.weight'));
  expect(down?.fanIn).toBe(64);
});

test('Qwen 3: norms of a head have no width; the readout is a parameter of its own', async () => {
  const found = lines(await kindsAt('qwen3', 4));
  expect(found).toContain('model.layers.0.self_attn.q_norm.weight scalar gain [6]');
  expect(found).toContain('model.layers.0.self_attn.k_proj.weight matrix matrix [12* × 16*]');
  expect(found).toContain('model.layers.0.mlp.gate_proj.weight matrix matrix [40* × 16*]');
  expect(found.at(-1)).toBe('lm_head.weight readout readout [50 × 16*]');
});

test('BERT: the bias of the logits has no width', async () => {
  const found = lines(await kindsAt('bert', 4));
  expect(found).toContain('cls.predictions.bias scalar bias [50]');
  expect(found).toContain('bert.embeddings.word_embeddings.weight vector embedding, tied [50 × 16*]');
  expect(found).toContain('cls.predictions.transform.dense.weight matrix matrix [16* × 16*]');
});
