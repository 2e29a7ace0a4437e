import { required } from '../../../errors/index.ts';
import { at, permutation } from '../../../numeric/index.ts';
import type { Columns } from '../../data/columns.ts';
import * as errors from '../../data/dataErrors.ts';
import { type Located, textKey } from '../../data/example.ts';
import type { Fingerprint } from '../../data/fingerprint.ts';
import type { Task } from '../../data/tasks.ts';
import { isFile } from './findData.ts';
import { type Row, type Rows, readRows } from './rows.ts';

/** A pool to draw from and the examples to score on. */
export interface Pool {
  readonly train: readonly Located[];
  readonly test: readonly Located[];
  readonly files: readonly Fingerprint[];
  /** How the data was read and split, in words. */
  readonly description: string;
  /** Where examples without a label were left out. */
  readonly unlabeled: readonly string[];
}

/** Most examples that are held out for test, of all labels together. */
const MOST_HELD_OUT = 1000;

/** Decides what is held out once and for all; never the seed of a draw. */
const HOLD_OUT_SEED = 0;

/**
 * Reads one file of rows. Where no row has a split, a part is held out for test ({@link holdOut}).
 * @throws UserError as {@link readRows}, `lm.bad-split`, `lm.empty-split`, `lm.leaked-examples` or `lm.too-few-shots`.
 */
export async function readPool(path: string, task: Task, k: number, columns?: Columns): Promise<Pool> {
  const { rows, unlabeled: without, format, fingerprint } = await readRows(path, task, { columns });
  const files = [fingerprint];
  const unlabeled = without.map(({ where }) => where);
  if (rows.every(({ split }) => split === undefined)) {
    const parts = holdOut(rows, task, k, path);
    const description = `${format} without split: ${parts.test.length} of ${rows.length} examples held out for test`;
    return { ...parts, files, description, unlabeled };
  }
  const part = (name: 'train' | 'test') => partOf({ rows, unlabeled: without }, name, path);
  const [train, test] = [part('train'), part('test')];
  refuseLeaks(train, test);
  return { train, test, files, description: `${format} with split`, unlabeled };
}

/**
 * Reads train pool and test examples from two files. A row with a split must be of its file's part.
 * @throws UserError as {@link readPool}.
 */
export async function readTwoFiles(
  paths: { readonly train: string; readonly test: string },
  task: Task,
  columns?: Columns,
): Promise<Pool> {
  const read = async (part: 'train' | 'test') => {
    const path = paths[part];
    if (!(await isFile(path, `the ${part} examples of task '${task.name}'`))) throw errors.unknownFormat(path);
    const { rows, unlabeled, fingerprint } = await readRows(path, task, { columns });
    for (const row of rows) if (row.split !== undefined && row.split !== part) throw badSplitOf(row, [part]);
    return { rows, unlabeled: unlabeled.map(({ where }) => where), fingerprint };
  };
  const [train, test] = [await read('train'), await read('test')];
  refuseLeaks(train.rows, test.rows);
  return {
    train: train.rows,
    test: test.rows,
    files: [train.fingerprint, test.fingerprint],
    description: 'one file for train, one for test',
    unlabeled: [...train.unlabeled, ...test.unlabeled],
  };
}

/**
 * Reads the test examples alone: those with split test, or all where no row has a split.
 * @throws UserError as {@link readPool}.
 */
export async function readTest(
  path: string,
  task: Task,
  columns?: Columns,
): Promise<{
  readonly test: readonly Located[];
  readonly fingerprint: Fingerprint;
  readonly unlabeled: readonly string[];
}> {
  const { rows, unlabeled, fingerprint } = await readRows(path, task, { columns });
  const whole = rows.every(({ split }) => split === undefined);
  const test = whole ? rows : partOf({ rows, unlabeled }, 'test', path);
  const left = unlabeled.filter(({ split }) => whole || split === 'test');
  return { test, fingerprint, unlabeled: left.map(({ where }) => where) };
}

/**
 * Splits examples into a pool and a held-out part: of each label's different texts at most half, at most its share
 * of a thousand, and never so many that fewer than 2k remain; the same ones at every run, and for a larger k a part of
 * those for a smaller one. Copies of a text stay on one side.
 * @throws UserError `lm.too-few-shots`.
 */
export function holdOut(
  examples: readonly Located[],
  task: Task,
  k: number,
  path: string,
): { readonly train: readonly Located[]; readonly test: readonly Located[] } {
  const labelOf = new Map<string, string>();
  for (const { example } of examples) {
    const key = textKey(example);
    if (!labelOf.has(key)) labelOf.set(key, example.label);
  }
  const heldOut = new Set<string>();
  for (const { name } of task.labels) {
    const keys = [...labelOf].filter(([, label]) => label === name).map(([key]) => key);
    if (keys.length < 2 * k + 1) throw errors.tooFewToHoldOut(path, name, keys.length, k);
    const share = Math.max(1, Math.round((MOST_HELD_OUT * keys.length) / labelOf.size));
    const size = Math.min(Math.floor(keys.length / 2), share, keys.length - 2 * k);
    for (const index of permutation(keys.length, HOLD_OUT_SEED, `held out/${name}`).slice(0, size)) {
      heldOut.add(at(keys, index));
    }
  }
  const isHeldOut = ({ example }: Located) => heldOut.has(textKey(example));
  return {
    train: examples.filter((located) => !isHeldOut(located)),
    test: examples.filter(isHeldOut),
  };
}

function partOf({ rows, unlabeled }: Pick<Rows, 'rows' | 'unlabeled'>, part: 'train' | 'test', path: string) {
  for (const row of rows) if (row.split !== 'train' && row.split !== 'test') throw badSplitOf(row, ['train', 'test']);
  const found = rows.filter(({ split }) => split === part);
  if (found.length === 0) {
    throw errors.emptySplit(path, part, unlabeled.filter(({ split }) => split === part).length);
  }
  return found;
}

function badSplitOf({ where, split, seed }: Row, expected: readonly string[]) {
  return errors.badSplit(where, split, expected, seed !== undefined);
}

function refuseLeaks(train: readonly Located[], test: readonly Located[]): void {
  const places = new Map(train.map(({ example, where }) => [textKey(example), where]));
  const leaked = test.filter(({ example }) => places.has(textKey(example)));
  const [first] = leaked;
  if (first === undefined) return;
  const { example, where } = first;
  throw errors.leakedExamples(
    where,
    required(places.get(textKey(example)), 'place of a text'),
    example.text,
    leaked.length,
  );
}
