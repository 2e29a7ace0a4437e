/** Which entries of two values meet in a contraction. */

import { at } from '../numeric/index.ts';
import { type Axis, entries, type Node, offsets } from '../program/index.ts';
import { type Context, fixedAxes } from './context.ts';
import type { Value } from './values.ts';

/** The pairs of entries that are multiplied and added up, for each position of the result's fixed axes. */
export interface Pairs {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly groups: readonly (readonly (readonly [left: number, right: number])[])[];
}

/** The pairs of a contraction over some axes, of which the fixed ones count. */
export function pair(left: Value, right: Value, over: readonly Axis[], node: Node, context: Context): Pairs {
  const { axes, shape } = fixedAxes(node, context);
  const inner = over.filter((axis) => !context.analysis.widths.isWidth(axis));
  const innerShape = inner.map(context.count);
  const [aOut, bOut] = [offsets(axes, shape, left), offsets(axes, shape, right)];
  const [aIn, bIn] = [offsets(inner, innerShape, left), offsets(inner, innerShape, right)];
  const groups = Array.from({ length: entries(shape) }, (_, p) =>
    Array.from(aIn, (step, k): [number, number] => [at(aOut, p) + step, at(bOut, p) + at(bIn, k)]),
  );
  return { axes, shape, groups };
}
