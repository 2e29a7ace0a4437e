/** Times of ours beside those of rivals, and whether they may be judged. */

import { at } from '../../src/numeric/index.ts';
import { unfit } from './fitness.ts';
import { percent, times } from './format.ts';
import { busyShare } from './machine.ts';
import { interleavedRounds, type Round, type Runner } from './rounds.ts';
import type { Timing } from './serve.ts';
import { type Estimate, medianInterval } from './statistics.ts';

const QUIET_SECONDS = 2;

export interface CompareOptions {
  /** Rounds that count. */
  readonly rounds: number;
  /** Names of the rivals, in their order. */
  readonly names: readonly string[];
  /** What happens, for people. */
  readonly say: (line: string) => void;
  /** Asks every side to get ready before each round. */
  readonly prepared?: boolean;
}

/** Shares of all cores that others took: before, during each round that counts, and during those that do not. */
export interface Others {
  readonly before: number;
  readonly during: readonly number[];
  readonly disturbed: readonly number[];
}

/** What a rival took, and ours in parts of it, round by round. */
export interface Beside {
  readonly timings: readonly Timing[];
  readonly wallRatio: Estimate;
  readonly cpuRatio: Estimate;
}

export interface Compared {
  readonly ours: readonly Timing[];
  /** In the order of the rivals. */
  readonly rivals: readonly Beside[];
  readonly others: Others;
  /** Why the times give no verdict, if so. */
  readonly unfitting?: string;
}

/** Runs ours and its rivals in turn. Where too many rounds were disturbed, all count, and there is no verdict. */
export async function compareTimes(
  ours: Runner,
  rivals: readonly Runner[],
  options: CompareOptions,
): Promise<Compared> {
  const { rounds, names, say, prepared = false } = options;
  const sides = [ours, ...rivals];
  const before = await busyShare(QUIET_SECONDS);
  const { quiet, disturbed } = await interleavedRounds(
    sides,
    rounds,
    (round, counts) => say(roundLine(names, round, counts)),
    async () => {
      if (prepared) for (const side of sides) await side.prepare();
    },
  );
  const enough = quiet.length >= rounds;
  const counted = enough ? quiet : [...quiet, ...disturbed];
  const timings = (side: number): Timing[] => counted.map((round) => at(round.timings, side));
  const unfitting = unfit({ before, enough, disturbed: disturbed.length, rounds });
  return {
    ours: timings(0),
    rivals: rivals.map((_, k) => {
      const ratio = (pick: 'wall' | 'cpu'): Estimate =>
        medianInterval(counted.map((round) => at(round.timings, 0)[pick] / at(round.timings, 1 + k)[pick]));
      return { timings: timings(1 + k), wallRatio: ratio('wall'), cpuRatio: ratio('cpu') };
    }),
    others: { before, during: quiet.map(({ others }) => others), disturbed: disturbed.map(({ others }) => others) },
    ...(unfitting === undefined ? {} : { unfitting }),
  };
}

function roundLine(names: readonly string[], { timings, others }: Round, counts: boolean): string {
  const ours = at(timings, 0);
  const rivals = names.map((name, k) => {
    const { wall, cpu } = at(timings, 1 + k);
    const ratios = `ratio ${(ours.wall / wall).toFixed(2)} and ${(ours.cpu / cpu).toFixed(2)}`;
    return `${name} ${times({ wall, cpu })}, ${ratios}`;
  });
  const machine = `others took ${percent(others)} of the machine${counts ? '' : ': does not count'}`;
  return `  ${[`ours ${times(ours)}`, ...rivals, machine].join(' · ')}`;
}
