/**
 * Lazy kets beside a dense simulation of the same program: one law, two ways to draw from it. Answers are compared first,
 * as means over seeds; drawing counts on both sides, and the lazy one draws as it goes.
 */

import { at } from '../../src/numeric/index.ts';
import { parseProgram } from '../../src/program/index.ts';
import { unfit } from '../harness/fitness.ts';
import { percent, times } from '../harness/format.ts';
import { busyShare } from '../harness/machine.ts';
import { interleavedRounds, type Round } from '../harness/rounds.ts';
import type { Timing } from '../harness/serve.ts';
import { Side, type SideResult } from '../harness/side.ts';
import { type Estimate, medianInterval } from '../harness/statistics.ts';
import { scalarNames } from './entries.ts';
import { denseSide, lazySide } from './sides.ts';
import { type Agreement, compareMeans } from './statistics.ts';
import type { Workload } from './workloads.ts';

const QUIET_SECONDS = 2;

export interface SpeedOptions {
  readonly workload: Workload;
  /** File of the workload's program. */
  readonly file: string;
  readonly width: number;
  /** Runs of each side whose answers are compared; they warm the sides up. */
  readonly seeds: number;
  /** Runs of each side that count. */
  readonly pairs: number;
  /** Threads of the dense side. */
  readonly threads: number;
  readonly say: (line: string) => void;
}

/** What the lazy side takes in parts of what the dense one takes. */
export interface Ratios {
  readonly wall: Estimate;
  readonly cpu: Estimate;
}

export interface SpeedCase {
  readonly workload: string;
  readonly width: number;
  readonly seeds: number;
  readonly agreement: Agreement;
  readonly lazy: SideResult;
  readonly dense: SideResult;
  /** None where answers differ. */
  readonly ratios?: {
    readonly whole: Ratios;
    /** To the dense side's time without that of drawing its matrices. */
    readonly withoutDrawing: Ratios;
  };
  readonly others: {
    readonly before: number;
    readonly during: readonly number[];
    readonly disturbed: readonly number[];
  };
  readonly verdict: 'none' | 'answers differ';
  readonly reason: string;
}

/** Compares both sides at one width. */
export async function speedCase(options: SpeedOptions): Promise<SpeedCase> {
  const { workload, file, width, threads } = options;
  const simulation = { file, width, steps: workload.steps };
  const lazy = new Side(lazySide(simulation));
  const dense = new Side(denseSide({ ...simulation, threads }));
  try {
    return await compared(options, lazy, dense);
  } finally {
    await Promise.all([lazy.stop(), dense.stop()]);
  }
}

async function compared(options: SpeedOptions, lazy: Side, dense: Side): Promise<SpeedCase> {
  const { workload, width, seeds, pairs, say } = options;
  say(`n = ${width}: ${seeds} runs of each side, whose answers are compared`);
  const names = scalarNames(parseProgram(workload.text), width);
  const agreement = compareMeans(names, await answers(lazy, seeds), await answers(dense, seeds));
  const { entry, distance, allowed, agrees } = agreement;
  const found = `means differ by ${distance.toFixed(1)} joint standard errors (${entry}), ${allowed} are allowed`;
  say(`  ${found}`);
  const about = { workload: workload.name, width, seeds, agreement };
  const before = await busyShare(QUIET_SECONDS);
  if (!agrees) {
    const others = { before, during: [], disturbed: [] };
    const [mine, theirs] = [await lazy.result([]), await dense.result([])];
    return { ...about, lazy: mine, dense: theirs, others, verdict: 'answers differ', reason: found };
  }
  const { quiet, disturbed } = await interleavedRounds([lazy, dense], pairs, (round, counts) =>
    say(roundLine(round, counts)),
  );
  const enough = quiet.length >= pairs;
  const counted = enough ? quiet : [...quiet, ...disturbed];
  const unfitting = unfit({ before, enough, disturbed: disturbed.length, rounds: pairs });
  return {
    ...about,
    lazy: await lazy.result(counted.map(({ timings }) => at(timings, 0))),
    dense: await dense.result(counted.map(({ timings }) => at(timings, 1))),
    ratios: { whole: ratios(counted, (timing) => timing), withoutDrawing: ratios(counted, withoutDrawing) },
    others: { before, during: quiet.map(({ others }) => others), disturbed: disturbed.map(({ others }) => others) },
    verdict: 'none',
    reason: unfitting ?? 'no bound is set, the ratio is reported',
  };
}

async function answers(side: Side, seeds: number): Promise<number[][]> {
  const rows: number[][] = [];
  for (let k = 0; k < seeds; k++) {
    await side.ask('run');
    rows.push([...(await side.ask('answer')).values]);
  }
  return rows;
}

/** Ratios of the lazy side's times to a part of the dense side's. */
function ratios(rounds: readonly Round[], part: (dense: Timing) => Timing): Ratios {
  const of = (pick: 'wall' | 'cpu'): Estimate =>
    medianInterval(rounds.map(({ timings }) => at(timings, 0)[pick] / part(at(timings, 1))[pick]));
  return { wall: of('wall'), cpu: of('cpu') };
}

/** Seconds of the steps alone. */
export function withoutDrawing({ wall, cpu, notes = {} }: Timing): Timing {
  return { wall: wall - (notes.drawingWall ?? 0), cpu: cpu - (notes.drawingCpu ?? 0) };
}

function roundLine({ timings, others }: Round, counts: boolean): string {
  const [lazy, dense] = [at(timings, 0), at(timings, 1)];
  const ratio = `ratio ${(lazy.wall / dense.wall).toPrecision(2)} and ${(lazy.cpu / dense.cpu).toPrecision(2)}`;
  const machine = `others took ${percent(others)} of the machine${counts ? '' : ': does not count'}`;
  return `  lazy ${times(lazy)} · dense ${times(dense)}, ${ratio} · ${machine}`;
}
