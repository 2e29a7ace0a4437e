/** Runs of two sides in turn. */

import { BUSY_SHARE, watchOthers } from './machine.ts';
import type { Timing } from './serve.ts';
import type { Side } from './side.ts';

/** One run of each side, right after one another. */
export interface Pair {
  readonly ours: Timing;
  readonly peer: Timing;
  /** Share of all cores that other processes took meanwhile. */
  readonly others: number;
}

/**
 * Pairs of runs, the sides taking turns to go first. A pair during which the machine was busy does not count and is run
 * again, at most as many times as pairs were asked for; which pairs count does not depend on their times.
 */
export async function interleavedPairs(
  ours: Side,
  peer: Side,
  count: number,
  onPair: (pair: Pair, counts: boolean) => void,
): Promise<{ readonly quiet: readonly Pair[]; readonly disturbed: readonly Pair[] }> {
  const [quiet, disturbed]: [Pair[], Pair[]] = [[], []];
  for (let k = 0; quiet.length < count && disturbed.length < count; k++) {
    const pair = await onePair(ours, peer, k % 2 === 0);
    const counts = pair.others <= BUSY_SHARE;
    (counts ? quiet : disturbed).push(pair);
    onPair(pair, counts);
  }
  return { quiet, disturbed };
}

async function onePair(ours: Side, peer: Side, oursFirst: boolean): Promise<Pair> {
  const others = watchOthers();
  const start = process.cpuUsage();
  const first = await (oursFirst ? ours : peer).ask('run');
  const second = await (oursFirst ? peer : ours).ask('run');
  const { user, system } = process.cpuUsage(start);
  const share = others(first.cpu + second.cpu + (user + system) / 1e6);
  return oursFirst ? { ours: first, peer: second, others: share } : { ours: second, peer: first, others: share };
}
