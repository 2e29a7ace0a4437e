/**
 * A program's values in the limit, without sampling: tensors over fixed axes whose entries are numbers, kets, or, with
 * two or more width axes, operators. An entry that has no closed form says why, and so does all that is made of it.
 */

import type { Axis, Exponent } from '../../program/index.ts';
import type { ExactMatrix, Ket } from './exactKets.ts';
import { isNotClosed, type NotClosed } from './notClosed.ts';

/** The place of an axis among independent copies of coordinates. */
export type Places = ReadonlyMap<Axis, number>;

/** A function of coordinates of several width axes: the ket that it is once each axis has a place. */
export type OnAxes = (places: Places) => Ket | NotClosed;

export interface ExactUse {
  readonly matrix: ExactMatrix;
  readonly rows: Axis;
  readonly columns: Axis;
  readonly coefficient: number;
  readonly exponent: Exponent;
}

/** A linear combination of initial matrices, and a part whose entries are functions of vectors' entries. */
export interface ExactOperator {
  readonly matrices: readonly ExactUse[];
  /** Undefined for 0. */
  readonly pointwise: OnAxes | undefined;
}

interface Entries<T> {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly data: readonly (T | NotClosed)[];
}

export interface ExactScalars extends Entries<number> {
  readonly kind: 'scalars';
}

export interface ExactVectors extends Entries<Ket> {
  readonly kind: 'vectors';
  readonly width: Axis;
}

export interface ExactOperators extends Entries<ExactOperator> {
  readonly kind: 'operators';
  readonly widths: readonly Axis[];
}

export type ExactValue = ExactScalars | ExactVectors | ExactOperators;

/** A function of what closes; the first reason where something does not. */
export function whereClosed<T, R>(
  parts: readonly (T | NotClosed)[],
  compute: (parts: readonly T[]) => R | NotClosed,
): R | NotClosed {
  const open = parts.find(isNotClosed);
  // What is not a reason is a value.
  return open ?? compute(parts as readonly T[]);
}
