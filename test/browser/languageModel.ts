/** What a page and Node make of the embedded model alike, wherever its files come from. */

import type { Engine } from '../../src/finite/index.ts';
import {
  type CheckpointFiles,
  empiricalKernel,
  findTask,
  loadLanguageModel,
  loadTokenizer,
  logitDifference,
  prompterOf,
  readConfig,
} from '../../src/lm/index.ts';
import { indexTensor } from '../../src/program/index.ts';

/** Where the server has the model. */
export const MODEL = '/models/tiny-mlm';
/** The files of it that are read. */
export const MODEL_FILES = ['config.json', 'model.safetensors', 'tokenizer.json'];

/** The first is that of `nexort doctor`, whose logits PyTorch has given. */
const TEXTS = ['a joy to watch.', 'Dull, naïve and twice as long as it should be.'];

export interface ModelResult {
  /** Token ids of the prompts. */
  readonly ids: readonly (readonly number[])[];
  /** Logits of the label words, text by text. */
  readonly logits: readonly number[];
  /** Of the texts among themselves. */
  readonly kernel: readonly number[];
}

/** Puts two sentences into the prompt of sst-2, and computes their logits and their empirical kernel. */
export async function readModel(files: CheckpointFiles, engine: Engine): Promise<ModelResult> {
  const task = findTask('sst-2');
  const { labelIds, prompt } = await prompterOf(task, await loadTokenizer(files), await readConfig(files));
  const examples = await Promise.all(TEXTS.map((text) => prompt({ text })));
  const { logits, kernel } = await empiricalKernel({
    engine,
    model: await loadLanguageModel(files, () => ({ kind: 'words', classes: labelIds.length, untie: false })),
    examples,
    train: [...examples.keys()],
    outputs: logitDifference,
    head: { labels: indexTensor(['class'], [labelIds.length], labelIds) },
  });
  return { ids: examples.map(({ ids }) => ids), logits: [...logits], kernel: [...kernel] };
}
