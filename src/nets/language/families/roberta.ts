/**
 * RoBERTa (Liu et al. 2019), and XLM-RoBERTa and CamemBERT, which are RoBERTa with another vocabulary (transformers,
 * `modeling_xlm_roberta.py` and `modeling_camembert.py`, both copies of RoBERTa's).
 */

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

/** The reference's default padding, after which positions start. */
const PAD = 1;

export const roberta: Family = {
  types: {
    roberta: { classes: 'Roberta', assumed: { vocab_size: 50265 } },
    'xlm-roberta': { classes: 'XLMRoberta', assumed: { vocab_size: 30522 } },
    camembert: { classes: 'Camembert', assumed: { vocab_size: 30522 } },
  },
  predicts: 'masked words',
  read: (entries, _, checkpoint) => readBertLike(entries, checkpoint, () => entries.tokenId('pad_token_id', PAD) + 1),
  architecture: (config) => ({
    name: 'roberta encoder',
    prefix: 'roberta.',
    style: layerNormStyle(config),
    embedding: { prefix: 'roberta.embeddings.', ...BERT_EMBEDDING },
    blockPrefix: (layer) => `roberta.encoder.layer.${layer}.`,
    block: () => postNormBlock(config, BERT_BLOCK),
    words: {
      // The head has gelu, whatever the blocks have (transformers, `RobertaLMHead`).
      turn: { dense: biased('lm_head.dense'), activation: 'gelu', norm: 'lm_head.layer_norm' },
      decoder: {
        wordTable: 'roberta.embeddings.word_embeddings.weight',
        weight: 'lm_head.decoder.weight',
        bias: 'lm_head.bias',
        ownBias: 'lm_head.decoder.bias',
      },
    },
    // Of `RobertaForSequenceClassification`.
    classifier: { turn: { dense: biased('classifier.dense'), activation: 'tanh' }, out: 'classifier.out_proj' },
  }),
  idleTensors: IDLE_BERT_TENSORS,
  targets: BERT_TARGETS,
  classEndings: { words: 'ForMaskedLM', classifier: 'ForSequenceClassification' },
};
