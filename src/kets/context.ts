/** What the rules need of the run that they serve. */

import { type Analysis, type Axis, type Exponent, entryExponent, type Form, type Node } from '../program/index.ts';
import type { Column, Value } from './values.ts';

/** A product with matrices, column by column, by what its parts come from. */
export interface Parts {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly width: Axis;
  readonly hat: readonly Column[];
  readonly dot: readonly Column[];
  readonly update: readonly Column[];
}

/** What rules need of the run. */
export interface Context {
  readonly analysis: Analysis;
  readonly value: (ref: string) => Value;
  readonly isWidth: (axis: Axis) => boolean;
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
  readonly power: (exponent: Exponent) => number;
  /** Takes the parts of a product, where they are wanted. */
  readonly takeParts: (name: string) => ((parts: Parts) => void) | undefined;
}

/** The power of n of a value's entries, initial matrices aside. */
export function exponentOf(context: Context, ref: string): Exponent {
  return entryExponent(context.form(ref));
}
