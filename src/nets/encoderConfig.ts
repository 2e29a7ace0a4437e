import type { EncoderActivation } from './encoderActivations.ts';

/** The sizes and choices that determine a BERT-like encoder with a masked-language-model head; data only. */
export interface EncoderConfig {
  /** Names and position rule of the checkpoint: RoBERTa reserves the first positions and differs in tensor names. */
  readonly family: 'bert' | 'roberta';
  /** Number of rows of the token embedding. */
  readonly vocabulary: number;
  /** Number of rows of the position embedding, reserved ones included. */
  readonly positions: number;
  /** Index of the first position row used; pad id + 1 in RoBERTa, else 0. */
  readonly firstPosition: number;
  /** Number of rows of the token-type (segment) embedding. */
  readonly tokenTypes: number;
  /** Width of the residual stream. */
  readonly width: number;
  /** Number of encoder blocks. */
  readonly layers: number;
  /** Attention heads per block; they divide the width. */
  readonly heads: number;
  /** Width of the hidden layer inside a block's feed-forward part. */
  readonly feedForward: number;
  /** Coordinatewise map of the feed-forward part, and of BERT's head; RoBERTa's head has `gelu` whatever this is. */
  readonly activation: EncoderActivation;
  /** Number added to the variance inside every layer norm. */
  readonly normEpsilon: number;
  /** Whether the head's decoder is the token embedding itself (one parameter with two uses); else it has a bias of its own. */
  readonly tied: boolean;
}

/** What is read off the encoder. */
export type EncoderHead =
  /** Logits of label words at one position, by the masked-language-model head. */
  | { readonly kind: 'words'; readonly classes: number; readonly untie: boolean }
  /** A fixed linear functional of the first token's features, given as data. */
  | { readonly kind: 'functional'; readonly classes: number }
  /** A linear layer on the first token's features, whose weights are parameters. */
  | { readonly kind: 'linear'; readonly classes: number }
  /** The classification head of the architecture: dense, tanh and linear on the first token's features. */
  | { readonly kind: 'dense'; readonly classes: number };
