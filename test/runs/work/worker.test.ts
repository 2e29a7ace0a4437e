/** Workers on one folder: nothing twice where all are alive, nothing left where some go. */

import { mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { nodeFiles } from '../../../src/runs/files.ts';
import { ownMark } from '../../../src/runs/processes.ts';
import { openRun } from '../../../src/runs/runFolder.ts';
import type { WorkJob } from '../../../src/runs/work/job.ts';
import { joinRun } from '../../../src/runs/work/joinRun.ts';
import { Lookout } from '../../../src/runs/work/lookout.ts';
import { type WorkerOptions, work } from '../../../src/runs/work/worker.ts';
import { failureOf } from '../../support/failure.ts';
import { systemError } from '../memoryFiles.ts';
import { ALL, openToyRun, squares, toyJob, UNITS } from './toyRun.ts';

const worker = (run: string, more: Partial<WorkerOptions> & { readonly job?: ReturnType<typeof toyJob> } = {}) => {
  const { job = toyJob(run), ...options } = more;
  return work({ run, open: async () => job, patienceSeconds: 0.3, wait: true, ...options });
};

/** A claim of a worker that this process knows from files alone, at a heartbeat of its own. */
async function strangersClaim(run: string, unit: string, mark: object, beat = 0): Promise<string> {
  const card = { mark: { ...ownMark(), ...mark }, beatSeconds: 1, since: new Date().toISOString() };
  const file = join(run, 'work/workers', `stranger~${beat}`);
  await writeFile(file, JSON.stringify(card));
  await mkdir(join(run, 'work/claims', `${unit}~0`));
  await writeFile(join(run, 'work/claims', `${unit}~0`, 'stranger'), '');
  return file;
}

describe('workers', () => {
  it('compute every unit once between them, each from its own share on', async () => {
    const run = await openToyRun();
    const jobs = Array.from({ length: 3 }, () => toyJob(run, () => sleep(2)));
    const ended = await Promise.all(
      jobs.map((job, k) => worker(run, { job, share: { start: k / 3, of: 3 }, patienceSeconds: 5 })),
    );
    expect(await squares(run)).toEqual(ALL);
    expect(ended.map(({ end, left, takenOver }) => ({ end, left, takenOver }))).toEqual(
      Array(3).fill({ end: 'done', left: 0, takenOver: 0 }),
    );
    expect(ended.reduce((sum, { computed }) => sum + computed, 0)).toBe(UNITS);
    expect(jobs.map(({ calls }) => calls[0])).toEqual([['square-0'], ['square-4'], ['square-8']]);
    // Nothing of theirs is left but what they say of the run.
    expect(await readdir(join(run, 'work/workers'))).toEqual([]);
    expect(await readdir(join(run, 'work/scratch'))).toEqual([]);
  });

  it('take several units at once where that costs less, fewer the more workers there are', async () => {
    const run = await openToyRun();
    const job = toyJob(run, undefined, true);
    expect(await worker(run, { job, share: { start: 0, of: 2 } })).toMatchObject({ computed: UNITS });
    expect(job.calls.map((names) => names.length)).toEqual([3, 3, 2, 1, 1, 1, 1]);
  });

  it('end before a time limit, by what a unit has taken', async () => {
    const run = await openToyRun();
    const job = toyJob(run, () => sleep(60));
    const { end, computed, left } = await worker(run, { job, timeLimit: 0.2 });
    expect(end).toBe('time');
    expect([computed > 0, left > 0, computed + left]).toEqual([true, true, UNITS]);
    expect(await worker(run, { timeLimit: 0 })).toMatchObject({ end: 'time', computed: 0, left });
    expect(await worker(run)).toMatchObject({ end: 'done', computed: left, takenOver: 0 });
    expect(await squares(run)).toEqual(ALL);
  });

  it('free what they have taken when their work fails', async () => {
    const run = await openToyRun();
    const job = toyJob(run, async () => Promise.reject(systemError('EIO')));
    await expect(worker(run, { job })).rejects.toThrow('EIO');
    expect(await worker(run)).toMatchObject({ end: 'done', computed: UNITS, takenOver: 1 });
    expect(await squares(run)).toEqual(ALL);
  });

  it('compute again what is called done and lacks its block', async () => {
    const run = await openToyRun();
    await worker(run);
    await rm(join(run, 'blocks/squares/5.block'));
    expect(await worker(run)).toMatchObject({ end: 'done', computed: 1, takenOver: 1 });
    expect(await squares(run)).toEqual(ALL);
  });

  it('end quietly when the run is collected under their hands', async () => {
    const run = await openToyRun();
    const job = toyJob(run, async ({ name }) => {
      if (name !== 'square-4') return;
      const folder = await openRun({ folder: run, identity: { job: 'toy' }, plan: () => null });
      await folder.finish(null);
      await folder.close();
    });
    expect(await worker(run, { job })).toMatchObject({ end: 'done', left: 0 });
    expect(await readdir(run)).not.toContain('work');
  });

  it('say that a folder cannot be written, and leave the work to others', async () => {
    const run = await openToyRun();
    const create = vi.spyOn(nodeFiles, 'create');
    const job = toyJob(run, async () => {
      create.mockRejectedValue(systemError('EROFS'));
    });
    expect(await failureOf(() => worker(run, { job }))).toMatchObject({ code: 'runs.write-failed' });
    create.mockRestore();
    expect(await worker(run)).toMatchObject({ end: 'done', left: 0 });
    expect(await squares(run)).toEqual(ALL);
  });
});

describe('a unit that others read', () => {
  /** The toy's work, of which all that is no first one waits for it and notes what it was told. */
  const waitingJob = (run: string, told: boolean[], during?: () => Promise<void>): WorkJob => {
    const job = toyJob(run, during, true);
    const units = job.units.map((unit, k) => ({ ...unit, first: k === UNITS - 1 }));
    return {
      ...job,
      units,
      compute: async (wanted, over, others) => {
        const last = units.at(-1)?.name ?? expect.fail('no unit');
        if (!wanted.some(({ first }) => first === true)) told.push(await others.finished(last));
        await job.compute(
          wanted.map(({ name }) => job.units.find((unit) => unit.name === name) ?? expect.fail(name)),
          over,
          others,
        );
      },
    };
  };

  it('is taken first and alone, and waited for', async () => {
    const run = await openToyRun();
    const told: boolean[] = [];
    const jobs = [1, 2].map(() => waitingJob(run, told));
    const ended = await Promise.all(
      jobs.map((job, k) =>
        work({ run, open: async () => job, share: { start: k / 2, of: 2 }, patienceSeconds: 60, wait: true }),
      ),
    );
    expect(ended.map(({ end, takenOver }) => [end, takenOver])).toEqual(Array(2).fill(['done', 0]));
    expect(new Set(told)).toEqual(new Set([true]));
    expect(await squares(run)).toEqual(ALL);
  });

  it('is not waited for where its worker is gone: then it is free for whoever ends first', async () => {
    const run = await openToyRun();
    await strangersClaim(run, `square-${UNITS - 1}`, { started: 'never' });
    const told: boolean[] = [];
    const job = waitingJob(run, told);
    const ended = await work({ run, open: async () => job, patienceSeconds: 3600, wait: true });
    expect(ended).toMatchObject({ end: 'done', computed: UNITS, takenOver: 1 });
    expect(new Set(told)).toEqual(new Set([false]));
  });
});

describe('a unit that another worker has', () => {
  const elsewhere = { host: 'another-machine' };

  it('is taken over at once from a process of this machine that has ended', async () => {
    const run = await openToyRun();
    await strangersClaim(run, 'square-3', { started: 'never' });
    const notices: string[] = [];
    const ended = await worker(run, { patienceSeconds: 3600, onNotice: (text) => notices.push(text) });
    expect(ended).toMatchObject({ end: 'done', computed: UNITS, takenOver: 1 });
    expect(notices).toEqual(['Took over square-3, whose worker is gone or silent.']);
    expect(await squares(run)).toEqual(ALL);
  });

  it('is taken over from a worker elsewhere whose heartbeat stands still, whatever the clocks say', async () => {
    const run = await openToyRun();
    const file = await strangersClaim(run, 'square-3', elsewhere);
    // Its clock is an hour ahead, as times of files may be.
    const later = new Date(Date.now() + 3_600_000);
    await utimes(file, later, later);
    expect(await worker(run)).toMatchObject({ end: 'done', computed: UNITS, takenOver: 1 });
  });

  it('stays with a worker elsewhere that has not been seen to stand still, though its clock is an hour behind', async () => {
    const run = await openToyRun();
    const file = await strangersClaim(run, 'square-3', elsewhere);
    const earlier = new Date(Date.now() - 3_600_000);
    await utimes(file, earlier, earlier);
    const ended = await worker(run, { wait: false, patienceSeconds: 600 });
    expect(ended).toMatchObject({ end: 'taken', computed: UNITS - 1, left: 1 });
  });

  it('is taken over where nobody says that it is theirs', async () => {
    const run = await openToyRun();
    await mkdir(join(run, 'work/claims/square-3~0'));
    expect(await worker(run)).toMatchObject({ end: 'done', computed: UNITS, takenOver: 1 });
  });

  it('comes out the same when its worker was only asleep', async () => {
    const run = await openToyRun();
    let wake: () => void = () => {};
    const asleep = new Promise<void>((done) => {
      wake = done;
    });
    const job = toyJob(run, ({ name }) => (name === 'square-0' ? asleep : Promise.resolve()));
    const first = worker(run, { job, patienceSeconds: 60 });
    while (job.calls.length === 0) await sleep(2);
    // It stands still: to others its heartbeat is another worker's.
    for (const name of await readdir(join(run, 'work/workers'))) await rm(join(run, 'work/workers', name));
    expect(await worker(run)).toMatchObject({ end: 'done', takenOver: 1 });
    wake();
    expect(await first).toMatchObject({ end: 'done', computed: 1 });
    expect(await squares(run)).toEqual(ALL);
  });
});

describe('machines of several kinds', () => {
  const joinAs = (run: string, features: string, sameMachines: boolean, notices: string[] = []) =>
    joinRun({
      folder: run,
      identity: { job: 'toy' },
      origin: { platform: 'linux', architecture: 'x64', features },
      sameMachines,
      scratch: join(run, 'work/scratch', features.replaceAll(' ', '-')),
      onNotice: (text) => notices.push(text),
    });

  it('are told of by the blocks, or refused', async () => {
    const run = await openToyRun();
    const first = await joinAs(run, 'avx avx2', true);
    await first.blocks.write('squares/0', [Uint8Array.of(0)]);
    const notices: string[] = [];
    const second = await joinAs(run, 'avx avx2 avx512f', false, notices);
    expect(await second.blocks.read('squares/0')).toEqual(Uint8Array.of(0));
    expect(await second.blocks.has('squares/0')).toBe(true);
    expect(notices).toEqual([
      'Blocks of this run were computed elsewhere on another kind of machine, so that last bits may differ from those of a run on one: processors have nothing more there, avx512f here.',
    ]);
    expect(await failureOf(() => joinAs(run, 'avx avx2 avx512f', true))).toMatchObject({ code: 'runs.other-machine' });
    await joinAs(run, 'avx avx2', true);
  });
});

describe('a lookout', () => {
  it('measures silence by its own clock, from when it saw the last change', async () => {
    const run = await openToyRun();
    let now = 1000;
    const lookout = new Lookout({ files: nodeFiles, run, patienceSeconds: 10, now: () => now });
    const file = await strangersClaim(run, 'square-3', { host: 'another-machine' });
    const silentAt = async (time: number): Promise<boolean> => {
      now = time;
      await lookout.look();
      return lookout.isSilent('stranger', 'claim');
    };
    expect(await silentAt(1000)).toBe(false);
    expect(await silentAt(10_999)).toBe(false);
    expect(await silentAt(11_000)).toBe(true);
    await rename(file, join(run, 'work/workers/stranger~1'));
    expect(await silentAt(12_000)).toBe(false);
    expect(await silentAt(21_999)).toBe(false);
    expect(await silentAt(22_000)).toBe(true);
    await rm(join(run, 'work/workers/stranger~1'));
    expect(await silentAt(23_000)).toBe(false);
    expect(await silentAt(27_000)).toBe(true);
  });
});
