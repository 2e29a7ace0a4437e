/** A worker: takes units of a run until none is left, or its time is nearly over. */

import { setTimeout } from 'node:timers/promises';
import { required } from '../../errors/index.ts';
import * as notices from '../notices.ts';
import type { Claims, ClaimsSeen } from './claims.ts';
import type { Heart } from './heart.ts';
import type { WorkJob, WorkShare, WorkUnit } from './job.ts';
import type { Lookout } from './lookout.ts';

export interface PullOptions {
  readonly job: WorkJob;
  readonly claims: Claims;
  readonly lookout: Lookout;
  readonly heart: Heart;
  readonly share?: WorkShare;
  /** Seconds from now after which it should have ended. */
  readonly timeLimit?: number;
  /** Whether it waits for units that others have taken, to take over those whose workers go; else it ends. */
  readonly wait: boolean;
  /** Between looks while it waits, of up to a hundred workers; of more so much longer that all together look no more often. */
  readonly pollSeconds: number;
  /** By default that of this machine. */
  readonly clock?: Clock;
  readonly onNotice?: (text: string) => void;
  /** Called with the share of all units' work that is done. */
  readonly onProgress?: (share: number) => void;
}

/** Time that passes, in milliseconds. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

const CLOCK: Clock = { now: () => performance.now(), sleep: (milliseconds) => setTimeout(milliseconds) };

/** Why a worker ended: nothing is left, others have the rest, or its time was nearly over. */
export type PullEnd = 'done' | 'taken' | 'time';

/** What a worker has done, and what is left of the run. */
export interface PullResult {
  readonly end: PullEnd;
  /** Units that this worker has computed, and of these such that it took over. */
  readonly computed: number;
  readonly takenOver: number;
  /** Units that are not done. */
  readonly left: number;
  readonly seconds: number;
}

/** Of a worker's time that is left, what a unit should take at most by what was measured. */
const TIME_SHARE = 0.8;
/** Of the units that are free, what a worker takes at once where they cost less together, divided among all. */
const TOGETHER_SHARE = 0.5;
/** Seconds until the next look for a unit that is waited for: the first, and how they grow up to those of a worker that waits. */
const [FIRST_LOOK, LATER_LOOKS] = [0.05, 1.5];

/** Workers that wait and look as often as each is told to: a thousand that list thousands of names so often would stop a server. */
const LOOKING = 100;
/** How many workers look at each unit whose worker may be gone, and at least so many units each. */
const [WATCHERS, LEAST_WATCHED] = [4, 16];

