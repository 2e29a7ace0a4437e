/** The task that `nexort kernel` is given: by name, by a task file, or by a data file, for which one is made. */

import { readFile } from 'node:fs/promises';
import type { Columns, Task } from '../lm/index.ts';
import { isDataFile, loadTask, type TaskOfData, type TaskSource, taskOfData } from '../lm/node/index.ts';
import { nodeFiles, writeAtomically } from '../runs/index.ts';
import * as errors from './errors.ts';

/** The options that say what the task is and where its data. */
export interface TaskOptions {
  readonly data?: string;
  readonly columns?: Columns;
  readonly label?: string;
  readonly text?: string;
  readonly text2?: string;
}

export interface GivenTask {
  readonly task: Task;
  readonly source?: TaskSource;
  /** Where the task was made for a data file. */
  readonly made?: TaskOfData;
}

/**
 * Reads or makes the task. Throws {@link UserError} `cli.columns-of-a-task` and `cli.data-twice`, and the errors of task
 * files and of making a task.
 */
export async function givenTask(argument: string, options: TaskOptions, model: string): Promise<GivenTask> {
  const { data: path, columns, label, text, text2 } = options;
  const named = Object.entries({ label, text, text2 }).filter(([, name]) => name !== undefined);
  if (isDataFile(argument)) {
    if (path !== undefined) throw errors.dataTwice(argument, path);
    const made = await taskOfData(argument, model, { ...columns, ...Object.fromEntries(named) });
    return { task: made.task, source: made.data, made };
  }
  if (named.length > 0) {
    throw errors.columnsOfATask(
      argument,
      named.map(([part, name]) => ({ part, name: name ?? '' })),
    );
  }
  const { task, data } = await loadTask(argument);
  const source = path === undefined ? data : { path, ...(columns === undefined ? {} : { columns }) };
  return { task, ...(source === undefined ? {} : { source }) };
}

/** The task file beside a run folder. */
export const taskFileOf = (out: string): string => `${out.replace(/[\\/]+$/, '')}.task.json`;

/**
 * Writes the file of a task that was made, unless one is there, which may have been edited since; says what there is to
 * know about it.
 */
export async function writeTaskFile(made: TaskOfData, out: string): Promise<readonly string[]> {
  const path = taskFileOf(out);
  const text = made.textAt(path);
  const there = await readFile(path, 'utf8').catch(() => undefined);
  if (there !== undefined && there !== text) {
    return [`'${path}' is there and has been changed: it is not this run's task. With it:  nexort kernel ${path}`];
  }
  if (there === undefined) await writeAtomically(nodeFiles, path, [new TextEncoder().encode(text)]);
  const { task, remarks } = made;
  const words = task.labels.map(({ name, word }) => (name === word ? name : `${name}: ${word}`)).join(', ');
  return [
    `task '${task.name}' with prompt ${task.prompt} and words ${words}`,
    ...remarks,
    `it is written to '${path}': edit it, and give it in place of the data:  nexort kernel ${path}`,
  ];
}
