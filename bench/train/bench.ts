/**
 * Training beside PyTorch, JAX and jax-js: the same network from the same weights on the same batches, with Adam.
 *
 * Each side runs twice. First a process that has done nothing else takes 20 steps: their losses are compared with ours,
 * and its peak is that of a training run, the start included. Then processes that stay run in turn; before each round all
 * go back to the initial weights, so that every run takes the same steps.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from '../../src/numeric/index.ts';
import { compareTimes, type Others } from '../harness/compare.ts';
import { gibibytes } from '../harness/format.ts';
import type { Description, Timing } from '../harness/serve.ts';
import { type Command, Side } from '../harness/side.ts';
import type { Estimate } from '../harness/statistics.ts';
import { boundsOf, type Judged, judge } from './bounds.ts';
import { writeCase } from './case.ts';
import { type Agreement, compareLosses, SAME_LOSS } from './losses.ts';
import { findPeer, oursCommand, type Peer, type PeerName, type Told } from './peers.ts';
import { type Changes, titleOf, type Workload, type WorkloadName, workload } from './workloads.ts';

/** Steps whose losses are compared, and after which the peak is read. */
export const COMPARED_STEPS = 20;
/** Runs before any that counts, each side. */
const WARM_UP = 3;

export interface TrainBenchOptions extends Changes {
  readonly workloads: readonly WorkloadName[];
  readonly peers: readonly PeerName[];
  /** Rounds that count. */
  readonly rounds: number;
  readonly threads: number;
  /** What happens, for people. */
  readonly say: (line: string) => void;
}

/** A side alone: its losses from the initial weights on, and its peak. */
export interface Started extends Description {
  readonly losses: readonly number[];
  /** Before the first step: the libraries, weights and batches. */
  readonly loadedBytes: number;
  readonly peakBytes: number;
}

export interface SideTimes extends Started {
  /** Of so many steps each. */
  readonly runs: readonly Timing[];
}

export interface PeerTimes extends SideTimes {
  readonly peer: PeerName;
  readonly agreement: Agreement;
  readonly wallRatio: Estimate;
  readonly cpuRatio: Estimate;
  /** Of the peaks. */
  readonly memoryRatio: number;
}

export interface TrainCase {
  readonly workload: Workload;
  readonly ours: SideTimes;
  /** None without a rival, and where losses differ. */
  readonly peers: readonly PeerTimes[];
  readonly leftOut: readonly { readonly peer: PeerName; readonly reason: string }[];
  readonly others?: Others;
  readonly verdicts: readonly Judged[];
  /** What differs, in words. */
  readonly differs?: string;
  /** Why there are no verdicts. */
  readonly reason?: string;
}

/** Runs every workload. */
export async function trainBench(options: TrainBenchOptions): Promise<readonly TrainCase[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nexort-bench-'));
  try {
    const cases: TrainCase[] = [];
    for (const name of options.workloads) {
      const given = workload(name, options);
      const file = join(folder, `${name}.safetensors`);
      await writeCase(file, given);
      cases.push(await oneCase(options, given, file));
      await rm(file);
    }
    return cases;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the bench ends with 1. */
export function failed(cases: readonly TrainCase[]): boolean {
  return cases.some(
    ({ differs, verdicts }) => differs !== undefined || verdicts.some(({ verdict }) => verdict === 'missed'),
  );
}

interface Rival {
  readonly peer: Peer;
  readonly started: Started;
  readonly agreement: Agreement;
}

async function oneCase(options: TrainBenchOptions, given: Workload, file: string): Promise<TrainCase> {
  const { threads, peers, say } = options;
  say(`${titleOf(given)}: ${COMPARED_STEPS} steps of each side, whose losses are compared`);
  const told: Told = { file, threads, steps: COMPARED_STEPS };
  const ours = await startAlone(oursCommand(told));
  say(`  ours: peak ${gibibytes(ours.peakBytes, 2)}`);
  const leftOut: { peer: PeerName; reason: string }[] = [];
  const rivals: Rival[] = [];
  for (const name of peers) {
    const peer = findPeer(name, given);
    if ('missing' in peer) {
      say(`  ${name} is left out: ${peer.missing}`);
      leftOut.push({ peer: name, reason: peer.missing });
      continue;
    }
    const started = await startAlone(peer.command(told));
    const agreement = compareLosses(ours.losses, started.losses);
    const { difference, step } = agreement;
    const parted = `losses differ by at most ${difference.toExponential(1)} (step ${step}); ${SAME_LOSS} is allowed`;
    say(`  ${name}: peak ${gibibytes(started.peakBytes, 2)}, ${parted}`);
    if (!agreement.agrees || started.parameters !== ours.parameters) {
      const counts = `${ours.parameters} and ${started.parameters} parameters`;
      const differs = `${name}: relative difference ${difference} at step ${step}, ${counts}`;
      return { workload: given, ours: { ...ours, runs: [] }, peers: [], leftOut, verdicts: [], differs };
    }
    rivals.push({ peer, started, agreement });
  }
  return { leftOut, ...(await timed(options, given, file, ours, rivals)) };
}

/** A process of its own for one run. */
async function startAlone(command: Command): Promise<Started> {
  const side = new Side(command);
  try {
    const described = await side.ask('describe');
    const { bytes: loadedBytes } = await side.ask('peak');
    await side.ask('run');
    const { values } = await side.ask('answer');
    return { ...described, losses: values, loadedBytes, peakBytes: (await side.ask('peak')).bytes };
  } finally {
    await side.stop();
  }
}

async function timed(
  options: TrainBenchOptions,
  given: Workload,
  file: string,
  ours: Started,
  rivals: readonly Rival[],
): Promise<Omit<TrainCase, 'leftOut'>> {
  const { threads, rounds, say } = options;
  const told: Told = { file, threads, steps: given.steps };
  const sides = [oursCommand(told), ...rivals.map(({ peer }) => peer.command(told))].map(
    (command) => new Side(command),
  );
  try {
    say(`  runs of ${given.steps} steps; ${WARM_UP} of each side to warm up`);
    for (const side of sides) {
      for (let k = 0; k < WARM_UP; k++) {
        await side.ask('prepare');
        await side.ask('run');
      }
    }
    const names = rivals.map(({ peer }) => peer.name);
    const times = await compareTimes(at(sides, 0), sides.slice(1), { rounds, names, say, prepared: true });
    const measured = rivals.map(({ peer, started, agreement }, k): PeerTimes => {
      const { timings, ...ratios } = at(times.rivals, k);
      const memoryRatio = ours.peakBytes / started.peakBytes;
      return { peer: peer.name, ...started, agreement, runs: timings, ...ratios, memoryRatio };
    });
    const bounds = boundsOf(given.name, { ...options, threads });
    return {
      workload: given,
      ours: { ...ours, runs: times.ours },
      peers: measured,
      others: times.others,
      ...('none' in bounds
        ? { verdicts: [], reason: bounds.none }
        : { verdicts: judge(bounds, measured, times.unfitting) }),
    };
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}
