/** A bounded number of evaluations of an integrand whose values must be finite. */

import { entry } from '../../numeric/index.ts';
import type { Integrand } from './integrand.ts';
import { notFiniteAt, tooCostly } from './notClosed.ts';

/** The integrand, giving up on a value that is not finite and after `most` evaluations. */
export function budgeted(f: Integrand, dimension: number, most: number): Integrand {
  let left = most;
  return (point, xs, values) => {
    left -= xs.length;
    if (left < 0) throw tooCostly(dimension, most);
    f(point, xs, values);
    for (let k = 0; k < xs.length; k++) {
      if (!Number.isFinite(entry(values, k))) throw notFiniteAt([...point.subarray(0, -1), entry(xs, k)]);
    }
  };
}
