/**
 * Llama (Touvron et al. 2023), and those that are built like it: Mistral (Jiang et al. 2023), whose tokens see a window, and
 * Qwen 2 and 3, with biases of queries, keys and values, and with norms of each head's queries and keys.
 */

import { required } from '../../../errors/index.ts';
import type { NormStyle } from '../architecture.ts';
import type { BiasedPart, LanguageModelConfig, LayerAttention } from '../config.ts';
import type { ConfigEntries } from '../entries.ts';
import type { CheckpointType, Family } from './family.ts';
import { readRotary } from './rotaryEntries.ts';

const QWEN = {
  vocab_size: 151936,
  intermediate_size: 22016,
  num_key_value_heads: 32,
  max_position_embeddings: 32768,
} as const;

const style = ({ normEpsilon: epsilon }: LanguageModelConfig): NormStyle => ({
  norm: 'root-mean-square',
  shift: false,
  epsilon,
});

export const llama: Family = {
  types: {
    llama: {
      classes: 'Llama',
      assumed: { vocab_size: 32000, intermediate_size: 11008, max_position_embeddings: 2048 },
    },
    mistral: {
      classes: 'Mistral',
      assumed: {
        vocab_size: 32000,
        intermediate_size: 14336,
        num_key_value_heads: 8,
        max_position_embeddings: 131072,
      },
    },
    qwen2: { classes: 'Qwen2', assumed: QWEN },
    qwen3: { classes: 'Qwen3', assumed: { ...QWEN, head_dim: 128 } },
  },
  predicts: 'the next word',
  read,
  architecture: (config) => {
    const {
      width,
      heads,
      keyHeads = heads,
      headSize = width / heads,
      activation,
      biases = [],
      attention = [],
    } = config;
    const dense = (name: string, part: BiasedPart) => ({ name, bias: biases.includes(part) });
    return {
      name: `llama decoder`,
      prefix: 'model.',
      style: style(config),
      embedding: { prefix: 'model.', words: 'embed_tokens' },
      blockPrefix: (layer) => `model.layers.${layer}.`,
      block: (layer) => ({
        normed: 'before',
        style: style(config),
        attentionNorm: 'input_layernorm',
        attention: {
          heads,
          keyHeads,
          headSize,
          made: {
            query: dense('self_attn.q_proj', 'query, key and value'),
            key: dense('self_attn.k_proj', 'query, key and value'),
            value: dense('self_attn.v_proj', 'query, key and value'),
          },
          mix: dense('self_attn.o_proj', 'attention output'),
          sees: 'earlier',
          ...attention[layer],
          ...(config.headNorms === true
            ? { headNorms: { queries: 'self_attn.q_norm', keys: 'self_attn.k_norm' } }
            : {}),
        },
        feedForwardNorm: 'post_attention_layernorm',
        feedForward: {
          up: dense('mlp.up_proj', 'feed-forward'),
          gate: dense('mlp.gate_proj', 'feed-forward'),
          down: dense('mlp.down_proj', 'feed-forward'),
          activation,
        },
      }),
      finalNorm: 'model.norm',
      words: { decoder: { wordTable: 'model.embed_tokens.weight', weight: 'lm_head.weight' } },
    };
  },
  idleTensors: [{ pattern: /\.rotary_emb\.inv_freq$/, reason: 'rotary frequencies, which older versions stored' }],
  targets: {
    query: ['self_attn.q_proj'],
    key: ['self_attn.k_proj'],
    value: ['self_attn.v_proj'],
    output: ['self_attn.o_proj'],
    'feed-forward': ['mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj'],
  },
  classEndings: { words: 'ForCausalLM' },
};

function read(entries: ConfigEntries, type: string, { assumed }: CheckpointType): Omit<LanguageModelConfig, 'family'> {
  const usual = (entry: string, otherwise?: number): number =>
    required(assumed[entry] ?? otherwise, `what ${entry} is where it is absent`);
  const size = (entry: string, otherwise?: number): number => entries.size(entry, usual(entry, otherwise));
  const width = size('hidden_size', 4096);
  const heads = size('num_attention_heads', 32);
  const layers = size('num_hidden_layers', 32);
  const positions = size('max_position_embeddings');
  const keyHeads = entries.sizeIfAny('num_key_value_heads') ?? usual('num_key_value_heads', heads);
  const ownSize = entries.sizeIfAny('head_dim');
  const headSize = ownSize ?? usual('head_dim', width / heads);
  if (headSize * heads === width) entries.divides(['num_attention_heads', heads], ['hidden_size', width]);
  const rotary = readRotary(entries, {
    coordinates: headSize,
    positions,
    base: { entry: 'rope_theta', assumed: 10000 },
  });
  entries.divides(['num_key_value_heads', keyHeads], ['num_attention_heads', heads]);
  const windows = slidingWindows(entries, type, layers);
  return {
    vocabulary: size('vocab_size'),
    positions,
    firstPosition: 0,
    tokenTypes: 0,
    width,
    layers,
    heads,
    keyHeads,
    headSize,
    feedForward: size('intermediate_size'),
    normEpsilon: entries.positive('rms_norm_eps', 1e-6),
    tied: entries.choice('tie_word_embeddings', false),
    activation: entries.activation('hidden_act', 'silu'),
    attention: windows.map(
      (window): LayerAttention => (window === undefined ? { rotary } : { rotary, near: window - 1 }),
    ),
    biases: biasesOf(entries, type),
    headNorms: type === 'qwen3',
  };
}

function biasesOf(entries: ConfigEntries, type: string): readonly BiasedPart[] {
  if (type === 'qwen2') return ['query, key and value'];
  if (type === 'mistral') return [];
  const projections = entries.choiceIfAny('attention_bias') ?? false;
  const wide = type === 'llama' && (entries.choiceIfAny('mlp_bias') ?? false);
  return [
    ...(projections ? (['query, key and value', 'attention output'] as const) : []),
    ...(wide ? (['feed-forward'] as const) : []),
  ];
}

/** How many tokens a token sees, itself included, by layer; of all before it where there is no number. */
function slidingWindows(entries: ConfigEntries, type: string, layers: number): readonly (number | undefined)[] {
  if (type === 'llama') return Array.from({ length: layers }, () => undefined);
  if (type === 'mistral') {
    const window = entries.given('sliding_window') === null ? undefined : entries.size('sliding_window', 4096);
    return Array.from({ length: layers }, () => window);
  }
  const slides = entries.choiceIfAny('use_sliding_window') ?? false;
  const given = entries.sizeIfAny('sliding_window');
  const window = slides ? given : undefined;
  const from = entries.sizeIfAny('max_window_layers') ?? 28;
  const kinds = layerKinds(entries, layers);
  return Array.from({ length: layers }, (_, l) =>
    kinds === undefined ? (l >= from ? window : undefined) : kinds[l] === 'sliding_attention' ? window : undefined,
  );
}

const KINDS: readonly unknown[] = ['full_attention', 'sliding_attention'];

/** The kind of each layer's attention, where the configuration lists them. */
export function layerKinds(entries: ConfigEntries, layers: number): readonly unknown[] | undefined {
  const given = entries.given('layer_types');
  if (given === undefined || given === null) return undefined;
  if (!Array.isArray(given) || given.length !== layers) {
    entries.problem(`layer_types: expected one for each of ${layers} layers`);
    return undefined;
  }
  const unknown = given.find((kind) => !KINDS.includes(kind));
  if (unknown !== undefined) {
    entries.unsupported(`layer_types with ${JSON.stringify(unknown)}; supported are ${KINDS.join(', ')}`);
  }
  return given;
}
