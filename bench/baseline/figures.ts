/** A quantity of ours beside that of the baseline, and what its interval says. */

import { at } from '../../src/numeric/index.ts';
import { unfit } from '../harness/fitness.ts';
import { type Estimate, medianInterval } from '../harness/statistics.ts';

export type Quantity = 'wall' | 'cpu' | 'memory';

/** `no worse`: the interval of the ratio holds 1, so that no difference is shown. */
export type Verdict = 'no worse' | 'worse' | 'better';

export interface Figure {
  readonly quantity: Quantity;
  /** Medians: seconds of a unit, or bytes. */
  readonly ours: number;
  readonly baseline: number;
  /** Of ours to the baseline, round by round. */
  readonly ratio: Estimate;
  readonly verdict: Verdict | 'none';
  /** Why there is none. */
  readonly reason?: string;
}

/** What an interval of ratios to the baseline says; one of numbers that are missing is `worse`. */
export function verdictOn({ low, high }: Estimate): Verdict {
  if (!(low <= 1)) return 'worse';
  return high < 1 ? 'better' : 'no worse';
}

/** The figure of values taken in pairs; `unfitting` is why they may not be judged, if so. */
export function figure(
  quantity: Quantity,
  ours: readonly number[],
  baseline: readonly number[],
  unfitting: string | undefined,
): Figure {
  const ratio = medianInterval(ours.map((value, k) => value / at(baseline, k)));
  const medians = { ours: medianInterval(ours).median, baseline: medianInterval(baseline).median };
  return {
    quantity,
    ...medians,
    ratio,
    ...(unfitting === undefined ? { verdict: verdictOn(ratio) } : { verdict: 'none', reason: unfitting }),
  };
}

/** The figure of peaks. Others on the machine make no memory larger: only the number of rounds decides. */
export function memoryFigure(ours: readonly number[], baseline: readonly number[], rounds: number): Figure {
  return figure('memory', ours, baseline, unfit({ before: 0, enough: true, disturbed: 0, rounds }));
}
