import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as errors from '../../data/dataErrors.ts';
import type { Task } from '../../data/tasks.ts';
import { errorCode, reasonOf } from '../errorCode.ts';
import { formatOf } from './rows.ts';

/** What a path leads to: a file of rows, or a task's folder of LM-BFF draws, `<k>-<seed>/train.tsv` and so on. */
export type FoundData =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'draws'; readonly path: string };

/** LM-BFF's name of a draw's folder. */
export const DRAW_FOLDER = /^(\d+)-(\d+)$/;

/**
 * The data of a task at a path: the file itself, or what a folder holds for the task by name, whatever its letter case,
 * and with the punctuation of LM-BFF's folders ignored (`SST-2`, `sst2`).
 * @throws UserError `lm.missing-file` or `lm.ambiguous-data`; UnsupportedError `lm.unknown-format`.
 */
export async function findData(path: string, task: Task): Promise<FoundData> {
  if (await isFile(path, `a file or folder with the data of task '${task.name}'`)) {
    if (formatOf(path) === undefined) throw errors.unknownFormat(path);
    return { kind: 'file', path };
  }
  const found = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const folders = found.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const draws = folders.some((name) => DRAW_FOLDER.test(name));
  const candidates: FoundData[] = [
    ...found
      .filter((entry) => !entry.isDirectory() && isFileOf(entry.name, task.name))
      .map(({ name }): FoundData => ({ kind: 'file', path: join(path, name) })),
    ...folders
      .filter((name) => plainName(name) === plainName(task.name))
      .map((name): FoundData => ({ kind: 'draws', path: join(path, name) })),
    ...(draws && plainName(basename(resolve(path))) === plainName(task.name) ? [{ kind: 'draws', path } as const] : []),
  ];
  const [only] = candidates;
  if (only === undefined) {
    throw errors.missingTaskData(
      path,
      task.name,
      found.map(({ name }) => name),
    );
  }
  if (candidates.length > 1) {
    throw errors.ambiguousData(
      path,
      task.name,
      candidates.map((candidate) => candidate.path),
    );
  }
  return only;
}

/**
 * Whether a path is a file and no folder.
 * @throws UserError `lm.missing-file` when it is neither, or `lm.unreadable-data`.
 */
export async function isFile(path: string, expected: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw errors.missingPath(path, expected);
    throw errors.unreadableData(path, reasonOf(cause));
  }
}

function isFileOf(name: string, task: string): boolean {
  return formatOf(name) !== undefined && name.replace(/\.\w+(\.gz)?$/i, '').toLowerCase() === task.toLowerCase();
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
