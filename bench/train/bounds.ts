/** What training is held to, beside which rival. */

import { atMost, type Estimate, type Verdict } from '../harness/statistics.ts';
import type { PeerName } from './peers.ts';
import type { Changes, WorkloadName } from './workloads.ts';

/** Most that ours may be in parts of a rival's. */
export interface Bound {
  readonly peer: PeerName;
  readonly quantity: 'wall' | 'memory';
  readonly atMost: number;
  /** What is aimed at beyond the bound. */
  readonly aim?: number;
}

/** A rival that ours is to be level with may be faster by what others may take of a machine that counts as idle. */
const LEVEL = 1.05;

const BOUNDS: Readonly<Record<WorkloadName, readonly Bound[]>> = {
  mlp: [
    { peer: 'torch', quantity: 'wall', atMost: 0.9 },
    { peer: 'jax', quantity: 'wall', atMost: LEVEL },
    { peer: 'torch', quantity: 'memory', atMost: 0.4 },
  ],
  wide: [
    { peer: 'torch', quantity: 'wall', atMost: 1, aim: 0.9 },
    { peer: 'torch', quantity: 'memory', atMost: 0.65 },
  ],
  gpt: [{ peer: 'torch', quantity: 'wall', atMost: 1.3, aim: 1 }],
  encoder: [
    { peer: 'torch', quantity: 'wall', atMost: LEVEL, aim: 0.95 },
    { peer: 'torch', quantity: 'memory', atMost: 0.5 },
  ],
};

const STATED_THREADS = 2;

/** The bounds of a workload, or why none is stated. */
export function boundsOf(
  name: WorkloadName,
  { width, threads }: Changes & { readonly threads: number },
): readonly Bound[] | { readonly none: string } {
  if (width !== undefined) return { none: 'no bound is set for another width' };
  return threads === STATED_THREADS ? BOUNDS[name] : { none: `the bounds are set for ${STATED_THREADS} threads` };
}

/** What was measured beside one rival. */
export interface Measured {
  readonly peer: PeerName;
  readonly wallRatio: Estimate;
  /** Of the peaks. */
  readonly memoryRatio: number;
}

export interface Judged extends Bound {
  readonly verdict: Verdict | 'none';
  /** Why there is none. */
  readonly reason?: string;
  /** The verdict on the aim, where the bound has one. */
  readonly aimed?: Verdict;
}

/** The verdict on each bound. A busy machine makes times longer, not memory larger: that is judged all the same. */
export function judge(bounds: readonly Bound[], measured: readonly Measured[], unfitting?: string): readonly Judged[] {
  return bounds.map((bound): Judged => {
    const beside = measured.find(({ peer }) => peer === bound.peer);
    if (beside === undefined) return { ...bound, verdict: 'none', reason: `${bound.peer} did not run` };
    if (bound.quantity === 'memory') {
      return { ...bound, verdict: beside.memoryRatio <= bound.atMost ? 'met' : 'missed' };
    }
    if (unfitting !== undefined) return { ...bound, verdict: 'none', reason: unfitting };
    const aimed = bound.aim === undefined ? {} : { aimed: atMost(bound.aim, beside.wallRatio) };
    return { ...bound, verdict: atMost(bound.atMost, beside.wallRatio), ...aimed };
  });
}
