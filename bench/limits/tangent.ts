/** The neural tangent limit of Adam beside the same recursion in NumPy, on tiles of the same size. */

import { at, normalCdf, studentQuantile } from '../../src/numeric/index.ts';
import { unfit } from '../harness/fitness.ts';
import { percent, times } from '../harness/format.ts';
import { busyShare } from '../harness/machine.ts';
import { interleavedRounds } from '../harness/rounds.ts';
import { Side, type SideResult } from '../harness/side.ts';
import { type Estimate, medianInterval } from '../harness/statistics.ts';
import { BOUNDS, judged, type Verdict } from './bounds.ts';
import { limitSide, pythonSide } from './sides.ts';

const MOST_ERRORS = 4;
const QUIET_SECONDS = 2;

export interface TangentOptions {
  /** Rows and columns of a tile. */
  readonly samples: number;
  readonly scramblings: number;
  readonly pairs: number;
  readonly threads: number;
  readonly say: (line: string) => void;
}

export interface TangentCase {
  readonly samples: number;
  readonly scramblings: number;
  readonly distance: number;
  readonly allowed: number;
  readonly ours: Measured;
  readonly python: Measured;
  /** Ours in parts of NumPy's: of a run, and to one standard error. */
  readonly ratios?: { readonly wall: Estimate; readonly cpu: Estimate; readonly toOneError: number };
  readonly verdict: Verdict | 'answers differ';
  readonly reason?: string;
}

export interface Measured extends SideResult {
  /** Root mean square over outputs of their standard errors, in the runs whose answers are compared. */
  readonly error: number;
}

export async function tangentCase(options: TangentOptions): Promise<TangentCase | { readonly missing: string }> {
  const { samples, scramblings, pairs, threads, say } = options;
  const python = pythonSide(samples, scramblings, threads);
  if ('missing' in python) return python;
  const told = { problem: 'tangent', width: samples, subsample: samples, scramblings } as const;
  const [ours, theirs] = [new Side(limitSide(told)), new Side(python)];
  try {
    const [mine, other] = [await answer(ours), await answer(theirs)];
    const distance = furthest(mine, other);
    const allowed = studentQuantile(normalCdf(MOST_ERRORS), scramblings - 1);
    say(`tangent: at most ${distance.toFixed(1)} joint standard errors apart, ${allowed.toFixed(1)} are allowed`);
    const about = { samples, scramblings, distance, allowed };
    if (!(distance <= allowed)) {
      const sides = {
        ours: { ...(await ours.result([])), error: rms(mine.errors) },
        python: { ...(await theirs.result([])), error: rms(other.errors) },
      };
      return { ...about, ...sides, verdict: 'answers differ' };
    }
    const before = await busyShare(QUIET_SECONDS);
    const { quiet, disturbed } = await interleavedRounds([ours, theirs], pairs, ({ timings, others }) =>
      say(`  ours ${times(at(timings, 0))} · numpy ${times(at(timings, 1))} · others took ${percent(others)}`),
    );
    const enough = quiet.length >= pairs;
    const counted = enough ? quiet : [...quiet, ...disturbed];
    const of = (pick: 'wall' | 'cpu'): Estimate =>
      medianInterval(counted.map(({ timings }) => at(timings, 0)[pick] / at(timings, 1)[pick]));
    const [wall, cpu] = [of('wall'), of('cpu')];
    const side = async (own: Side, place: number, { errors }: Answer): Promise<Measured> => ({
      ...(await own.result(counted.map(({ timings }) => at(timings, place)))),
      error: rms(errors),
    });
    return {
      ...about,
      ours: await side(ours, 0, mine),
      python: await side(theirs, 1, other),
      ratios: { wall, cpu, toOneError: cpu.median * (rms(mine.errors) / rms(other.errors)) ** 2 },
      ...judged(BOUNDS.tangent.most, wall, unfit({ before, enough, disturbed: disturbed.length, rounds: pairs })),
    };
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

interface Answer {
  readonly values: readonly number[];
  readonly errors: readonly number[];
}

async function answer(side: Side): Promise<Answer> {
  await side.run();
  const { values } = await side.ask('answer');
  return { values: values.slice(0, values.length / 2), errors: values.slice(values.length / 2) };
}

/** In joint standard errors. */
function furthest(ours: Answer, theirs: Answer): number {
  return Math.max(
    ...ours.values.map(
      (value, k) => Math.abs(value - at(theirs.values, k)) / Math.hypot(at(ours.errors, k), at(theirs.errors, k)),
    ),
  );
}

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
