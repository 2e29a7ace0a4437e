/** GPT-2 (Radford et al. 2019): learnt positions, norms before the parts, one layer for queries, keys and values. */

import type { Dense } from '../architecture.ts';
import { layerNormStyle } from './bertLike.ts';
import type { Family } from './family.ts';

/** Checkpoints store the weights of GPT-2's `Conv1D` with what they read first. */
const conv1d = (name: string): Dense => ({ name, bias: true, turned: true });

export const gpt2: Family = {
  types: { gpt2: { classes: 'GPT2', assumed: {} } },
  predicts: 'the next word',
  read: (entries) => {
    const width = entries.size('n_embd', 768);
    const read = {
      vocabulary: entries.size('vocab_size', 50257),
      positions: entries.size('n_positions', 1024),
      firstPosition: 0,
      tokenTypes: 0,
      width,
      layers: entries.size('n_layer', 12),
      heads: entries.size('n_head', 12),
      feedForward: entries.sizeIfAny('n_inner') ?? 4 * width,
      normEpsilon: entries.positive('layer_norm_epsilon', 1e-5),
      tied: entries.choice('tie_word_embeddings', true),
      activation: entries.activation('activation_function', 'gelu_new'),
    };
    entries.divides(['n_head', read.heads], ['n_embd', width]);
    entries.allow('scale_attn_weights', [undefined, true], 'scores over the root of the head size, true');
    entries.allow('scale_attn_by_inverse_layer_idx', [undefined, false], 'the same scale in all layers, false');
    return read;
  },
  architecture: (config) => ({
    name: 'gpt2 decoder',
    prefix: 'transformer.',
    style: layerNormStyle(config),
    embedding: { prefix: 'transformer.', words: 'wte', positions: 'wpe' },
    blockPrefix: (layer) => `transformer.h.${layer}.`,
    block: () => ({
      normed: 'before',
      style: layerNormStyle(config),
      attentionNorm: 'ln_1',
      attention: {
        heads: config.heads,
        keyHeads: config.heads,
        headSize: config.width / config.heads,
        made: { all: conv1d('attn.c_attn'), axes: ['part', 'head', 'key'] },
        mix: conv1d('attn.c_proj'),
        sees: 'earlier',
      },
      feedForwardNorm: 'ln_2',
      feedForward: { up: conv1d('mlp.c_fc'), down: conv1d('mlp.c_proj'), activation: config.activation },
    }),
    finalNorm: 'transformer.ln_f',
    words: { decoder: { wordTable: 'transformer.wte.weight', weight: 'lm_head.weight' } },
  }),
  idleTensors: [
    {
      pattern: /(^|\.)h\.\d+\.attn\.(bias|masked_bias)$/,
      reason: 'masks of later tokens, which older versions stored',
    },
  ],
  targets: {
    // One layer makes all three.
    query: ['attn.c_attn'],
    key: ['attn.c_attn'],
    value: ['attn.c_attn'],
    output: ['attn.c_proj'],
    'feed-forward': ['mlp.c_fc', 'mlp.c_proj'],
  },
  classEndings: { words: 'LMHeadModel' },
};
