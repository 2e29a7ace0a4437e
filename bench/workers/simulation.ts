/**
 * A thousand workers on a file server, by a clock of their own: our code of claims, heartbeats and looks as it is, over units
 * that only take time. What the server is asked for is counted by the second.
 */

import { join } from 'node:path';
import { required } from '../../src/errors/index.ts';
import { stream } from '../../src/numeric/index.ts';
import type { WorkJob } from '../../src/runs/index.ts';
import { Claims } from '../../src/runs/work/claims.ts';
import type { Heart } from '../../src/runs/work/heart.ts';
import { Lookout } from '../../src/runs/work/lookout.ts';
import { beatName, CLAIMS, SCRATCH, WORK, WORKERS } from '../../src/runs/work/names.ts';
import { pull } from '../../src/runs/work/pull.ts';
import { VirtualClock, VirtualServer } from './virtual.ts';

interface SimulationOptions {
  readonly workers: number;
  readonly unitsEach: number;
  /** Of a unit on average; durations are even from 0 to twice that. */
  readonly unitSeconds: number;
  /** Workers begin within so many seconds of one another, evenly. */
  readonly startSeconds: number;
  /** Of these workers so many stop with a unit in hand, without a word. */
  readonly killed?: number;
  readonly wait: boolean;
  readonly patienceSeconds: number;
  /** Of an operation of the server, in milliseconds. */
  readonly latency: number;
}

export interface SimulationResult {
  readonly workers: number;
  readonly units: number;
  /** From the first start until the last worker has ended, and that of the units if they were shared evenly. */
  readonly seconds: number;
  readonly leastSeconds: number;
  /** Of all units, by unit. */
  readonly operations: number;
  readonly names: number;
  readonly lost: number;
  readonly takenOver: number;
  /** The most in one second, and the mean over ten of them where it is most. */
  readonly peak: { readonly operations: number; readonly names: number };
  readonly sustained: { readonly operations: number; readonly names: number };
  readonly byKind: Readonly<Record<string, number>>;
}

/** By default: of fifty workers one is killed, the others take over what it had, and all wait to the end. */
export const simulated = (
  own: Pick<SimulationOptions, 'workers' | 'unitsEach' | 'unitSeconds'>,
): Promise<SimulationResult> =>
  simulate({
    ...own,
    ...{ startSeconds: 30, wait: true, patienceSeconds: 180, latency: 2, killed: Math.floor(own.workers / 50) },
  });

const RUN = '/run';
/** As `work` has them, within the patience. */
const [BEATS, POLLS] = [9, 18];
/** Seconds of a burst that a server may work off later. */
const BURST = 10;

async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { workers, unitsEach, unitSeconds, patienceSeconds } = options;
  const clock = new VirtualClock();
  const server = new VirtualServer(clock, options.latency);
  const { files } = server;
  const count = workers * unitsEach;
  const durations = [...stream(1, `durations of ${count}`).uniforms(count)].map((u) => 2000 * unitSeconds * u);
  const units = durations.map((_, k) => ({ name: `unit-${k}`, blocks: [], work: 1, place: k }));
  const done = new Set<number>();
  let takenOver = 0;

  async function one(k: number): Promise<void> {
    await clock.sleep((1000 * options.startSeconds * k) / workers);
    const id = `worker-${k}`;
    const scratch = join(RUN, WORK, SCRATCH, id);
    await files.makeFolder(scratch);
    let [beat, alive] = [0, true];
    const path = (at: number): string => join(RUN, WORK, WORKERS, beatName(id, at));
    const card = { mark: { host: id, pid: 1, started: '1' }, beatSeconds: patienceSeconds / BEATS, since: '' };
    const file = await files.create(path(0));
    await file.write(new TextEncoder().encode(JSON.stringify(card)));
    const beats = async (): Promise<void> => {
      for (;;) {
        await clock.sleep((1000 * patienceSeconds) / BEATS);
        if (!alive) return;
        await files.rename(path(beat), path(beat + 1));
        beat++;
      }
    };
    const beating = beats();
    const dies = k < (options.killed ?? 0);
    const job: WorkJob<(typeof units)[number]> = {
      units,
      together: false,
      compute: async (wanted, over) => {
        for (const unit of wanted) {
          await clock.sleep(required(durations[unit.place], 'duration') / (dies ? 2 : 1));
          if (dies) throw new Error('killed');
          done.add(unit.place);
          await over(unit);
        }
      },
      close: async () => {},
    };
    const heart: Heart = { id, scratch, stop: async () => {} };
    const lookout = new Lookout({ files, run: RUN, patienceSeconds, now: clock.now });
    await lookout.look();
    const start = { start: k / workers, of: workers };
    const given = { claims: new Claims(files, RUN), lookout, heart, share: start, wait: options.wait, clock };
    try {
      const ended = await pull({ ...given, job: job as unknown as WorkJob, pollSeconds: patienceSeconds / POLLS }); // as `pull` calls it
      takenOver += ended.takenOver;
      alive = false;
      await files.removeFile(path(beat));
    } catch (error) {
      alive = false;
      if (!dies) throw error;
    }
    await beating;
  }

  const all = async (): Promise<void> => {
    for (const folder of [CLAIMS, WORKERS]) await files.makeFolder(join(RUN, WORK, folder));
    await Promise.all(Array.from({ length: workers }, (_, k) => one(k)));
  };
  await clock.until(all());
  if (done.size !== count) throw new Error(`${count - done.size} of ${count} units were not computed`);
  const asked = [...server.seconds].sort(([a], [b]) => a - b);
  const total = (of: 'operations' | 'names'): number => asked.reduce((sum, [, second]) => sum + second[of], 0);
  const most = (of: 'operations' | 'names'): number => Math.max(...asked.map(([, second]) => second[of]));
  const mean = (of: 'operations' | 'names'): number =>
    Math.max(
      ...asked.map(([from]) => {
        const within = asked.filter(([at]) => at >= from && at < from + BURST);
        return within.reduce((sum, [, second]) => sum + second[of], 0) / BURST;
      }),
    );
  return {
    workers,
    units: count,
    seconds: clock.now() / 1000,
    leastSeconds: durations.reduce((sum, one) => sum + one, 0) / 1000 / workers,
    operations: total('operations') / count,
    names: total('names') / count,
    lost: server.lost / count,
    takenOver,
    peak: { operations: most('operations'), names: most('names') },
    sustained: { operations: mean('operations'), names: mean('names') },
    byKind: Object.fromEntries([...server.byKind].map(([kind, times]) => [kind, times / count])),
  };
}
