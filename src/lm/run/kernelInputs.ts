/** From a task's examples to the token ids that a kernel is computed on. */

import { required } from '../../errors/index.ts';
import type { LanguageModelConfig } from '../../nets/index.ts';
import { at, permutation } from '../../numeric/index.ts';
import type { Example } from '../data/example.ts';
import { taskFor } from '../data/nextWordPrompts.ts';
import type { RunData } from '../data/runData.ts';
import type { Task } from '../data/tasks.ts';
import type { Encoded } from '../kernel/batches.ts';
import { maxTokens } from '../model/config.ts';
import { buildChat, openChat } from '../text/chatPrompts.ts';
import { buildPlain, buildPrompt } from '../text/prompts.ts';
import { parseTemplate, type Template } from '../text/template.ts';
import { checkVocabulary, labelWordIds, type PromptTokenizer } from '../text/tokenizer.ts';
import { PROMPT, type Setting, usesChatTemplate } from './setting.ts';

/** A task, its draws, a tokenizer and a model's configuration, from which token ids are made. */
export interface AssembleOptions {
  readonly task: Task;
  readonly tokenizer: PromptTokenizer;
  readonly config: LanguageModelConfig;
  readonly data: RunData;
  /** Evaluate on so many of the test examples, chosen at random once and for all. */
  readonly limit?: number;
  /** By default that of prompts. */
  readonly setting?: Setting;
}

/** What a kernel is computed on. */
export interface KernelInputs {
  readonly config: LanguageModelConfig;
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
  /** Token ids of the label words; none without a prompt. */
  readonly labelIds: readonly number[];
  /** Examples that were too long, and the tokens cut from them. */
  readonly truncated: { readonly examples: number; readonly tokens: number };
}

/** Puts all examples into the task's prompt, or takes them as they are in a setting without. Throws the errors of {@link prompterOf} and of prompts. */
export async function assembleInputs(options: AssembleOptions): Promise<KernelInputs> {
  const { task, tokenizer, config, data, limit, setting } = options;
  const test = limited(data.test, limit);
  const train = new Set(data.draws.flatMap((draw) => draw.train));
  const examples = [...new Set([...train, ...data.draws.flatMap((draw) => draw.dev), ...test])];
  const positions = new Map(examples.map((example, k) => [example, k]));
  const { labelIds, prompt } = await prompterOf(task, tokenizer, config, setting);
  const encoded: Prompted[] = [];
  for (const example of examples) encoded.push(await prompt(example, data.places.get(example)));
  const cut = encoded.filter(({ removedTokens }) => removedTokens > 0);
  const tokens = cut.reduce((sum, { removedTokens }) => sum + removedTokens, 0);
  const truncated = { examples: cut.length, tokens };
  return { config, data, test, examples, positions, train: train.size, labelIds, encoded, truncated };
}

/** The part of the inputs that one draw needs: its train and dev parts, and the test examples. */
export function inputsOfDraw(inputs: KernelInputs, draw: RunData['draws'][number]): KernelInputs {
  const train = new Set(draw.train);
  const examples = [...new Set([...train, ...draw.dev, ...inputs.test])];
  return {
    ...inputs,
    data: { ...inputs.data, draws: [draw] },
    examples,
    positions: new Map(examples.map((example, k) => [example, k])),
    train: train.size,
    encoded: examples.map((example) =>
      at(inputs.encoded, required(inputs.positions.get(example), 'position of an example')),
    ),
  };
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
  prompt(example: Pick<Example, 'text' | 'text2'>, where?: string): Promise<Prompted>;
}

/** A text in its prompt. */
export interface Prompted extends Encoded {
  /** Tokens of text that did not fit. */
  readonly removedTokens: number;
}

/**
 * The prompt of a task with a checkpoint's tokenizer; in a setting without prompts, the texts alone, and no label words.
 * Throws the errors of vocabularies, label words and templates, and those of {@link openChat}.
 */
export async function prompterOf(
  task: Task,
  tokenizer: PromptTokenizer,
  config: LanguageModelConfig,
  setting: Setting = PROMPT,
): Promise<Prompter> {
  checkVocabulary(tokenizer, config);
  if (setting.kind !== 'prompt') return plainTexts(task, tokenizer, config);
  const asked = taskFor(task, config);
  const template = parseTemplate(asked.prompt, asked);
  if (usesChatTemplate(setting)) return chatPrompter(asked, template, tokenizer, config);
  const limits = {
    maxTokens: Math.min(task.maxTokens, maxTokens(config)),
    ...(task.cap === undefined ? {} : { cap: task.cap }),
  };
  return {
    labelIds: await labelWordIds(tokenizer, asked.labels),
    prompt: async (example, where) => {
      const place = where === undefined ? {} : { where };
      const {
        ids,
        place: at,
        removedTokens,
      } = await buildPrompt(template, tokenizer, example, {
        ...limits,
        ...place,
      });
      return { ids, place: at, removedTokens };
    },
  };
}

/** The prompt as the user's message of a conversation; a task's limits are those of the message. */
async function chatPrompter(
  { maxTokens: own, cap, labels }: Task,
  template: Template,
  tokenizer: PromptTokenizer,
  config: LanguageModelConfig,
): Promise<Prompter> {
  const chat = await openChat(tokenizer);
  const limits = { maxTokens: own, most: maxTokens(config), ...(cap === undefined ? {} : { cap }) };
  const { labelWordId } = chat.words;
  return {
    labelIds: await labelWordIds({ token: tokenizer.token, labelWordId }, labels),
    prompt: (example, where) =>
      buildChat(template, tokenizer, chat, example, Object.assign({}, limits, where === undefined ? {} : { where })),
  };
}

/** Texts without a prompt, to their length: the cap of the first is one of prompts. */
function plainTexts(task: Task, tokenizer: PromptTokenizer, config: LanguageModelConfig): Prompter {
  const most = Math.min(task.maxTokens, maxTokens(config));
  return {
    labelIds: [],
    prompt: async (example, where) => {
      const limits = { maxTokens: most, ...(where === undefined ? {} : { where }) };
      const { ids, removedTokens } = await buildPlain(task.pair, tokenizer, example, limits);
      return { ids, place: 0, removedTokens };
    },
  };
}
