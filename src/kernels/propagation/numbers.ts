/**
 * Numbers of each input: the same one for all, or a quantity of inputs with themselves that is computed once the data are
 * there, such as the mean of a layer norm.
 */

import { isPlanned, type Planned, type Quantity } from '../plan/quantities.ts';
import { Total } from '../plan/total.ts';

export type Numbers = Quantity;

/** f(a). */
export function mapped(f: (value: number) => number, a: Numbers): Numbers {
  return isPlanned(a) ? a.plan.call((values) => f(Number(values[0])), [a]) : f(a);
}

export function plus(a: Numbers, b: Numbers): Numbers {
  const planned = plannedOf(a, b);
  if (planned === undefined) return Number(a) + Number(b);
  const total = new Total(planned.plan, true);
  total.add(a);
  total.add(b);
  return total.value();
}

export function times(a: Numbers, b: Numbers): Numbers {
  const planned = plannedOf(a, b);
  if (planned === undefined) return Number(a) * Number(b);
  const total = new Total(planned.plan, true);
  total.add(a, b);
  return total.value();
}

function plannedOf(a: Numbers, b: Numbers): Planned | undefined {
  return isPlanned(a) ? a : isPlanned(b) ? b : undefined;
}

/** The same text for the same number, or for the same quantity. */
export function numbersKey(values: Numbers): string {
  if (isPlanned(values)) return `#${values.id}`;
  return Object.is(values, -0) ? '0' : String(values);
}
