import * as errors from '../../data/dataErrors.ts';
import type { ReadyDraws } from '../../data/draws.ts';
import type { Located } from '../../data/example.ts';
import { unlabeledDraw } from '../../data/labelErrors.ts';
import type { Task } from '../../data/tasks.ts';
import { findData, isFile } from './findData.ts';
import { readLmBff } from './lmBff.ts';
import { formatOf, type Row, readRows } from './rows.ts';

/**
 * Reads ready-made draws from JSON lines with `seed` and `split` (train or dev) on each line, `<task>.jsonl` in a
 * folder or the file itself, or from LM-BFF's folders. Each must have k examples of each label for train; dev may be
 * of another size (published ones are where a label is rare).
 * @throws UserError with file and line, `lm.missing-draw`, `lm.wrong-shots`, `lm.empty-dev`; UnsupportedError.
 */
export async function readSplits(path: string, task: Task, k: number, seeds: readonly number[]): Promise<ReadyDraws> {
  if ((await isFile(path, `draws of task '${task.name}'`)) && formatOf(path) !== 'jsonl') {
    throw errors.unsupportedSplits(path);
  }
  const found = await findData(path, task);
  if (found.kind === 'draws') return checked(await readLmBff(found.path, task, k, seeds), task, k);
  if (formatOf(found.path) !== 'jsonl') throw errors.unsupportedSplits(found.path);
  return checked(await readJsonDraws(found.path, task, k, seeds), task, k);
}

/**
 * Requires k examples of each label for train, and at least one for dev.
 * @throws UserError `lm.wrong-shots` or `lm.empty-dev`.
 */
export function checked(ready: ReadyDraws, task: Task, k: number): ReadyDraws {
  for (const { train, dev, where } of ready.draws) {
    const labels = task.labels.map(({ name }) => name);
    const counts = labels.map((label) => [label, ofLabel(train, label)] as const);
    if (counts.some(([, size]) => size !== k)) throw errors.wrongShots(where, k, counts);
    const absent = labels.find((label) => ofLabel(dev, label) === 0);
    if (absent !== undefined) throw errors.emptyDev(where, absent);
  }
  return ready;
}

function ofLabel(examples: readonly Located[], label: string): number {
  return examples.filter(({ example }) => example.label === label).length;
}

async function readJsonDraws(path: string, task: Task, k: number, seeds: readonly number[]): Promise<ReadyDraws> {
  const { rows, unlabeled, fingerprint } = await readRows(path, task, { allowEmpty: true });
  const [without] = unlabeled;
  if (without !== undefined) throw unlabeledDraw(without.where);
  const bySeed = new Map<number, { train: Row[]; dev: Row[] }>();
  for (const row of rows) {
    const { seed, split, where } = row;
    if (typeof seed !== 'number' || !Number.isSafeInteger(seed)) throw errors.missingSeed(where, seed);
    if (split !== 'train' && split !== 'dev') throw errors.badSplit(where, split, ['train', 'dev'], false);
    const draw = bySeed.get(seed) ?? { train: [], dev: [] };
    bySeed.set(seed, draw);
    draw[split].push(row);
  }
  const draws = seeds.map((seed) => {
    const draw = bySeed.get(seed);
    if (draw === undefined)
      throw errors.missingDraw(
        path,
        k,
        seed,
        [...bySeed.keys()].sort((a, b) => a - b),
      );
    return { ...draw, seed, where: `${path}, seed ${seed},` };
  });
  return { draws, files: [fingerprint], description: 'ready-made draws' };
}
