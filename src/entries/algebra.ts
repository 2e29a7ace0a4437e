/** What the walk asks of entries. */

import type { Axis } from '../program/index.ts';

/** Arithmetic on entries. An entry's width axes are those of the value that it is in. */
export interface EntryAlgebra<E> {
  /** A constant without a width axis. */
  number(value: number): E;
  /** The position that an entry of an index value is. */
  position(entry: E): number;
  zero(widths: readonly Axis[]): E;
  /** weight · Σ entries, of at least one. */
  sum(entries: readonly E[], weight: number): E;
  /** The largest of at least one, coordinate by coordinate. */
  largest(entries: readonly E[], widths: readonly Axis[]): E;
  /** The entry repeated along more width axes: `to` holds all of `from` and at least one more. */
  repeated(entry: E, from: readonly Axis[], to: readonly Axis[]): E;
  /** The entry with its width axes under other names. */
  renamed(entry: E, axes: readonly (readonly [from: Axis, to: Axis])[]): E;
}
