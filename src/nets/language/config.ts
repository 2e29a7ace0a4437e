import type { Rotary } from '../parts/rotary.ts';
import type { EncoderActivation } from './activations.ts';

/** The families of models that are built (families/). */
export type FamilyName = 'bert' | 'roberta' | 'distilbert' | 'modernbert' | 'gpt2' | 'gpt_neox' | 'llama';

/** What the attention of one layer has of its own. */
export interface LayerAttention {
  /** Positions as turns of queries and keys; absent where the family has other positions. */
  readonly rotary?: Rotary;
  /** So many places away, on each side that is looked at, and no farther; absent: all of them. */
  readonly near?: number;
}

/** Parts whose biases a configuration may ask for or leave out. */
export type BiasedPart = 'query, key and value' | 'attention output' | 'feed-forward' | 'norm' | 'head' | 'decoder';

/** The sizes and choices that determine a language model with its head; data only. */
export interface LanguageModelConfig {
  /** The structure, the names of its parameters in checkpoints and its rule of positions. */
  readonly family: FamilyName;
  /** Number of rows of the token embedding. */
  readonly vocabulary: number;
  /** Number of rows of the position embedding, reserved ones included; without one, the most tokens that it is meant for. */
  readonly positions: number;
  /** Index of the first position row used; pad id + 1 in RoBERTa, else 0. */
  readonly firstPosition: number;
  /** Number of rows of the token-type (segment) embedding; 0 in families without one. */
  readonly tokenTypes: number;
  /** Width of the residual stream. */
  readonly width: number;
  /** Number of blocks. */
  readonly layers: number;
  /** Attention heads per block. */
  readonly heads: number;
  /** Heads of keys and values, each read by as many heads of queries. Default: one for each. */
  readonly keyHeads?: number;
  /** Coordinates of a head. Default: the width over the heads. */
  readonly headSize?: number;
  /** Width of the hidden layer inside a block's feed-forward part. */
  readonly feedForward: number;
  /** Coordinatewise map of the feed-forward part, and of BERT's head; RoBERTa's head has `gelu` whatever this is. */
  readonly activation: EncoderActivation;
  /** Added to the variance, or to the mean square, inside every norm: means over the width, of order 1 as it grows. */
  readonly normEpsilon: number;
  /** Whether the head's decoder is the token embedding itself (one parameter with two uses); else a parameter of its own. */
  readonly tied: boolean;
  /** By layer, in families whose attention has choices. */
  readonly attention?: readonly LayerAttention[];
  /** The parts that have biases, in families that leave it open. */
  readonly biases?: readonly BiasedPart[];
  /** Whether queries and keys of each head have a norm. */
  readonly headNorms?: boolean;
  /** Whether attention and feed-forward part of a block read the same, side by side; else one after the other. */
  readonly parallel?: boolean;
}

/** What is read off the model. */
export type LanguageModelHead =
  /** Logits of label words at one position, by the head of the language model. */
  | { readonly kind: 'words'; readonly classes: number; readonly untie: boolean }
  /** A fixed linear functional of the first token's features, given as data. */
  | { readonly kind: 'functional'; readonly classes: number }
  /** A linear layer on the first token's features, whose weights are parameters. */
  | { readonly kind: 'linear'; readonly classes: number }
  /** The classification head of the architecture: dense, activation and linear on the first token's features. */
  | { readonly kind: 'dense'; readonly classes: number };
