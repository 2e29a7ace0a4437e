/**
 * One process per run folder.
 *
 * The lock is a folder `lock` that holds one file, named by a token that is never used again and saying which process
 * the owner is. It is made beside and renamed: a folder can be renamed over an empty one only, so that of several
 * processes one succeeds, and the lock has its owner from the first moment.
 *
 * A lock whose process is gone is emptied and then contended for like a free one. Since the file's name is the dead
 * owner's own, whoever acts on old knowledge removes nothing: with one lock file of a fixed name, a second process that
 * had seen the dead owner too would delete the lock of the first.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { temporaryName, writeNew } from './atomicWrite.ts';
import * as errors from './errors.ts';
import { failureCode } from './failureCode.ts';
import { attempt, type FileSystem, tolerate } from './files.ts';
import { isJsonObject } from './json.ts';
import * as notices from './notices.ts';
import { isGone, isVisible, ownMark, type ProcessMark } from './processes.ts';

/** The right to be the only process on a folder. */
export interface Lock {
  /** Gives it back; tells whether the lock could be removed. */
  release(): Promise<boolean>;
}

/** The name of the lock in a run folder. */
export const LOCK = 'lock';

interface Owner {
  /** Its file within the lock. */
  readonly path: string;
  readonly mark: ProcessMark;
  readonly since: string;
}

/** Losing a race means that another process won it, so that a few turns end in the lock or in its holder's name. */
const MAX_TURNS = 50;

/** By owner file of this process, how to remove it if the process exits before it is given back. */
const held = new Map<string, () => void>();

/** Owner files of this process that are no longer meant but could not be removed: its own process does not count. */
const abandoned = new Set<string>();

/**
 * Takes the lock of a folder, over from a process that is gone if need be.
 * @throws UserError `runs.locked`, `runs.unclear-lock` or `runs.write-failed`.
 */
export async function takeLock(files: FileSystem, folder: string, notify: (text: string) => void): Promise<Lock> {
  try {
    const own = ownMark();
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const stale = await clearStale(files, folder, own);
      const taken = await contend(files, folder, own);
      if (taken === undefined) continue;
      if (stale !== undefined) notify(notices.lockTakenOver(stale.mark.pid));
      return taken;
    }
  } catch (cause) {
    throw errors.writeFailed(join(folder, LOCK), undefined, cause);
  }
  throw errors.unclearLock(folder, 'it changes hands all the time');
}

/** Empties the lock if its owner is gone; gives that owner. */
async function clearStale(files: FileSystem, folder: string, own: ProcessMark): Promise<Owner | undefined> {
  const owner = await readOwner(files, folder);
  if (owner !== undefined) {
    const { mark, since, path } = owner;
    if (!abandoned.has(path) && !isGone(mark, own)) {
      throw errors.locked(folder, mark.pid, since, isVisible(mark, own) ? undefined : mark.host);
    }
    await tolerate(['ENOENT'], files.removeFile(path));
  }
  // Windows renames a folder over none only; taking an empty one away harms nobody.
  await tolerate(['ENOENT', 'ENOTEMPTY', 'EEXIST'], files.removeFolder(join(folder, LOCK)));
  return owner;
}

/** Who holds the lock; undefined when it is free. */
async function readOwner(files: FileSystem, folder: string): Promise<Owner | undefined> {
  const lock = join(folder, LOCK);
  try {
    const [entry, ...others] = await files.list(lock);
    if (entry === undefined) return undefined;
    if (others.length > 0 || entry.isFolder) throw errors.unclearLock(folder, 'it holds what nexort did not write');
    const path = join(lock, entry.name);
    const owner = parseOwner(path, new TextDecoder().decode(await files.read(path)));
    if (owner === undefined) throw errors.unclearLock(folder, `${entry.name} in it does not name a process`);
    return owner;
  } catch (cause) {
    // Absent, or given back between the two reads.
    if (failureCode(cause) === 'ENOENT') return undefined;
    if (failureCode(cause) === 'ENOTDIR') throw errors.unclearLock(folder, 'it is not a folder');
    throw cause;
  }
}

function parseOwner(path: string, text: string): Owner | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { pid, host, boot, space, started, since } = value;
  const orNull = (field: unknown) => (typeof field === 'string' ? field : null);
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string') return undefined;
  return { path, mark: { pid, host, boot: orNull(boot), space: orNull(space), started: orNull(started) }, since };
}

/** Tries to make a free lock ours; undefined when another process was faster. */
async function contend(files: FileSystem, folder: string, own: ProcessMark): Promise<Lock | undefined> {
  const lock = join(folder, LOCK);
  const candidate = join(folder, temporaryName());
  const name = `${own.pid}-${randomUUID()}.json`;
  const text = JSON.stringify({ ...own, since: new Date().toISOString() });
  const ours = hold(files, lock, candidate, name);
  let taken = false;
  try {
    await files.makeFolder(candidate);
    await writeNew(files, join(candidate, name), [new TextEncoder().encode(`${text}\n`)]);
    await files.rename(candidate, lock);
    // A holder that swept leftovers may have emptied the candidate just before it was renamed.
    taken = (await files.list(lock)).some((entry) => entry.name === name);
  } catch (cause) {
    if (!(await isLost(files, folder, failureCode(cause)))) throw cause;
  } finally {
    if (!taken) {
      await ours.release();
      await attempt(files.removeFile(join(candidate, name)));
      await attempt(files.removeFolder(candidate));
    }
  }
  return taken ? ours : undefined;
}

/** Whether a failure means that another process was faster. */
async function isLost(files: FileSystem, folder: string, code: string | undefined): Promise<boolean> {
  switch (code) {
    case 'ENOTEMPTY':
    case 'EEXIST':
    case 'ENOENT':
      return true;
    // Windows says so of a folder that is not empty.
    case 'EPERM':
    case 'EACCES':
      return (await readOwner(files, folder)) !== undefined;
    default:
      return false;
  }
}

/** The lock whose owner file has this name; gives it back when the process exits, too. */
function hold(files: FileSystem, lock: string, candidate: string, name: string): Lock {
  const path = join(lock, name);
  if (held.size === 0) process.on('exit', releaseAll);
  held.set(path, () => {
    // A renaming that is under way still takes place after the exit: what it would move goes first.
    files.removeNow(join(candidate, name), candidate);
    files.removeNow(path, lock);
  });
  return {
    release: async () => {
      try {
        await tolerate(['ENOENT'], files.removeFile(path));
      } catch {
        abandoned.add(path);
        return false;
      }
      held.delete(path);
      if (held.size === 0) process.off('exit', releaseAll);
      await attempt(files.removeFolder(lock));
      return true;
    },
  };
}

function releaseAll(): void {
  for (const release of held.values()) release();
}
