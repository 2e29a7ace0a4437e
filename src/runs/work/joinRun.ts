/** A run as its workers open it: beside one another, without its lock, and never taking away what another may need. */

import { join, resolve } from 'node:path';
import { temporaryName, writeNew } from '../atomicWrite.ts';
import { type BlockStore, createBlockStore } from '../blockStore.ts';
import * as errors from '../errors.ts';
import { failureCode } from '../failureCode.ts';
import { attempt, type FileSystem, nodeFiles } from '../files.ts';
import { differences } from '../identity.ts';
import type { Json, JsonObject } from '../jsonTypes.ts';
import { type Origin, originDifferences } from '../origin.ts';
import { readRun, type StoredRun } from '../runFolder.ts';
import { ORIGIN, WORK } from './names.ts';

export interface JoinOptions {
  readonly folder: string;
  /** That of the run; another one is refused. */
  readonly identity: JsonObject;
  readonly origin: Origin;
  /** Whether a machine of another kind than the first worker's is refused; else it is told of. */
  readonly sameMachines?: boolean;
  /** Where the worker's files are written before they take their names. */
  readonly scratch: string;
  readonly files?: FileSystem;
  readonly onNotice?: (text: string) => void;
}

/** A run as its workers open it, without its lock. */
export interface JoinedRun<Plan extends Json> {
  readonly folder: string;
  readonly plan: Plan;
  /** What an earlier end of the run has stored. */
  readonly result: Json | undefined;
  /** The run's blocks. Removing one is not for workers. */
  readonly blocks: Omit<BlockStore, 'remove'>;
  /** Blocks of this worker alone, which others do not see. */
  readonly scratch: BlockStore;
}

/**
 * @throws UserError of reading runs, `runs.other-job`, `runs.identity-mismatch`, and `runs.other-machine` where only
 * machines of one kind are wanted.
 */
export async function joinRun<Plan extends Json>(options: JoinOptions): Promise<JoinedRun<Plan>> {
  const { identity, origin, files = nodeFiles, onNotice = () => {}, scratch: within } = options;
  const stored: StoredRun = await readRun(options.folder, files);
  const { folder } = stored;
  if (identity.job !== stored.identity.job) throw errors.otherJob(folder, identity.job, stored.identity.job);
  const found = differences(identity, stored.identity);
  if (found.length > 0) throw errors.identityMismatch(folder, found);
  const others = originDifferences(origin, await firstOrigin(files, folder, origin));
  if (others.length > 0 && options.sameMachines === true) throw errors.otherMachine(folder, others);
  await files.makeFolder(within);
  const notify = { files, notify: onNotice };
  return {
    folder,
    // What the run's own command has stored, unchanged by the checksum of `run.json`.
    plan: stored.plan as Plan,
    result: stored.status === 'complete' ? stored.result : undefined,
    blocks: createBlockStore({ ...notify, run: folder, origin, within }),
    scratch: createBlockStore({ ...notify, run: within }),
  };
}

/** What the first worker computes with: a folder that is renamed to a name succeeds for one of several. */
async function firstOrigin(files: FileSystem, run: string, own: Origin): Promise<Origin> {
  const place = resolve(join(run, WORK, ORIGIN));
  const candidate = join(run, WORK, temporaryName());
  try {
    await files.makeFolder(candidate);
    await writeNew(files, join(candidate, NAME), [new TextEncoder().encode(JSON.stringify(own))]);
    await files.rename(candidate, place);
    return own;
  } catch (cause) {
    await attempt(files.removeFile(join(candidate, NAME)));
    await attempt(files.removeFolder(candidate));
    if (!TAKEN.includes(failureCode(cause) ?? '')) throw errors.writeFailed(place, undefined, cause);
  }
  // As it was written above.
  return JSON.parse(new TextDecoder().decode(await files.read(join(place, NAME)))) as Origin;
}

const NAME = 'first.json';
/** Of renaming a folder over one that is not empty, on Linux, macOS and Windows. */
const TAKEN = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'];
