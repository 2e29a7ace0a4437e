/**
 * A program's values in the limit, without sampling: tensors over fixed axes whose entries are numbers, kets, or, with
 * two or more width axes, operators. An entry that has no closed form says why, and so does all that is made of it.
 */

import type { Entries } from '../../entries/index.ts';
import type { NotClosed } from '../../expectations/index.ts';
import type { Axis, Exponent } from '../../program/index.ts';
import type { ExactMatrix, Ket } from './exactKets.ts';

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

interface Open<T> extends Entries<T | NotClosed> {
  readonly data: readonly (T | NotClosed)[];
}

export interface ExactScalars extends Open<number> {
  readonly kind: 'scalars';
}

export interface ExactVectors extends Open<Ket> {
  readonly kind: 'vectors';
  readonly width: Axis;
}

export interface ExactOperators extends Open<ExactOperator> {
  readonly kind: 'operators';
  readonly widths: readonly Axis[];
}

export type ExactValue = ExactScalars | ExactVectors | ExactOperators;

/** A number, a ket or an operator, by the number of its width axes, or why it has no closed form. */
export type ExactEntry = ExactValue['data'][number];

/** An entry that closes. */
export type Closed = Exclude<ExactEntry, NotClosed>;

/** The width axes of a value. */
export function exactWidthsOf(value: ExactValue): readonly Axis[] {
  return value.kind === 'scalars' ? [] : value.kind === 'vectors' ? [value.width] : value.widths;
}

/** Whether an entry is an operator; kets and numbers are not. */
export function isOperator(entry: unknown): entry is ExactOperator {
  return typeof entry === 'object' && entry !== null && 'matrices' in entry;
}
