/** Which entries of two values meet in a contraction. */

import { at } from '../numeric/index.ts';
import { type Axis, entries, offsets } from '../program/index.ts';
import type { Extent } from './extent.ts';

/** The pairs of entries that are multiplied and added up, for each position of the result's fixed axes. */
export interface Pairs extends Extent {
  readonly groups: readonly (readonly (readonly [left: number, right: number])[])[];
}

/** The fixed axes of a result and of what is summed, with their sizes. */
export interface FixedAxes extends Extent {
  readonly summed: readonly Axis[];
  readonly summedShape: readonly number[];
}

/** The pairs of two values over their fixed axes. */
export function pair(left: Extent, right: Extent, { axes, shape, summed, summedShape }: FixedAxes): Pairs {
  const [aOut, bOut] = [offsets(axes, shape, left), offsets(axes, shape, right)];
  const [aIn, bIn] = [offsets(summed, summedShape, left), offsets(summed, summedShape, right)];
  const groups = Array.from({ length: entries(shape) }, (_, p) =>
    Array.from(aIn, (step, k): [number, number] => [at(aOut, p) + step, at(bOut, p) + at(bIn, k)]),
  );
  return { axes, shape, groups };
}
