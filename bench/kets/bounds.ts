/** What time and memory of the kets are held to. */

import { unfit } from '../harness/fitness.ts';
import { atMost, type Estimate, type Verdict } from '../harness/statistics.ts';

/** Two hidden layers, 8 steps on 4 inputs: on two idle cores, at most so many seconds and bytes. */
const STATED = { width: 131_072, seconds: 4, bytes: 2e9 } as const;

/** What is known about a width. */
export interface Measured {
  readonly width: number;
  readonly wall: Estimate;
  readonly peakBytes: number;
  /** What decides whether times may be judged. */
  readonly before: number;
  readonly enough: boolean;
  readonly disturbed: number;
  readonly runs: number;
}

/** Verdicts on time and memory; `none` with its reason. */
export interface Judged {
  readonly bounds?: { readonly seconds: number; readonly bytes: number };
  readonly time: Verdict | 'none';
  readonly memory: Verdict | 'none';
  readonly reason?: string;
}

/** The verdicts on one width. A busy machine makes times longer, not memory larger: that is judged all the same. */
export function judge({ width, wall, peakBytes, runs, ...machine }: Measured): Judged {
  const unfitting = unfit({ ...machine, rounds: runs });
  if (width !== STATED.width) return { time: 'none', memory: 'none', reason: 'no bound is set for this width' };
  const { seconds, bytes } = STATED;
  return {
    bounds: { seconds, bytes },
    time: unfitting === undefined ? atMost(seconds, wall) : 'none',
    memory: peakBytes <= bytes ? 'met' : 'missed',
    ...(unfitting === undefined ? {} : { reason: unfitting }),
  };
}
