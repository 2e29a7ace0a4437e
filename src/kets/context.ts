/** What the rules need of the run that they serve. */

import type { Analysis, Axis, Form, Node } from '../program/index.ts';
import type { Value } from './values.ts';

/** What rules need of the run. */
export interface Context {
  readonly analysis: Analysis;
  readonly value: (ref: string) => Value;
  readonly form: (ref: string) => Form;
  /** Input or parameter: given, drawn, or carried over. */
  readonly feed: (node: Node) => Value;
  /** Size of a fixed space, number of samples of a width space. */
  readonly count: (axis: Axis) => number;
  /** Size of a width space in units of n. */
  readonly ratio: (axis: Axis) => number;
  /** How many of the first coordinates an average over an axis of a pointwise value reads. */
  readonly subsample: (axis: Axis) => number;
  /** Size of a space in left-over powers of n: infinite in the limit. */
  readonly size: (space: string) => number;
  readonly ones: (axis: Axis) => Float64Array;
  /** n to a left-over power, at most 0. */
  readonly power: (exponent: number) => number;
}

/** The fixed axes of a node and their sizes. */
export function fixedAxes(node: Node, { analysis, count }: Context): { axes: Axis[]; shape: number[]; widths: Axis[] } {
  const axes = node.type.axes.filter((axis) => !analysis.widths.isWidth(axis));
  return { axes, shape: axes.map(count), widths: node.type.axes.filter(analysis.widths.isWidth) };
}
