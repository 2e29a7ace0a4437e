/** How checkpoints name the parameters of what is read off an encoder. */

import { required } from '../errors/index.ts';
import type { EncoderConfig, EncoderHead } from './encoderConfig.ts';
import { headDense } from './encoderLayers.ts';

type Family = EncoderConfig['family'];
type Names = Readonly<Record<string, string>>;

const WORDS: Readonly<Record<Family, Names>> = {
  bert: {
    'dense.weight': `${headDense('bert')}.weight`,
    'dense.bias': `${headDense('bert')}.bias`,
    'LayerNorm.weight': 'cls.predictions.transform.LayerNorm.weight',
    'LayerNorm.bias': 'cls.predictions.transform.LayerNorm.bias',
    'decoder.weight': 'cls.predictions.decoder.weight',
    'decoder.bias': 'cls.predictions.bias',
  },
  roberta: {
    'dense.weight': `${headDense('roberta')}.weight`,
    'dense.bias': `${headDense('roberta')}.bias`,
    'LayerNorm.weight': 'lm_head.layer_norm.weight',
    'LayerNorm.bias': 'lm_head.layer_norm.bias',
    'decoder.weight': 'lm_head.decoder.weight',
    'decoder.bias': 'lm_head.bias',
  },
};

const LINEAR: Names = { 'out.weight': 'classifier.weight', 'out.bias': 'classifier.bias' };

/** Of `BertForSequenceClassification`, whose dense layer is the pooler, and `RobertaForSequenceClassification`. */
const DENSE: Readonly<Record<Family, Names>> = {
  bert: { 'dense.weight': 'bert.pooler.dense.weight', 'dense.bias': 'bert.pooler.dense.bias', ...LINEAR },
  roberta: {
    'dense.weight': 'classifier.dense.weight',
    'dense.bias': 'classifier.dense.bias',
    'out.weight': 'classifier.out_proj.weight',
    'out.bias': 'classifier.out_proj.bias',
  },
};

export const DECODER = 'decoder.weight';
export const BIAS = 'decoder.bias';

/** Names of a head's parameters in checkpoints by those in its stage. */
export function headNames(family: Family, kind: EncoderHead['kind']): Names {
  return { words: WORDS[family], functional: {}, linear: LINEAR, dense: DENSE[family] }[kind];
}

/** Checkpoint names of what a decoder may share: its rows with the word embeddings, its bias with the head's. */
export interface DecoderNames {
  readonly wordTable: string;
  readonly weight: string;
  /** Of the head; a tied decoder has the same. */
  readonly bias: string;
  /** Of the decoder itself. */
  readonly ownBias: string;
}

/** What checkpoints of a family call the decoder's parameters and the table of words that it may be tied to. */
export function decoderNames(family: Family): DecoderNames {
  const names = WORDS[family];
  const weight = required(names[DECODER], 'name of the decoder');
  return {
    wordTable: `${family}.embeddings.word_embeddings.weight`,
    weight,
    bias: required(names[BIAS], "name of the decoder's bias"),
    ownBias: weight.replace(/weight$/, 'bias'),
  };
}
