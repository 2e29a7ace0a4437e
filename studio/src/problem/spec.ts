/** What is trained, once read: plain data that workers are told. */

/** An example: of a regression a target y over x; of a classification a place (x, y) with its class. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly class?: Class;
}

/** Of a classification, and the target of its examples. */
export type Class = -1 | 1;

/** One side of the page: a training in one parametrization. */
export interface LimitSpec {
  readonly parametrization: string;
  readonly depth: number;
  readonly activation: string;
  readonly optimizer: string;
  readonly rate: number;
  readonly steps: number;
  readonly seed: number;
  readonly samples: number;
  readonly scramblings: number;
  readonly points: readonly Point[];
}

/** What the page shows. */
export interface PageSpec {
  /** Of the slider. */
  readonly width: number;
  /** Widths that are always beside the limit, rising. */
  readonly beside: readonly number[];
  /** Networks of each width. */
  readonly seeds: number;
  readonly sides: readonly [LimitSpec, LimitSpec];
}

/** Averages within nonlinear updates read so many samples, as those of the command by default. */
export const SUBSAMPLE = 128;
/** Points of the axis at which functions are drawn; no network trains on them. */
export const GRID = 13;
/** Of the plane along each of its axes. */
export const PLANE_GRID = 7;
