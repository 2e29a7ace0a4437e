/** The small checkpoints of `../shared/reference/lm-models` and what transformers makes of them (see its README). */

import { readFileSync } from 'node:fs';
import type { Encoded } from '../../../src/lm/kernel/batches.ts';

/** Folders of whole models. */
export const MODELS = [
  'roberta',
  'bert_old_names',
  'distilbert',
  'xlm_roberta',
  'modernbert',
  'gpt2',
  'gpt2_hub_names',
  'llama',
  'llama_bf16',
  'llama3_sharded',
  'mistral',
  'qwen3',
] as const;

export interface ReferenceModel {
  readonly examples: readonly Encoded[];
  readonly classes: number;
  readonly labels: readonly number[];
  /** In f64, classes innermost. */
  readonly logits: readonly number[];
}

export function referenceModel(folder: string): ReferenceModel {
  const values = JSON.parse(readFileSync(`${folder}/values.json`, 'utf8')) as {
    readonly texts: readonly { readonly ids: readonly number[]; readonly position: number }[];
    readonly labels: readonly { readonly id: number }[];
    readonly logits_f64: readonly (readonly number[])[];
  };
  return {
    examples: values.texts.map(({ ids, position }) => ({ ids, place: position })),
    classes: values.labels.length,
    labels: values.labels.map(({ id }) => id),
    logits: values.logits_f64.flat(),
  };
}
