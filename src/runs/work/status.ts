/** How far a run's workers have got, by what lies in its folder; nothing is written. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type FileSystem, nodeFiles } from '../files.ts';
import { Claims } from './claims.ts';
import { Lookout } from './lookout.ts';

/** How far a run's workers have got. */
export interface WorkStatus {
  readonly done: number;
  /** Taken and not done, by workers that are there. */
  readonly claimed: number;
  /** Taken by workers that are gone or silent. */
  readonly stale: number;
  /** Workers that are there. */
  readonly workers: number;
  /** Of the units that are done, all workers' times together. */
  readonly secondsDone: number;
}

export interface StatusOptions {
  readonly run: string;
  /** How long to look whether heartbeats of other machines change; 0 takes them as alive. */
  readonly watchSeconds: number;
  readonly files?: FileSystem;
}

/** @throws UserError `runs.read-failed`. */
export async function workStatus({ run, watchSeconds, files = nodeFiles }: StatusOptions): Promise<WorkStatus> {
  const claims = new Claims(files, run);
  const lookout = new Lookout({
    files,
    run,
    patienceSeconds: watchSeconds === 0 ? Number.POSITIVE_INFINITY : watchSeconds,
  });
  const first = await claims.look();
  await lookout.look();
  await lookout.know();
  const open = [...first.claimed].filter(([unit]) => !first.done.has(unit));
  const owners: [string, string | undefined][] = [];
  for (const [unit, generation] of open) {
    const owner = await claims.ownerOf(unit, generation);
    owners.push([unit, owner]);
    lookout.isSilent(owner, unit);
  }
  const unsure = owners.some(([unit, owner]) => !lookout.isSilent(owner, unit));
  if (unsure && watchSeconds > 0) await sleep(1000 * watchSeconds);
  await lookout.look();
  await lookout.know();
  const { done } = await claims.look();
  const stale = owners.filter(([unit, owner]) => !done.has(unit) && lookout.isSilent(owner, unit)).length;
  const alive = [...lookout.workers].filter(([id]) => !lookout.isSilent(id, ''));
  let secondsDone = 0;
  for (const unit of done) secondsDone += (await claims.noteOf(unit))?.seconds ?? 0;
  return {
    done: done.size,
    claimed: owners.filter(([unit]) => !done.has(unit)).length - stale,
    stale,
    workers: alive.length,
    secondsDone,
  };
}

/** The longest time between heartbeats of a run's workers. */
export async function beatSecondsOf(run: string, files: FileSystem = nodeFiles): Promise<number> {
  const lookout = new Lookout({ files, run, patienceSeconds: 1 });
  await lookout.look();
  await lookout.know();
  return Math.max(0, ...[...lookout.workers.values()].map(({ card }) => card?.beatSeconds ?? 0));
}
