/** The tasks known by name as a model is asked them, with the tokens of their words. */

import { type Family, familyOf } from '../../../nets/index.ts';
import { taskFor } from '../../data/nextWordPrompts.ts';
import { TASKS, type Task } from '../../data/tasks.ts';
import { readConfig } from '../../model/config.ts';
import { openChat } from '../../text/chatPrompts.ts';
import type { LabelWords } from '../../text/labelWords.ts';
import { type LabelWord, loadTokenizer, type PromptTokenizer } from '../../text/tokenizer.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { nativeTokenizer } from '../text/nativeTokenizer.ts';

/** A label word in a model's vocabulary. */
export interface LabelTokens extends LabelWord {
  /** In the vocabulary's own spelling. */
  readonly tokens: readonly string[];
  /** Where the word is one known token. */
  readonly id?: number;
  /** Where it is not: words that are. */
  readonly alternatives?: readonly string[];
}

/** A task as a model is asked it, with the tokens of its label words. */
export interface TaskOfModel extends Omit<Task, 'labels'> {
  readonly labels: readonly LabelTokens[];
}

/** All tasks as a model is asked them. */
export interface TasksOfModel {
  readonly predicts: Family['predicts'];
  readonly tasks: readonly TaskOfModel[];
  /** What the model's chat template makes of a prompt, `{prompt}`, with the label word behind it, `{word}`. */
  readonly chat?: string;
}

/** With `chat`, prompts go through the model's chat template. Throws the errors of reading config.json, tokenizers and chat templates. */
export async function tasksOfModel(folder: string, chat = false): Promise<TasksOfModel> {
  const files = checkpointFolder(folder);
  const config = await readConfig(files);
  const tokenizer = await loadTokenizer(files, nativeTokenizer);
  const opened = chat ? await openChat(tokenizer) : undefined;
  const words = opened === undefined ? tokenizer : opened.words;
  const known = new Map<string, LabelTokens>();
  const tasks: TaskOfModel[] = [];
  for (const task of TASKS.map((one) => taskFor(one, config))) {
    const labels: LabelTokens[] = [];
    for (const { name, word } of task.labels) {
      const found = known.get(word) ?? (await labelTokens(words, tokenizer, word));
      known.set(word, found);
      labels.push(Object.assign({}, found, { name }));
    }
    tasks.push(Object.assign({}, task, { labels }));
  }
  const { predicts } = familyOf(config);
  return { predicts, tasks, ...(opened === undefined ? {} : { chat: opened.form }) };
}

async function labelTokens(words: LabelWords, { token }: PromptTokenizer, word: string): Promise<LabelTokens> {
  const { ids, id } = await words.wordTokens(word);
  const found = { name: '', word, tokens: ids.map(token) };
  return id === undefined ? { ...found, alternatives: await words.wordsLike(word) } : { ...found, id };
}
