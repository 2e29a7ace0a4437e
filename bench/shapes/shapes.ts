/** Shapes of encoders whose weights are too large to ship, and too dull: what is measured on them is time and memory. */

import type { BertShape } from '../bert/layout.ts';
import type { Dtype } from '../bert/safetensors.ts';

export interface StoredShape extends BertShape {
  readonly dtype: Dtype;
}

/** Rows of RoBERTa's word embedding. */
const VOCABULARY = 50265;

/** `base` has the sizes of roberta-base; `big` has 1.3 billion parameters. */
export const SHAPES = {
  base: { layers: 12, width: 768, heads: 12, feedForward: 3072, vocabulary: VOCABULARY, positions: 514, dtype: 'F32' },
  big: { layers: 24, width: 2048, heads: 32, feedForward: 8192, vocabulary: VOCABULARY, positions: 512, dtype: 'F16' },
} as const satisfies Readonly<Record<string, StoredShape>>;
export type ShapeName = keyof typeof SHAPES;
export const SHAPE_NAMES = Object.keys(SHAPES) as readonly ShapeName[]; // its own keys
