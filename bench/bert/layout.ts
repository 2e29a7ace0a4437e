/** BERT checkpoints in the layout of Hugging Face: what config.json says, and which tensors there are. */

/** Sizes that determine an encoder. */
export interface BertShape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
  /** Rows of the word embedding. */
  readonly vocabulary: number;
  /** Rows of the position embedding. */
  readonly positions: number;
}

/** Sizes of tensors by name. */
export type TensorSizes = Readonly<Record<string, readonly number[]>>;

/** What config.json holds. */
export function bertConfig({ layers, width, heads, feedForward, vocabulary, positions }: BertShape): object {
  return {
    model_type: 'bert',
    vocab_size: vocabulary,
    max_position_embeddings: positions,
    type_vocab_size: 2,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: feedForward,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-12,
  };
}

/** Embeddings and blocks. */
export function encoderTensors({ layers, width, feedForward, vocabulary, positions }: BertShape): TensorSizes {
  const blocks = Array.from({ length: layers }, (_, layer) => {
    const name = `bert.encoder.layer.${layer}`;
    return {
      ...dense(`${name}.attention.self.query`, width, width),
      ...dense(`${name}.attention.self.key`, width, width),
      ...dense(`${name}.attention.self.value`, width, width),
      ...dense(`${name}.attention.output.dense`, width, width),
      ...norm(`${name}.attention.output.LayerNorm`, width),
      ...dense(`${name}.intermediate.dense`, width, feedForward),
      ...dense(`${name}.output.dense`, feedForward, width),
      ...norm(`${name}.output.LayerNorm`, width),
    };
  });
  return Object.assign(
    {
      'bert.embeddings.word_embeddings.weight': [vocabulary, width],
      'bert.embeddings.position_embeddings.weight': [positions, width],
      'bert.embeddings.token_type_embeddings.weight': [2, width],
      ...norm('bert.embeddings.LayerNorm', width),
    },
    ...blocks,
  );
}

/** The masked-language-model head, whose decoder is the word embedding. */
export function headTensors({ width, vocabulary }: BertShape): TensorSizes {
  return {
    ...dense('cls.predictions.transform.dense', width, width),
    ...norm('cls.predictions.transform.LayerNorm', width),
    'cls.predictions.bias': [vocabulary],
  };
}

/** Whether a tensor is the gain of a layer norm. */
export function isGain(name: string): boolean {
  return name.endsWith('LayerNorm.weight');
}

function norm(name: string, width: number): TensorSizes {
  return { [`${name}.weight`]: [width], [`${name}.bias`]: [width] };
}

function dense(name: string, from: number, to: number): TensorSizes {
  return { [`${name}.weight`]: [to, from], [`${name}.bias`]: [to] };
}
