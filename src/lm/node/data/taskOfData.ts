/** A task made for a data file, with what its own file would hold. */

import { basename, dirname, relative, resolve } from 'node:path';
import { type Columns, columnNames } from '../../data/columns.ts';
import { MOST_CLASSES, noClasses } from '../../data/guessErrors.ts';
import { guessTask } from '../../data/guessTask.ts';
import type { Task } from '../../data/tasks.ts';
import { readConfig } from '../../model/config.ts';
import { openChat } from '../../text/chatPrompts.ts';
import { loadTokenizer } from '../../text/tokenizer.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { nativeTokenizer } from '../text/nativeTokenizer.ts';
import type { TaskSource } from './data.ts';
import { formatOf, readLabels } from './rows.ts';
import { EMBEDDED, parseTask } from './taskFile.ts';

/** Whether an argument names a data file, by its ending, and not a task. */
export const isDataFile = (argument: string): boolean => formatOf(argument) !== undefined;

/** A task made for a data file: prompt and words that were found. */
export interface TaskOfData {
  readonly task: Task;
  readonly data: TaskSource;
  /** How prompt and words were found, and what a person could do better. */
  readonly remarks: readonly string[];
  /** The text of a task file at this path, which {@link loadTask} reads as this task. */
  textAt(path: string): string;
}

/**
 * Makes a task for a file of rows: classes from its labels, a prompt, and words that are tokens of the model
 * (guessTask.ts). `columns` with a second text makes it a task of pairs; `chat` says that the words begin the answers of the
 * model's chat template.
 *
 * Throws the errors of reading data and tokenizers, UserError `lm.no-classes`, and those of {@link openChat}.
 */
export async function taskOfData(
  path: string,
  model: string,
  columns: Columns = {},
  chat = false,
): Promise<TaskOfData> {
  const pair = columns.text2 !== undefined;
  const labels = await readLabels(path, pair, columns);
  const classes = [...new Set(labels)].filter((label) => label.trim() !== '');
  if (classes.length < 2 || classes.length > MOST_CLASSES) {
    throw noClasses(path, columnNames(columns).label, classes, labels.length);
  }
  const files = checkpointFolder(model);
  const tokenizer = await loadTokenizer(files, nativeTokenizer);
  const { wordTokens } = chat ? (await openChat(tokenizer)).words : tokenizer;
  const { task: guessed, remarks } = await guessTask({
    classes,
    pair,
    config: await readConfig(files),
    idOf: async (word) => (await wordTokens(word)).id,
  });
  const name = basename(path).replace(/\.\w+(\.gz)?$/i, '');
  const json = {
    name: name === EMBEDDED ? `my-${name}` : name,
    prompt: guessed.prompt,
    labels: guessed.labels.map(({ name, word }) => ({ name, word })),
    ...(guessed.drop ? { drop: true } : {}),
    ...(guessed.lower ? { lower: true } : {}),
    ...(Object.keys(columns).length === 0 ? {} : { columns: { ...columns } }),
  };
  const { task } = parseTask(Object.fromEntries(Object.entries(json).filter(([key]) => key !== 'columns')), path);
  return {
    task,
    data: { path, columns },
    remarks,
    textAt: (file) => {
      const data = relative(dirname(resolve(file)), resolve(path));
      return `${JSON.stringify({ ...json, data }, undefined, 2)}\n`;
    },
  };
}
