/** Runs of several sides in turn. */

import { at } from '../../src/numeric/index.ts';
import { BUSY_SHARE, watchOthers } from './machine.ts';
import type { Timing } from './serve.ts';

/** What takes its turn in rounds. */
export interface Runner {
  /** Gets ready for a run. */
  prepare(): Promise<void>;
  run(): Promise<Timing>;
}

/** One run of each side, right after one another. */
export interface Round {
  /** In the order of the sides, whichever went first. */
  readonly timings: readonly Timing[];
  /** Share of all cores that other processes took meanwhile. */
  readonly others: number;
}

/**
 * Rounds of runs, the sides taking turns to go first. A round during which the machine was busy does not count and is
 * run again, at most as many times as rounds were asked for; which rounds count does not depend on their times. What
 * sides do in `prepare`, before each round, does not count either.
 */
export async function interleavedRounds(
  sides: readonly Runner[],
  count: number,
  onRound: (round: Round, counts: boolean) => void,
  prepare: () => Promise<void> = async () => {},
): Promise<{ readonly quiet: readonly Round[]; readonly disturbed: readonly Round[] }> {
  const [quiet, disturbed]: [Round[], Round[]] = [[], []];
  for (let k = 0; quiet.length < count && disturbed.length < count; k++) {
    await prepare();
    const round = await oneRound(sides, k % sides.length);
    const counts = round.others <= BUSY_SHARE;
    (counts ? quiet : disturbed).push(round);
    onRound(round, counts);
  }
  return { quiet, disturbed };
}

/** The sides from `first` on, then those before it. */
async function oneRound(sides: readonly Runner[], first: number): Promise<Round> {
  const others = watchOthers();
  const start = process.cpuUsage();
  const timings: Timing[] = [];
  for (const side of [...sides.slice(first), ...sides.slice(0, first)]) timings.push(await side.run());
  const { user, system } = process.cpuUsage(start);
  const own = timings.reduce((sum, { cpu }) => sum + cpu, (user + system) / 1e6);
  const share = others(own);
  return { timings: sides.map((_, k) => at(timings, (k - first + sides.length) % sides.length)), others: share };
}
