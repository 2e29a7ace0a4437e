/** BERT (Devlin et al. 2018). */

import {
  BERT_BLOCK,
  BERT_EMBEDDING,
  BERT_TARGETS,
  biased,
  IDLE_BERT_TENSORS,
  layerNormStyle,
  postNormBlock,
  readBertLike,
} from './bertLike.ts';
import type { Family } from './family.ts';

const PREDICTIONS = 'cls.predictions';

export const bert: Family = {
  types: { bert: { classes: 'Bert', assumed: { vocab_size: 30522 } } },
  predicts: 'masked words',
  read: (entries, _, checkpoint) => readBertLike(entries, checkpoint, () => 0),
  architecture: (config) => ({
    name: 'bert encoder',
    prefix: 'bert.',
    style: layerNormStyle(config),
    embedding: { prefix: 'bert.embeddings.', ...BERT_EMBEDDING },
    blockPrefix: (layer) => `bert.encoder.layer.${layer}.`,
    block: () => postNormBlock(config, BERT_BLOCK),
    words: {
      turn: {
        dense: biased(`${PREDICTIONS}.transform.dense`),
        activation: config.activation,
        norm: `${PREDICTIONS}.transform.LayerNorm`,
      },
      decoder: {
        wordTable: 'bert.embeddings.word_embeddings.weight',
        weight: `${PREDICTIONS}.decoder.weight`,
        bias: `${PREDICTIONS}.bias`,
        ownBias: `${PREDICTIONS}.decoder.bias`,
      },
    },
    // Of `BertForSequenceClassification`, whose dense layer is the pooler.
    classifier: { turn: { dense: biased('bert.pooler.dense'), activation: 'tanh' }, out: 'classifier' },
  }),
  idleTensors: IDLE_BERT_TENSORS,
  targets: BERT_TARGETS,
  classEndings: { words: 'ForMaskedLM', classifier: 'ForSequenceClassification' },
};
