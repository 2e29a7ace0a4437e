/**
 * What sharing a run costs besides its work: operations of the file system for a unit, by the number of workers, counted over
 * units that compute nothing for a moment; and the time of claims where there is nothing else.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stream } from '../../src/numeric/index.ts';
import { type FileSystem, nodeFiles, openRun, openWork, type WorkJob, work } from '../../src/runs/index.ts';

export interface WorkersBenchOptions {
  /** Workers at once, one case each. */
  readonly workers: readonly number[];
  /** Units for each worker, and at least a thousand in all. */
  readonly unitsEach: number;
  /** Of a unit where operations are counted, in milliseconds, drawn up to twice that; of few workers at most one for each. */
  readonly unitMilliseconds: number;
}

/** Of one case, by unit. */
export interface WorkersCase {
  readonly workers: number;
  readonly units: number;
  /** Operations by kind. */
  readonly operations: Readonly<Record<string, number>>;
  /** Names that were read in folders. */
  readonly entries: number;
  /** Takes that another worker was faster at. */
  readonly lost: number;
}

export interface WorkersBenchResult {
  readonly cases: readonly WorkersCase[];
  /** Milliseconds of a unit that computes nothing, one worker, a thousand of them; and of writing its block alone. */
  readonly claim: { readonly withClaims: number; readonly blockAlone: number };
}

const LEAST_UNITS = 1000;
/** So long that nobody is taken for gone while a thousand workers share one process. */
const PATIENCE_SECONDS = 600;

export async function workersBench(options: WorkersBenchOptions): Promise<WorkersBenchResult> {
  // Each worker listens to the end of the process.
  process.setMaxListeners(0);
  const cases: WorkersCase[] = [];
  for (const workers of options.workers) cases.push(await counted(workers, options));
  return { cases, claim: await timed() };
}

async function counted(workers: number, { unitsEach, unitMilliseconds }: WorkersBenchOptions): Promise<WorkersCase> {
  const units = Math.max(LEAST_UNITS, unitsEach * workers);
  const counts = new Map<string, number>();
  const known = (operation: string): number => (counts.has(operation) ? Number(counts.get(operation)) : 0);
  let [entries, lost] = [0, 0];
  const count = (operation: string): void => {
    counts.set(operation, known(operation) + 1);
  };
  const files = counting(count, {
    listed: (count) => {
      entries += count;
    },
    lost: () => {
      lost++;
    },
  });
  const uniforms = stream(1, `durations of ${workers}`).uniforms(units);
  await inRun(units, async (run) => {
    const one = (k: number): Promise<unknown> =>
      work({
        run,
        files,
        open: async () =>
          emptyJob(units, (unit) => sleep(2 * Math.min(workers, unitMilliseconds) * Number(uniforms[unit]))),
        share: { start: k / workers, of: workers },
        patienceSeconds: PATIENCE_SECONDS,
        wait: false,
      });
    await Promise.all(Array.from({ length: workers }, (_, k) => one(k)));
  });
  const each = [...counts].map(([operation, count]): [string, number] => [operation, count / units]);
  return { workers, units, operations: Object.fromEntries(each), entries: entries / units, lost: lost / units };
}

async function timed(): Promise<WorkersBenchResult['claim']> {
  const units = LEAST_UNITS;
  let [withClaims, blockAlone] = [0, 0];
  await inRun(units, async (run) => {
    const started = performance.now();
    await work({
      run,
      open: async () => emptyJob(units, async () => {}),
      patienceSeconds: PATIENCE_SECONDS,
      wait: false,
    });
    withClaims = (performance.now() - started) / units;
  });
  const folder = await mkdtemp(join(tmpdir(), 'nexort-workers-'));
  const run = await openRun({ folder, identity: { job: 'bench' }, plan: () => null });
  const started = performance.now();
  for (let k = 0; k < units; k++) await run.write(`unit/${k}`, [new Uint8Array(1000)]);
  blockAlone = (performance.now() - started) / units;
  await run.close();
  await rm(folder, { recursive: true });
  return { withClaims, blockAlone };
}

/** Units that write nothing: what a block costs is not of claims. */
function emptyJob(units: number, during: (unit: number) => Promise<unknown>): WorkJob {
  return {
    units: Array.from({ length: units }, (_, k) => ({ name: `unit-${k}`, blocks: [], work: 1 })),
    together: false,
    compute: async (wanted, over) => {
      for (const unit of wanted) {
        await during(Number(unit.name.slice('unit-'.length)));
        await over(unit);
      }
    },
    close: async () => {},
  };
}

async function inRun(units: number, act: (run: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nexort-workers-'));
  try {
    const run = await openRun({ folder, identity: { job: 'bench' }, plan: () => null });
    await openWork(folder, { arguments: ['bench'], folder: '/', units });
    await run.close();
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The file system of this machine, with a count of what it is asked to do. */
function counting(
  count: (operation: string) => void,
  { listed, lost }: { readonly listed: (entries: number) => void; readonly lost: () => void },
): FileSystem {
  const told =
    <Given extends readonly unknown[], Result>(name: string, act: (...given: Given) => Promise<Result>) =>
    (...given: Given): Promise<Result> => {
      count(name);
      return act(...given);
    };
  return {
    create: told('create', nodeFiles.create),
    read: told('read', nodeFiles.read),
    list: async (folder) => {
      count('list');
      const found = await nodeFiles.list(folder);
      listed(found.length);
      return found;
    },
    makeFolder: told('makeFolder', nodeFiles.makeFolder),
    makeNewFolder: async (path) => {
      count('makeNewFolder');
      await nodeFiles.makeNewFolder(path).catch((error: unknown) => {
        lost();
        throw error;
      });
    },
    rename: told('rename', nodeFiles.rename),
    removeFile: told('removeFile', nodeFiles.removeFile),
    removeFolder: told('removeFolder', nodeFiles.removeFolder),
    syncFolder: told('syncFolder', nodeFiles.syncFolder),
    removeNow: nodeFiles.removeNow,
  };
}
