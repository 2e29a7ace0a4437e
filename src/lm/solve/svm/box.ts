/** What box programs and their points are made of; boxProgram.ts says what they are. */

import type { Matrix } from '../../../numeric/index.ts';

export interface BoxProgram {
  /** [rows, rows]. */
  readonly kernel: Matrix;
  /** Row t of the first, then of a second variable for each row: [rows] or [2 · rows]. */
  readonly goals: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Row r is of group r mod groups. */
  readonly groups: number;
}

/** A point of a program and what follows from it. */
export interface BoxPoint {
  readonly beta: Float64Array;
  /** f, [rows]. */
  readonly fitted: Float64Array;
}

/** The largest absolute value, 0 for none. */
export const largestSize = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
