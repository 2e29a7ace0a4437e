/** Which entries of two values meet in a contraction. */

import { at } from '../numeric/index.ts';
import { type Axis, entries, type Node, offsets, type Tensor } from '../program/index.ts';

/** The pairs of entries that are multiplied and added up, for each position of the result's fixed axes. */
export interface Pairs {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly groups: readonly (readonly (readonly [left: number, right: number])[])[];
}

/** The fixed axes of a result and of what is summed, with their sizes. */
export interface FixedAxes {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly summed: readonly Axis[];
  readonly summedShape: readonly number[];
}

type Places = Pick<Tensor, 'axes' | 'shape'>;

/** The pairs of two values over their fixed axes. */
export function pair(left: Places, right: Places, { axes, shape, summed, summedShape }: FixedAxes): Pairs {
  const [aOut, bOut] = [offsets(axes, shape, left), offsets(axes, shape, right)];
  const [aIn, bIn] = [offsets(summed, summedShape, left), offsets(summed, summedShape, right)];
  const groups = Array.from({ length: entries(shape) }, (_, p) =>
    Array.from(aIn, (step, k): [number, number] => [at(aOut, p) + step, at(bOut, p) + at(bIn, k)]),
  );
  return { axes, shape, groups };
}

/** The fixed axes of a node with their sizes, and its width axes. */
export function splitAxes(
  { type }: Node,
  isWidth: (axis: Axis) => boolean,
  count: (axis: Axis) => number,
): { axes: Axis[]; shape: number[]; widths: Axis[] } {
  const axes = type.axes.filter((axis) => !isWidth(axis));
  return { axes, shape: axes.map(count), widths: type.axes.filter(isWidth) };
}
