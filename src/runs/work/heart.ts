/**
 * A worker as others see it: a file in `workers` whose name counts its heartbeats. A beat is one renaming, and one look at
 * the folder shows those of all workers; its content says which process it is.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { writeAtomically } from '../atomicWrite.ts';
import * as errors from '../errors.ts';
import { failureCode } from '../failureCode.ts';
import { attempt, type FileSystem } from '../files.ts';
import { ownMark, type ProcessMark } from '../processes.ts';
import { beatName, SCRATCH, WORK, WORKERS } from './names.ts';

/** What a worker's file says. */
export interface WorkerCard {
  readonly mark: ProcessMark;
  /** Between heartbeats. */
  readonly beatSeconds: number;
  /** As in ISO 8601, by the worker's clock: for people to read, never compared. */
  readonly since: string;
}

export interface Heart {
  /** The worker's own name, never used again. */
  readonly id: string;
  /** Its folder for unfinished files. */
  readonly scratch: string;
  /** Ends it: what it has claimed is free again. */
  stop(): Promise<void>;
}

/**
 * Begins to beat, in a folder of work that is there. A beat that fails is not told of: writing a block will fail alike.
 * @throws UserError `runs.write-failed`.
 */
export async function startHeart(files: FileSystem, run: string, beatSeconds: number): Promise<Heart> {
  const mark = ownMark();
  const id = `${mark.pid}-${randomUUID().slice(0, 13)}`;
  const workers = join(run, WORK, WORKERS);
  const scratch = join(run, WORK, SCRATCH, id);
  const card: WorkerCard = { mark, beatSeconds, since: new Date().toISOString() };
  try {
    for (const folder of [workers, scratch]) await files.makeFolder(folder);
  } catch (cause) {
    throw errors.writeFailed(scratch, undefined, cause);
  }
  let beat = 0;
  const pathOf = (count: number): string => join(workers, beatName(id, count));
  const text = new TextEncoder().encode(JSON.stringify(card));
  await writeAtomically(files, pathOf(beat), [text], scratch);
  let beating: Promise<void> | undefined;
  const timer = setInterval(() => {
    beating ??= files
      .rename(pathOf(beat), pathOf(beat + 1))
      .then(() => {
        beat++;
      })
      .catch((cause: unknown) => {
        // All is collected, and the folder of work gone.
        if (failureCode(cause) === 'ENOENT') clearInterval(timer);
      })
      .finally(() => {
        beating = undefined;
      });
  }, 1000 * beatSeconds);
  timer.unref();
  // At the end of the process, whichever of both names it has by then.
  const leave = (): void => {
    files.removeNow(pathOf(beat), scratch);
    files.removeNow(pathOf(beat + 1), scratch);
  };
  process.on('exit', leave);
  return {
    id,
    scratch,
    stop: async () => {
      clearInterval(timer);
      await beating;
      process.off('exit', leave);
      await attempt(files.removeFile(pathOf(beat)));
    },
  };
}
