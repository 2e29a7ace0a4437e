/** Runs that are to be worked on: their kinds and their commands. */

import { join, resolve } from 'node:path';
import { nodeFiles, readCommand, readRun, type StoredRun, type WorkCommand } from '../../runs/index.ts';
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

/** The runs that a folder stands for: its own, or where it has none those of a table, each in a folder below it. */
export async function runsIn(given: string): Promise<readonly string[]> {
  const folder = resolve(given);
  if (await isRun(folder)) return [folder];
  const entries = await nodeFiles.list(folder).catch(() => []);
  const below = entries.filter(({ isFolder }) => isFolder).map(({ name }) => join(folder, name));
  const runs: string[] = [];
  for (const path of below.sort()) if (await isRun(path)) runs.push(path);
  // What is none is told of by whoever reads it.
  return runs.length > 0 ? runs : [folder];
}

async function isRun(folder: string): Promise<boolean> {
  const entries = await nodeFiles.list(folder).catch(() => []);
  return entries.some(({ name }) => name === 'run.json');
}
