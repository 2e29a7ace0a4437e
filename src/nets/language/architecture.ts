/**
 * What a language model is made of, as data: its parts, and how checkpoints name their parameters. A family describes its
 * own from a configuration (families/); the stages are written from the description alone.
 */

import type { Axis } from '../../program/index.ts';
import type { NormName } from '../parts/normalization.ts';
import type { Rotary } from '../parts/rotary.ts';
import type { EncoderActivation } from './activations.ts';

/** A dense layer: its parameters are `<name>.weight` and `<name>.bias`. */
export interface Dense {
  readonly name: string;
  readonly bias: boolean;
  /** Whether checkpoints store the weight as [columns, rows], as GPT-2's `Conv1D` does. */
  readonly turned?: boolean;
}

/** The norms of a model: their parameters are `<name>.weight` and `<name>.bias`. */
export interface NormStyle {
  readonly norm: NormName;
  readonly shift: boolean;
  readonly epsilon: number;
}

export interface AttentionDescription {
  readonly heads: number;
  /** Heads of keys and values. */
  readonly keyHeads: number;
  readonly headSize: number;
  /** A layer each, or one that makes them along `part`, on axes of this order. */
  readonly made:
    | { readonly query: Dense; readonly key: Dense; readonly value: Dense }
    | { readonly all: Dense; readonly axes: readonly Axis[] };
  readonly mix: Dense;
  /** Whether tokens see those that follow them. */
  readonly sees: 'all' | 'earlier';
  readonly near?: number;
  readonly rotary?: Rotary;
  /** Norms of each head's queries and keys. */
  readonly headNorms?: { readonly queries: string; readonly keys: string };
}

export interface FeedForwardDescription {
  readonly up: Dense;
  readonly down: Dense;
  readonly activation: EncoderActivation;
  readonly gate?: Dense | 'in up';
}

/** A block; names are those behind the block's own. */
export interface BlockDescription {
  /** Norms behind the sums, or before the parts; or before parts that stand side by side. */
  readonly normed: 'after' | 'before' | 'side by side';
  readonly style: NormStyle;
  /** Absent where the attention reads its input as it is. */
  readonly attentionNorm?: string;
  readonly attention: AttentionDescription;
  readonly feedForwardNorm: string;
  readonly feedForward: FeedForwardDescription;
}

export interface EmbeddingDescription {
  /** How the names of its parameters begin. */
  readonly prefix: string;
  /** Tables, by the names behind the prefix. */
  readonly words: string;
  readonly positions?: string;
  readonly kinds?: string;
  readonly norm?: string;
}

/** Checkpoint names of what a decoder may share: its rows with the word embeddings, its bias with the head's. */
export interface DecoderNames {
  readonly wordTable: string;
  readonly weight: string;
  /** Of the head; a tied decoder has the same. */
  readonly bias?: string;
  /** Of the decoder itself, where files may hold both. */
  readonly ownBias?: string;
}

/** A dense layer, an activation and a norm in front of a readout. */
export interface TurnDescription {
  readonly dense: Dense;
  readonly activation: EncoderActivation;
  readonly norm?: string;
}

/** What a language model is made of: embedding, blocks, head, and the names of its parameters in checkpoints. */
export interface Architecture {
  /** Of the net, for people. */
  readonly name: string;
  /** How the names of parameters begin that files of the bare model have without it. */
  readonly prefix: string;
  readonly style: NormStyle;
  readonly embedding: EmbeddingDescription;
  readonly block: (layer: number) => BlockDescription;
  /** How the names of a block's parameters begin. */
  readonly blockPrefix: (layer: number) => string;
  /** The norm of what the last block makes, by its whole name. */
  readonly finalNorm?: string;
  /** The head of the language model, by whole names. */
  readonly words: { readonly turn?: TurnDescription; readonly decoder: DecoderNames };
  /** The head of classifiers on the first token; absent where the first token says nothing of the text. */
  readonly classifier?: { readonly turn?: TurnDescription; readonly out: string };
}
