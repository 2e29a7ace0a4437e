/** GPT-NeoX (Black et al. 2022), and Pythia: attention and feed-forward part side by side, a part of each head turned. */

import { biased, layerNormStyle } from './bertLike.ts';
import type { Family } from './family.ts';
import { readRotary } from './rotaryEntries.ts';

export const gptNeox: Family = {
  types: { gpt_neox: { classes: 'GPTNeoX', assumed: {} } },
  predicts: 'the next word',
  read: (entries) => {
    const width = entries.size('hidden_size', 6144);
    const heads = entries.size('num_attention_heads', 64);
    entries.divides(['num_attention_heads', heads], ['hidden_size', width]);
    const positions = entries.size('max_position_embeddings', 2048);
    const layers = entries.size('num_hidden_layers', 44);
    const share = shareOf(entries.given('rope_parameters')) ?? entries.positive('rotary_pct', 0.25);
    const rotary = readRotary(entries, {
      coordinates: Math.floor((width / heads) * share),
      positions,
      base: { entry: 'rotary_emb_base', assumed: 10000 },
    });
    return {
      vocabulary: entries.size('vocab_size', 50432),
      positions,
      firstPosition: 0,
      tokenTypes: 0,
      width,
      layers,
      heads,
      feedForward: entries.size('intermediate_size', 24576),
      normEpsilon: entries.positive('layer_norm_eps', 1e-5),
      tied: entries.choice('tie_word_embeddings', false),
      activation: entries.activation('hidden_act', 'gelu'),
      attention: Array.from({ length: layers }, () => ({ rotary })),
      parallel: entries.choice('use_parallel_residual', true),
      biases: entries.choice('attention_bias', true) ? ['query, key and value', 'attention output'] : [],
    };
  },
  architecture: (config) => {
    const { width, heads, activation, biases = [], attention = [], parallel = true } = config;
    return {
      name: 'gpt-neox decoder',
      prefix: 'gpt_neox.',
      style: layerNormStyle(config),
      embedding: { prefix: 'gpt_neox.', words: 'embed_in' },
      blockPrefix: (layer) => `gpt_neox.layers.${layer}.`,
      block: (layer) => ({
        normed: parallel ? 'side by side' : 'before',
        style: layerNormStyle(config),
        attentionNorm: 'input_layernorm',
        attention: {
          heads,
          keyHeads: heads,
          headSize: width / heads,
          made: {
            all: { name: 'attention.query_key_value', bias: biases.includes('query, key and value') },
            axes: ['head', 'part', 'key'],
          },
          mix: { name: 'attention.dense', bias: biases.includes('attention output') },
          sees: 'earlier',
          ...attention[layer],
        },
        feedForwardNorm: 'post_attention_layernorm',
        feedForward: { up: biased('mlp.dense_h_to_4h'), down: biased('mlp.dense_4h_to_h'), activation },
      }),
      finalNorm: 'gpt_neox.final_layer_norm',
      words: { decoder: { wordTable: 'gpt_neox.embed_in.weight', weight: 'embed_out.weight' } },
    };
  },
  idleTensors: [
    {
      pattern: /\.attention\.(bias|masked_bias|rotary_emb\.inv_freq)$/,
      reason: 'masks of later tokens and rotary frequencies, which older versions stored',
    },
  ],
  targets: {
    // One layer makes all three.
    query: ['attention.query_key_value'],
    key: ['attention.query_key_value'],
    value: ['attention.query_key_value'],
    output: ['attention.dense'],
    'feed-forward': ['mlp.dense_h_to_4h', 'mlp.dense_4h_to_h'],
  },
  classEndings: { words: 'ForCausalLM' },
};

/** The share of a head's coordinates that is turned, where the parameters of rotary positions have it. */
function shareOf(parameters: unknown): number | undefined {
  if (typeof parameters !== 'object' || parameters === null || !('partial_rotary_factor' in parameters))
    return undefined;
  const { partial_rotary_factor: share } = parameters;
  return typeof share === 'number' ? share : undefined;
}