/** Works. Throws what the job throws, and UserError `runs.read-failed`, `runs.write-failed`. */
export async function pull(options: PullOptions): Promise<PullResult> {
  const { job, claims, lookout, heart, wait, onNotice, onProgress, clock = CLOCK } = options;
  const started = clock.now();
  const order = ordered(job.units, options.share);
  const total = workOf(order);
  let [computed, takenOver] = [0, 0];
  /** Seconds for one unit of work, the slowest so far. */
  let pace: number | undefined;
  /** Of the units that others have, the first one that is looked at next; elsewhere than where other workers look. */
  let watched = [...heart.id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  let [seen, looked] = [await claims.look(), clock.now()];
  const lookAgain = async (): Promise<void> => {
    [seen, looked] = [await claims.look(), clock.now()];
    const left = workOf(order.filter(({ name }) => !seen.done.has(name)));
    onProgress?.(total === 0 ? 1 : 1 - left / total);
  };
  for (;;) {
    // What was free at the last look may be tried without another: it is taken by making what is not there.
    const isOld = job.together || clock.now() - looked > 1000 * options.pollSeconds;
    if (isOld) await lookAgain();
    let free = order.filter(({ name }) => !seen.claimed.has(name) && !seen.done.has(name));
    if (free.length === 0 && !isOld) {
      await lookAgain();
      free = order.filter(({ name }) => !seen.claimed.has(name) && !seen.done.has(name));
    }
    const open = order.filter(({ name }) => !seen.done.has(name));
    const result = (end: PullEnd): PullResult => ({
      end,
      computed,
      takenOver,
      left: open.length,
      seconds: (clock.now() - started) / 1000,
    });
    if (open.length === 0) return result('done');
    const wanted = free.length > 0 ? free : await silent(open, seen);
    const [next] = wanted;
    if (next === undefined) {
      if (!wait) return result('taken');
      if (secondsLeft() <= options.pollSeconds) return result('time');
      const pause = options.pollSeconds * Math.max(1, lookout.workers.size / LOOKING);
      await clock.sleep(1000 * Math.min(pause, secondsLeft()));
      continue;
    }
    const most = pace === undefined ? undefined : (TIME_SHARE * secondsLeft()) / pace;
    if (secondsLeft() <= 0 || (most !== undefined && next.work > most)) {
      await lookAgain();
      return { ...result('time'), left: order.filter(({ name }) => !seen.done.has(name)).length };
    }
    const taken = await take(wanted, seen, most);
    if (taken.length === 0) {
      await lookAgain();
      continue;
    }
    const begun = clock.now();
    const work = workOf(taken);
    await job.compute(
      taken,
      async ({ name, work: own }) => {
        const note = {
          worker: heart.id,
          seconds: ((clock.now() - begun) / 1000) * (job.together ? own / work : 1),
        };
        await claims.finish(name, note, heart.scratch);
        seen.done.add(name);
        computed++;
      },
      { finished },
    );
    pace = Math.max(pace ?? 0, (clock.now() - begun) / 1000 / work);
  }

  function secondsLeft(): number {
    const { timeLimit = Number.POSITIVE_INFINITY } = options;
    return timeLimit - (clock.now() - started) / 1000;
  }

  /** Looks until a unit is done, at last as seldom as a worker that waits; false where it is free, or its worker gone. */
  async function finished(name: string): Promise<boolean> {
    for (let pause = FIRST_LOOK; ; pause = Math.min(LATER_LOOKS * pause, options.pollSeconds)) {
      if (seen.done.has(name)) return true;
      await lookAgain();
      const unit = required(
        order.find((one) => one.name === name),
        `unit ${name}`,
      );
      if (seen.done.has(name)) return true;
      if (!seen.claimed.has(name) || (await silent([unit], seen)).length > 0) return false;
      await clock.sleep(1000 * pause);
    }
  }

  /** Of units that all have workers, those whose workers are gone; of many, those that it is this worker's turn to look at. */
  async function silent(open: readonly WorkUnit[], { claimed }: ClaimsSeen): Promise<WorkUnit[]> {
    const found: WorkUnit[] = [];
    await lookout.look();
    const share = Math.ceil((WATCHERS * open.length) / Math.max(1, lookout.workers.size));
    const count = Math.min(open.length, Math.max(LEAST_WATCHED, share));
    const from = watched % Math.max(1, open.length);
    watched += count;
    for (const unit of [...open.slice(from), ...open.slice(0, from)].slice(0, count)) {
      const generation = required(claimed.get(unit.name), 'claim of a unit that is not free');
      const owner = await claims.ownerOf(unit.name, generation);
      if (owner !== undefined) await lookout.know(owner);
      if (lookout.isSilent(owner, `${unit.name} ${generation}`)) found.push(unit);
    }
    return found;
  }

  /** Takes the first that can be taken, or several: a share of those that are left, for as much work as there is time. */
  async function take(wanted: readonly WorkUnit[], { claimed }: ClaimsSeen, most: number | undefined) {
    const workers = options.share?.of ?? lookout.workers.size;
    const at = TOGETHER_SHARE * (wanted.length / Math.max(1, workers));
    // The first is alone where time is limited: how long it takes is not known.
    const several = job.together && !(options.timeLimit !== undefined && pace === undefined);
    const count = several && wanted[0]?.first !== true ? Math.max(1, Math.ceil(at)) : 1;
    const taken: WorkUnit[] = [];
    for (const unit of wanted) {
      if (taken.length === count || (most !== undefined && workOf(taken) + unit.work > most)) break;
      const generation = claimed.get(unit.name);
      const own = generation === undefined ? 0 : generation + 1;
      // Others have been faster: what was seen is old.
      if (!(await claims.take(unit.name, own, heart.id))) break;
      claimed.set(unit.name, own);
      if (generation !== undefined) {
        takenOver++;
        onNotice?.(notices.claimTakenOver(unit.name));
      }
      taken.push(unit);
    }
    return taken;
  }
}

/** What others read comes first; all else from the place of a share on, and then from the start. */
function ordered(units: readonly WorkUnit[], { start }: Pick<WorkShare, 'start'> = { start: 0 }): readonly WorkUnit[] {
  const [needed, rest] = [units.filter(({ first }) => first === true), units.filter(({ first }) => first !== true)];
  const from = Math.floor(rest.length * start);
  return [...needed, ...rest.slice(from), ...rest.slice(0, from)];
}

const workOf = (units: readonly WorkUnit[]): number => units.reduce((sum, { work }) => sum + work, 0);
