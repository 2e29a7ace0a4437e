/** A run that is to be worked on: its kind and its command. */

import { readCommand, readRun, type StoredRun, type WorkCommand } from '../../runs/index.ts';
import * as errors from './errors.ts';
import { JOBS } from './jobs.ts';

export interface WorkableRun {
  readonly stored: StoredRun;
  readonly job: string;
  /** Undefined where the run is not open to workers. */
  readonly command: WorkCommand | undefined;
}

/** Reads what a run folder says. Throws the errors of reading runs, and {@link UserError} `cli.not-shared`. */
export async function workableRun(folder: string): Promise<WorkableRun> {
  const stored = await readRun(folder);
  const job = String(stored.identity.job);
  if (!JOBS.has(job)) throw errors.notShared(folder, job, [...JOBS.keys()]);
  return { stored, job, command: await readCommand(stored.folder) };
}
