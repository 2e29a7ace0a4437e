/** The task that a command is given: by name, by a task file, or by a data file, for which one is made. */

import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import {
  type Columns,
  DRAW_SEEDS,
  type LabelValues,
  readConfig,
  type Task,
  taskFor,
  withLabelValues,
} from '../lm/index.ts';
import {
  checkpointFolder,
  isDataFile,
  loadTask,
  type TaskOfData,
  type TaskSource,
  taskOfData,
} from '../lm/node/index.ts';
import { nodeFiles, writeAtomically } from '../runs/index.ts';
import type { ChatOption } from './chatOption.ts';
import { columns, labelValues } from './columnsOption.ts';
import * as errors from './errors.ts';
import { refuseIdle } from './idleOptions.ts';

/** The options that say what the task is and where its data. */
export interface TaskOptions extends ChatOption {
  readonly data?: string;
  readonly columns?: Columns;
  readonly label?: string;
  readonly text?: string;
  readonly text2?: string;
}

/** A task's options with those that say which of its examples are drawn. */
export interface DrawnTaskOptions extends TaskOptions {
  readonly labels?: LabelValues;
  readonly splits?: string;
  readonly seeds?: readonly number[];
}

/** Draws of the embedded task, which is for a first look. */
const FIRST_LOOK_SEEDS = 3;

/** Adds the task as an argument, with the options that say where its data are. */
export function addTaskOptions(command: Command): Command {
  return command
    .argument(
      '[task]',
      "a task's name (nexort tasks lists them), your data as .csv, .tsv or .jsonl, or a task of your own as a JSON file",
      'afinn',
    )
    .option('--label <column>', 'with your data as the task: its column of labels (default: label)')
    .option('--text <column>', 'with your data as the task: its column of texts (default: text)')
    .option('--text2 <column>', 'with your data as the task: its column of second texts, if it compares two')
    .option('--data <path>', 'file or folder with the data: JSON lines, CSV, TSV, LM-BFF folders (docs/data.md)')
    .option('--columns <names>', 'columns of your data, such as label=topic,text=message', columns)
    .option('--labels <values>', 'what stands for labels in your data, such as 0=negative,1=positive', labelValues);
}

/** Throws {@link UserError} `cli.idle-option` for columns of a task that names them itself. */
export function refuseIdleColumns(command: Command, task: string, { data }: TaskOptions): void {
  const ofTheirOwn = data === undefined && !isDataFile(task);
  refuseIdle(command, [
    {
      option: 'columns',
      reason: ofTheirOwn ? 'it is of --data; of its own data a task names them itself' : undefined,
    },
  ]);
}

/**
 * The task with where its examples are and which draws of them a run makes. Throws {@link UserError}
 * `cli.labels-without-data`, and what {@link givenTask} throws.
 */
export async function drawnTask(argument: string, options: DrawnTaskOptions, model: string) {
  const { task: known, source, made } = await givenTask(argument, options, model);
  const task = options.labels === undefined ? known : withLabelValues(known, options.labels);
  const embedded = source === undefined && options.splits === undefined && task.name === 'afinn';
  if (embedded && options.labels !== undefined) throw errors.labelsWithoutData();
  const run = {
    task,
    ...(source === undefined ? {} : { source }),
    ...(options.splits === undefined ? {} : { splits: options.splits }),
    seeds: options.seeds ?? (embedded ? DRAW_SEEDS.slice(0, FIRST_LOOK_SEEDS) : DRAW_SEEDS),
  };
  return { run, embedded, made };
}

export interface GivenTask {
  readonly task: Task;
  readonly source?: TaskSource;
  /** Where the task was made for a data file. */
  readonly made?: TaskOfData;
}

/**
 * Reads or makes the task, as the model is asked it. Throws {@link UserError} `cli.columns-of-a-task` and `cli.data-twice`, and the errors of task
 * files and of making a task.
 */
export async function givenTask(argument: string, options: TaskOptions, model: string): Promise<GivenTask> {
  const { task, ...rest } = await namedTask(argument, options, model);
  return { task: taskFor(task, await readConfig(checkpointFolder(model))), ...rest };
}

async function namedTask(argument: string, options: TaskOptions, model: string): Promise<GivenTask> {
  const { data: path, columns, label, text, text2, chatTemplate } = options;
  const named = Object.entries({ label, text, text2 }).filter(([, name]) => name !== undefined);
  if (isDataFile(argument)) {
    if (path !== undefined) throw errors.dataTwice(argument, path);
    const made = await taskOfData(argument, model, { ...columns, ...Object.fromEntries(named) }, chatTemplate);
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
