/** From a task and a checkpoint folder to the token ids that a kernel is computed on. */

import type { EncoderConfig } from '../../nets/index.ts';
import { at, permutation } from '../../numeric/index.ts';
import { loadData, type RunData, type TaskSource } from '../data/data.ts';
import type { Example } from '../data/example.ts';
import type { Task } from '../data/tasks.ts';
import type { Encoded } from '../kernel/batches.ts';
import { maxTokens, readConfig } from '../model/config.ts';
import { buildPrompt } from '../text/prompts.ts';
import { parseTemplate } from '../text/template.ts';
import { checkVocabulary, labelWordIds, loadTokenizer } from '../text/tokenizer.ts';

export interface KernelInputOptions {
  readonly task: Task;
  /** Checkpoint folder. */
  readonly model: string;
  /** Where the task's data is; not needed by the embedded task. */
  readonly source?: TaskSource;
  /** A file or folder of ready-made draws. */
  readonly splits?: string;
  /** Examples for each class. */
  readonly shots: number;
  readonly seeds: readonly number[];
  /** Evaluate on so many of the test examples, chosen at random once and for all. */
  readonly limit?: number;
}

/** What a kernel is computed on. */
export interface KernelInputs {
  readonly config: EncoderConfig;
  readonly data: RunData;
  /** The test examples that are evaluated. */
  readonly test: readonly Example[];
  /** Every example once: those of all draws' train parts first, then of their dev parts, then the test ones. */
  readonly examples: readonly Example[];
  /** The position of each in that list. */
  readonly positions: ReadonlyMap<Example, number>;
  /** How many of them are training examples of some draw: the kernel's columns. */
  readonly train: number;
  readonly encoded: readonly Encoded[];
  /** Token ids of the label words. */
  readonly labelIds: readonly number[];
  /** Examples that were too long, and the tokens cut from them. */
  readonly truncated: { readonly examples: number; readonly tokens: number };
}

/** Reads data, draws, prompts and tokens. Throws the errors of reading models and data, of prompts and draws. */
export async function kernelInputs(options: KernelInputOptions): Promise<KernelInputs> {
  const { task, model, limit, ...rest } = options;
  const config = await readConfig(model);
  const data = await loadData({ task, ...rest });
  const test = limited(data.test, limit);
  const train = new Set(data.draws.flatMap((draw) => draw.train));
  const examples = [...new Set([...train, ...data.draws.flatMap((draw) => draw.dev), ...test])];
  const positions = new Map(examples.map((example, k) => [example, k]));
  const prompted = await prompt(examples, task, model, config, data);
  return { config, data, test, examples, positions, train: train.size, ...prompted };
}

/** The same random part of the test examples at every run: files often list them by label. */
function limited(test: readonly Example[], limit: number | undefined): readonly Example[] {
  if (limit === undefined || limit >= test.length) return test;
  const chosen = [...permutation(test.length, 0, 'limit')].slice(0, limit).sort((a, b) => a - b);
  return chosen.map((place) => at(test, place));
}

/** Puts texts into a task's prompt, as token ids for a checkpoint. */
export interface Prompter {
  readonly labelIds: readonly number[];
  /** `where` names the example in messages. Throws the errors of {@link buildPrompt}. */
  prompt(example: Pick<Example, 'text' | 'text2'>, where?: string): Encoded & { readonly removedTokens: number };
}

/** Reads a checkpoint's tokenizer. Throws the errors of tokenizers, label words and templates. */
export async function openPrompter(task: Task, model: string, config: EncoderConfig): Promise<Prompter> {
  const tokenizer = await loadTokenizer(model);
  checkVocabulary(tokenizer, config);
  const template = parseTemplate(task.prompt, task);
  const limits = {
    maxTokens: Math.min(task.maxTokens, maxTokens(config)),
    ...(task.cap === undefined ? {} : { cap: task.cap }),
  };
  return {
    labelIds: labelWordIds(tokenizer, task.labels),
    prompt: (example, where) => {
      const place = where === undefined ? {} : { where };
      const { ids, maskPosition, removedTokens } = buildPrompt(template, tokenizer, example, { ...limits, ...place });
      return { ids, place: maskPosition, removedTokens };
    },
  };
}

async function prompt(examples: readonly Example[], task: Task, model: string, config: EncoderConfig, data: RunData) {
  const { labelIds, prompt: encode } = await openPrompter(task, model, config);
  const encoded = examples.map((example) => encode(example, data.places.get(example)));
  const cut = encoded.filter(({ removedTokens }) => removedTokens > 0);
  const tokens = cut.reduce((sum, { removedTokens }) => sum + removedTokens, 0);
  return { labelIds, encoded, truncated: { examples: cut.length, tokens } };
}
