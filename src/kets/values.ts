/**
 * What a program's values are when a width is sampled (theory: kets).
 *
 * Axes of fixed size are ordinary tensor axes. A width axis is a column: one f64 for each sampled coordinate. So a value
 * is a tensor over its fixed axes whose entries are numbers, columns, or, with two or more width axes, operators.
 * Columns are never changed once they are in a value, so values share them freely.
 */

import type { Entries } from '../entries/index.ts';
import { type Axis, type Exponent, equal } from '../program/index.ts';
import type { Combination } from './combination.ts';
import { broken } from './errors.ts';
import type { Column, RandomMatrix } from './gaussian/index.ts';

export type { Column };

/** No width axis. */
export interface Scalars extends Entries<number> {
  readonly kind: 'scalars';
}

/** One width axis. */
export interface Vectors extends Entries<Column> {
  readonly kind: 'vectors';
  readonly width: Axis;
}

/** Two or more width axes. */
export interface Operators extends Entries<Operator> {
  readonly kind: 'operators';
  readonly widths: readonly Axis[];
}

export type Value = Scalars | Vectors | Operators;

/** A number, a column or an operator, by the number of its width axes. */
export type Entry = Value['data'][number];

/** An initial matrix in an operator, rows and columns on two of the value's axes. */
export interface MatrixUse {
  readonly matrix: RandomMatrix;
  readonly rows: Axis;
  readonly columns: Axis;
  readonly coefficient: number;
  /** The power of n that the use carries (program/fragment). */
  readonly exponent: Exponent;
}

/** A linear combination of initial matrices, and a part whose entries are functions of vectors' entries. */
export interface Operator {
  readonly matrices: readonly MatrixUse[];
  readonly pointwise: Combination;
}

/** An entry of a value on two or more width axes. */
export function operatorOf(entry: Entry): Operator {
  if (typeof entry === 'number' || !('matrices' in entry)) throw broken('an entry', 'it is no operator');
  return entry;
}

/** The width axes of a value. */
export function widthsOf(value: Value): readonly Axis[] {
  return value.kind === 'scalars' ? [] : value.kind === 'vectors' ? [value.width] : value.widths;
}

/** An entry; reading past the end is our bug, shown by the type of what follows. */
export function entryAt<T>(entries: ArrayLike<T>, index: number): T {
  return entries[index] as T; // indices come from offsets over the entries' own shape
}

/** Uses of matrices with those of one matrix, direction and power of n added up. */
export function mergedUses<U extends Omit<MatrixUse, 'matrix'> & { readonly matrix: unknown }>(
  uses: readonly U[],
): U[] {
  const kept: U[] = [];
  for (const use of uses) {
    const place = kept.findIndex(
      (known) =>
        known.matrix === use.matrix &&
        known.rows === use.rows &&
        known.columns === use.columns &&
        equal(known.exponent, use.exponent),
    );
    const same = kept[place];
    if (same === undefined) kept.push(use);
    else kept[place] = { ...same, coefficient: same.coefficient + use.coefficient };
  }
  return kept;
}
