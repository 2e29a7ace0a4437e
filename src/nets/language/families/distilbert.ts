/** DistilBERT (Sanh et al. 2019): BERT without token types, with names and entries of its own. */

import { type BlockNames, biased, IDLE_BERT_TENSORS, layerNormStyle, postNormBlock } from './bertLike.ts';
import type { Family } from './family.ts';

const BLOCK: BlockNames = {
  query: 'attention.q_lin',
  key: 'attention.k_lin',
  value: 'attention.v_lin',
  mix: 'attention.out_lin',
  attentionNorm: 'sa_layer_norm',
  up: 'ffn.lin1',
  down: 'ffn.lin2',
  feedForwardNorm: 'output_layer_norm',
};

export const distilbert: Family = {
  types: { distilbert: { classes: 'DistilBert', assumed: {} } },
  predicts: 'masked words',
  read: (entries) => {
    const read = {
      vocabulary: entries.size('vocab_size', 30522),
      positions: entries.size('max_position_embeddings', 512),
      firstPosition: 0,
      tokenTypes: 0,
      width: entries.size('dim', 768),
      layers: entries.size('n_layers', 6),
      heads: entries.size('n_heads', 12),
      feedForward: entries.size('hidden_dim', 3072),
      // `LayerNorm(eps=1e-12)` in the reference, whatever the configuration says.
      normEpsilon: 1e-12,
      tied: entries.choice('tie_word_embeddings', true),
      activation: entries.activation('activation', 'gelu'),
    };
    entries.divides(['n_heads', read.heads], ['dim', read.width]);
    return read;
  },
  architecture: (config) => ({
    name: 'distilbert encoder',
    prefix: 'distilbert.',
    style: layerNormStyle(config),
    embedding: {
      prefix: 'distilbert.embeddings.',
      words: 'word_embeddings',
      positions: 'position_embeddings',
      norm: 'LayerNorm',
    },
    blockPrefix: (layer) => `distilbert.transformer.layer.${layer}.`,
    block: () => postNormBlock(config, BLOCK),
    words: {
      turn: { dense: biased('vocab_transform'), activation: config.activation, norm: 'vocab_layer_norm' },
      decoder: {
        wordTable: 'distilbert.embeddings.word_embeddings.weight',
        weight: 'vocab_projector.weight',
        bias: 'vocab_projector.bias',
      },
    },
    // Of `DistilBertForSequenceClassification`.
    classifier: { turn: { dense: biased('pre_classifier'), activation: 'relu' }, out: 'classifier' },
  }),
  idleTensors: IDLE_BERT_TENSORS,
  targets: {
    query: [BLOCK.query],
    key: [BLOCK.key],
    value: [BLOCK.value],
    output: [BLOCK.mix],
    'feed-forward': [BLOCK.up, BLOCK.down],
  },
  classEndings: { words: 'ForMaskedLM', classifier: 'ForSequenceClassification' },
};
