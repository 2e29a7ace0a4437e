/** What limits are held to. */

import { atMost, type Verdict as Compared } from '../harness/statistics.ts';
import type { Rule } from './problems.ts';

export type Verdict = Compared | 'none';

interface Bound {
  readonly most: number;
  readonly aim: number;
}

interface Bounds {
  /** CPU to a standard error of 1e-3 in parts of that of dense networks. */
  readonly cost: Readonly<Record<Rule, Bound>>;
  /** Wall seconds of the transformer, to an error of 1e-2 in the loss and at the library's own size. */
  readonly transformer: { readonly small: Bound; readonly default: Bound };
  /** Wall time in parts of that of NumPy. */
  readonly tangent: Bound;
}

export const BOUNDS: Bounds = {
  cost: {
    sgd: { most: 1 / 20, aim: 1 / 30 },
    momentum: { most: 1 / 20, aim: 1 / 30 },
    adam: { most: 1 / 10, aim: 1 / 20 },
  },
  transformer: { small: { most: 6, aim: 3 }, default: { most: 210, aim: 90 } },
  tangent: { most: 1, aim: 1 },
};

/** The verdict on a figure; `none`, with the reason, where there is none or it was not measured well enough. */
export function judged(
  most: number,
  figure: { readonly low: number; readonly high: number } | undefined,
  unfitting: string | undefined,
): { readonly verdict: Verdict; readonly reason?: string } {
  if (figure === undefined) return { verdict: 'none', reason: 'there is no figure' };
  if (unfitting !== undefined) return { verdict: 'none', reason: unfitting };
  return { verdict: atMost(most, figure) };
}
