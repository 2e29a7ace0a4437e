/**
 * ModernBERT (Warner et al. 2024): rotary positions, gated feed-forward parts, and layers that look at all tokens or at near
 * ones alone, with a base of rotary positions each.
 */

import type { NormStyle } from '../architecture.ts';
import type { BiasedPart, LayerAttention } from '../config.ts';
import type { ConfigEntries } from '../entries.ts';
import type { Family } from './family.ts';
import { layerKinds } from './llama.ts';
import { readRotary } from './rotaryEntries.ts';

/** The parts whose biases are asked for by an entry, and whether they are where it is absent. */
const BIASES: Readonly<Record<string, readonly [entry: string, assumed: boolean]>> = {
  norm: ['norm_bias', false],
  'query, key and value': ['attention_bias', false],
  'feed-forward': ['mlp_bias', false],
  head: ['classifier_bias', false],
  decoder: ['decoder_bias', true],
};

export const modernbert: Family = {
  types: { modernbert: { classes: 'ModernBert', assumed: {} } },
  predicts: 'masked words',
  read: (entries) => {
    const width = entries.size('hidden_size', 768);
    const heads = entries.size('num_attention_heads', 12);
    entries.divides(['num_attention_heads', heads], ['hidden_size', width]);
    const layers = entries.size('num_hidden_layers', 22);
    const positions = entries.size('max_position_embeddings', 8192);
    const parts = Object.entries(BIASES).filter(([, [entry, assumed]]) => entries.choiceIfAny(entry) ?? assumed);
    // Older files have these, which the reference does not read.
    for (const entry of ['layer_norm_eps', 'position_embedding_type']) entries.given(entry);
    entries.allow('classifier_activation', [undefined, 'gelu'], '"gelu"');
    return {
      vocabulary: entries.size('vocab_size', 50368),
      positions,
      firstPosition: 0,
      tokenTypes: 0,
      width,
      layers,
      heads,
      feedForward: entries.size('intermediate_size', 1152),
      normEpsilon: entries.positive('norm_eps', 1e-5),
      tied: entries.choice('tie_word_embeddings', true),
      activation: entries.activation('hidden_activation', 'gelu'),
      attention: layersOf(entries, { layers, positions, coordinates: width / heads }),
      biases: parts.map(([part]) => part as BiasedPart), // keys of the table
    };
  },
  architecture: (config) => {
    const { width, heads, activation, biases = [], attention = [] } = config;
    const has = (part: BiasedPart): boolean => biases.includes(part);
    const style: NormStyle = { norm: 'layer', shift: has('norm'), epsilon: config.normEpsilon };
    const turn = { dense: { name: 'head.dense', bias: has('head') }, activation: 'gelu', norm: 'head.norm' } as const;
    return {
      name: 'modernbert encoder',
      prefix: 'model.',
      style,
      embedding: { prefix: 'model.embeddings.', words: 'tok_embeddings', norm: 'norm' },
      blockPrefix: (layer) => `model.layers.${layer}.`,
      block: (layer) => ({
        normed: 'before',
        style,
        // The embedding's norm stands in front of the first layer.
        ...(layer === 0 ? {} : { attentionNorm: 'attn_norm' }),
        attention: {
          heads,
          keyHeads: heads,
          headSize: width / heads,
          made: { all: { name: 'attn.Wqkv', bias: has('query, key and value') }, axes: ['part', 'head', 'key'] },
          mix: { name: 'attn.Wo', bias: has('query, key and value') },
          sees: 'all',
          ...attention[layer],
        },
        feedForwardNorm: 'mlp_norm',
        feedForward: {
          up: { name: 'mlp.Wi', bias: has('feed-forward') },
          down: { name: 'mlp.Wo', bias: has('feed-forward') },
          gate: 'in up',
          activation,
        },
      }),
      finalNorm: 'model.final_norm',
      words: {
        turn,
        decoder: {
          wordTable: 'model.embeddings.tok_embeddings.weight',
          weight: 'decoder.weight',
          ...(has('decoder') ? { bias: 'decoder.bias' } : {}),
        },
      },
      // Of `ModernBertForSequenceClassification`, whose dense layer and norm are those of the language model.
      classifier: { turn, out: 'classifier' },
    };
  },
  idleTensors: [{ pattern: /\.rotary_emb\.inv_freq$/, reason: 'rotary frequencies, which older versions stored' }],
  targets: {
    // One layer makes all three.
    query: ['attn.Wqkv'],
    key: ['attn.Wqkv'],
    value: ['attn.Wqkv'],
    output: ['attn.Wo'],
    'feed-forward': ['mlp.Wi', 'mlp.Wo'],
  },
  classEndings: { words: 'ForMaskedLM', classifier: 'ForSequenceClassification' },
};

interface Sizes {
  readonly layers: number;
  readonly positions: number;
  readonly coordinates: number;
}

/** Every n-th layer, from the first on, looks at all tokens, unless the configuration lists their kinds. */
function layersOf(entries: ConfigEntries, { layers, positions, coordinates }: Sizes): readonly LayerAttention[] {
  const kinds = layerKinds(entries, layers);
  const every = entries.sizeIfAny('global_attn_every_n_layers') ?? 3;
  const local = entries.size('local_attention', 128);
  const rotary = (kind: string, entry: string, assumed: number) =>
    readRotary(entries, { coordinates, positions, base: { entry, assumed }, kind });
  const full: LayerAttention = { rotary: rotary('full_attention', 'global_rope_theta', 160000) };
  const near: LayerAttention = {
    rotary: rotary('sliding_attention', 'local_rope_theta', 10000),
    near: Math.floor(local / 2),
  };
  return Array.from({ length: layers }, (_, l) => {
    const sees = kinds === undefined ? l % every === 0 : kinds[l] === 'full_attention';
    return sees ? full : near;
  });
}
