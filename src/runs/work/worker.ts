/** One worker on a run, from its first heartbeat to its end. */

import { resolve } from 'node:path';
import { createBlockStore, removeWithin } from '../blockStore.ts';
import { attempt, type FileSystem, nodeFiles } from '../files.ts';
import { readManifest } from '../manifest.ts';
import { Claims } from './claims.ts';
import { startHeart } from './heart.ts';
import type { WorkJob, WorkShare } from './job.ts';
import { Lookout } from './lookout.ts';
import { SCRATCH, WORK } from './names.ts';
import { type PullResult, pull } from './pull.ts';

/** Where a worker puts its own files. */
export interface WorkerPlace {
  /** Its folder for unfinished files. */
  readonly scratch: string;
}

/** The run, share and time of a worker, and what opens its work. */
export interface WorkerOptions {
  readonly run: string;
  /** Opens the run's work for this worker. */
  readonly open: (place: WorkerPlace) => Promise<WorkJob>;
  readonly share?: WorkShare;
  /** Seconds, from the start of `open`. */
  readonly timeLimit?: number;
  /** A worker whose heartbeat stands still for so long is gone; a ninth of it is between heartbeats. */
  readonly patienceSeconds: number;
  readonly wait: boolean;
  readonly files?: FileSystem;
  readonly onNotice?: (text: string) => void;
  readonly onProgress?: (share: number) => void;
}

/** Heartbeats within the patience: some may be late, and folders of networks show them with a delay. */
const BEATS = 9;
/** Looks of a worker that waits, within the patience. */
const POLLS = 18;

/**
 * Works on a run. Throws what opening and computing throw, UserError `runs.read-failed`, `runs.write-failed`. What was
 * claimed is free again when it ends, however it does.
 */
export async function work(options: WorkerOptions): Promise<PullResult> {
  const { patienceSeconds, files = nodeFiles, open, timeLimit } = options;
  const started = performance.now();
  const run = resolve(options.run);
  const heart = await startHeart(files, run, patienceSeconds / BEATS);
  let job: WorkJob | undefined;
  try {
    job = await open({ scratch: heart.scratch });
    const claims = new Claims(files, run);
    await reopenIncomplete(files, run, job, claims);
    const lookout = new Lookout({ files, run, patienceSeconds });
    await lookout.look();
    const { share, wait, onNotice, onProgress } = options;
    return await pull({
      job,
      claims,
      lookout,
      heart,
      wait,
      pollSeconds: patienceSeconds / POLLS,
      ...(share === undefined ? {} : { share }),
      ...(timeLimit === undefined ? {} : { timeLimit: timeLimit - (performance.now() - started) / 1000 }),
      ...(onNotice === undefined ? {} : { onNotice }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  } catch (error) {
    // Collected meanwhile, what workers shared is gone, and nothing is left to do.
    if ((await readManifest(files, run))?.status !== 'complete') throw error;
    await heart.stop();
    await attempt(removeWithin(files, run, WORK));
    return { end: 'done', computed: 0, takenOver: 0, left: 0, seconds: (performance.now() - started) / 1000 };
  } finally {
    await job?.close();
    await heart.stop();
    // What the device keeps of it goes with the run's end.
    await attempt(removeWithin(files, run, `${WORK}/${SCRATCH}/${heart.id}`));
  }
}

/** Units that are called done and lack a block are to be computed again; whether blocks are whole is seen when all are collected. */
async function reopenIncomplete(files: FileSystem, run: string, { units }: WorkJob, claims: Claims): Promise<void> {
  const { done } = await claims.look();
  if (done.size === 0) return;
  const there = new Set(await createBlockStore({ files, run, notify: () => {} }).list());
  for (const { name, blocks } of units) {
    if (done.has(name) && !blocks.every((block) => there.has(block))) await claims.reopen(name);
  }
}
