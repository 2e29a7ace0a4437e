/** A bounded number of evaluations of an integrand whose values must be finite. */

import { entry } from '../numeric/index.ts';
import type { Integrand } from './integrand.ts';
import { notFiniteAt, overBudget, tooCostly } from './notClosed.ts';

/** How many evaluations all integrals of a computation may take together. */
export interface Budget {
  left: number;
}

/** No bound but those of single integrals. */
export const UNLIMITED: Budget = { left: Number.POSITIVE_INFINITY };

/** The integrand, giving up on a value that is not finite and after `most` evaluations, or those that the budget has left. */
export function budgeted(f: Integrand, dimension: number, most: number, budget: Budget): Integrand {
  let left = most;
  return (point, xs, values) => {
    left -= xs.length;
    budget.left -= xs.length;
    if (left < 0) throw tooCostly(dimension, most);
    if (budget.left < 0) throw overBudget(dimension);
    f(point, xs, values);
    for (let k = 0; k < xs.length; k++) {
      if (!Number.isFinite(entry(values, k))) throw notFiniteAt([...point.subarray(0, -1), entry(xs, k)]);
    }
  };
}
