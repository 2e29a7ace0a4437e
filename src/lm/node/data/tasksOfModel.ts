/** The tasks known by name as a model is asked them, with the tokens of their words. */

import { type Family, familyOf } from '../../../nets/index.ts';
import { taskFor } from '../../data/nextWordPrompts.ts';
import { TASKS, type Task } from '../../data/tasks.ts';
import { readConfig } from '../../model/config.ts';
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

/** Throws the errors of reading config.json and tokenizers. */
export async function tasksOfModel(
  folder: string,
): Promise<{ readonly predicts: Family['predicts']; readonly tasks: readonly TaskOfModel[] }> {
  const files = checkpointFolder(folder);
  const config = await readConfig(files);
  const tokenizer = await loadTokenizer(files, nativeTokenizer);
  const known = new Map<string, LabelTokens>();
  const tasks: TaskOfModel[] = [];
  for (const task of TASKS.map((one) => taskFor(one, config))) {
    const labels: LabelTokens[] = [];
    for (const { name, word } of task.labels) {
      const found = known.get(word) ?? (await labelTokens(tokenizer, word));
      known.set(word, found);
      labels.push(Object.assign({}, found, { name }));
    }
    tasks.push(Object.assign({}, task, { labels }));
  }
  return { predicts: familyOf(config).predicts, tasks };
}

async function labelTokens(tokenizer: PromptTokenizer, word: string): Promise<LabelTokens> {
  const { ids, id } = await tokenizer.wordTokens(word);
  const found = { name: '', word, tokens: ids.map(tokenizer.token) };
  return id === undefined ? { ...found, alternatives: await tokenizer.wordsLike(word) } : { ...found, id };
}
