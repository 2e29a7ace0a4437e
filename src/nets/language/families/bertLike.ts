/** What BERT and its relatives have in common: their block, its names, and the entries of their configurations. */

import { required } from '../../../errors/index.ts';
import type { BlockDescription, Dense, NormStyle } from '../architecture.ts';
import type { LanguageModelConfig } from '../config.ts';
import type { ConfigEntries } from '../entries.ts';
import type { CheckpointType, Family } from './family.ts';

export const biased = (name: string): Dense => ({ name, bias: true });

export const layerNormStyle = ({ normEpsilon: epsilon }: LanguageModelConfig): NormStyle => ({
  norm: 'layer',
  shift: true,
  epsilon,
});

/** A block with norms behind its sums; the names of its layers differ by family. */
export interface BlockNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly mix: string;
  readonly attentionNorm: string;
  readonly up: string;
  readonly down: string;
  readonly feedForwardNorm: string;
}

export function postNormBlock(config: LanguageModelConfig, names: BlockNames): BlockDescription {
  const { width, heads, activation } = config;
  return {
    normed: 'after',
    style: layerNormStyle(config),
    attentionNorm: names.attentionNorm,
    attention: {
      heads,
      keyHeads: heads,
      headSize: width / heads,
      made: { query: biased(names.query), key: biased(names.key), value: biased(names.value) },
      mix: biased(names.mix),
      sees: 'all',
    },
    feedForwardNorm: names.feedForwardNorm,
    feedForward: { up: biased(names.up), down: biased(names.down), activation },
  };
}

export const BERT_BLOCK: BlockNames = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  mix: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  up: 'intermediate.dense',
  down: 'output.dense',
  feedForwardNorm: 'output.LayerNorm',
};

export const BERT_EMBEDDING = {
  words: 'word_embeddings',
  positions: 'position_embeddings',
  kinds: 'token_type_embeddings',
  norm: 'LayerNorm',
} as const;

export const BERT_TARGETS: Family['targets'] = {
  query: [BERT_BLOCK.query],
  key: [BERT_BLOCK.key],
  value: [BERT_BLOCK.value],
  output: [BERT_BLOCK.mix],
  'feed-forward': [BERT_BLOCK.up, BERT_BLOCK.down],
};

export const IDLE_BERT_TENSORS = [
  { pattern: /(^|\.)pooler\.dense\.(weight|bias)$/, reason: 'the pooler, which no language model reads' },
  { pattern: /^cls\.seq_relationship\.(weight|bias)$/, reason: 'the head for the next sentence' },
  {
    pattern: /(^|\.)embeddings\.(position_ids|token_type_ids)$/,
    reason: 'positions 0, 1, 2, … and types 0, which older versions stored',
  },
] as const;

/** `firstPosition` is read behind the number of positions. */
export function readBertLike(
  entries: ConfigEntries,
  { assumed }: CheckpointType,
  firstPosition: () => number,
): Omit<LanguageModelConfig, 'family'> {
  const read = {
    vocabulary: entries.size('vocab_size', required(assumed.vocab_size, 'size of the vocabulary')),
    positions: entries.size('max_position_embeddings', 512),
    firstPosition: firstPosition(),
    tokenTypes: entries.size('type_vocab_size', 2),
    width: entries.size('hidden_size', 768),
    layers: entries.size('num_hidden_layers', 12),
    heads: entries.size('num_attention_heads', 12),
    feedForward: entries.size('intermediate_size', 3072),
    normEpsilon: entries.positive('layer_norm_eps', 1e-12),
    tied: entries.choice('tie_word_embeddings', true),
    activation: entries.activation('hidden_act', 'gelu'),
  };
  entries.divides(['num_attention_heads', read.heads], ['hidden_size', read.width]);
  entries.allow('position_embedding_type', [undefined, 'absolute'], '"absolute"');
  entries.allow('is_decoder', [undefined, false], 'an encoder, false');
  return read;
}
