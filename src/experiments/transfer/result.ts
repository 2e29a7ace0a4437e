/** What a transfer of the learning rate measures and finds: plain data. */

/** One network trained: averages over its last steps. */
export interface Cell {
  readonly parametrization: string;
  readonly width: number;
  readonly rate: number;
  readonly seed: number;
  /** Training loss, averaged over the last steps; null where training diverged. */
  readonly loss: number | null;
  /** The first step whose loss was no number. */
  readonly divergedAt: number | null;
}

/** One learning rate at one width, over seeds. */
export interface RatePoint {
  readonly rate: number;
  /** Mean over seeds; null where one of them diverged. */
  readonly loss: number | null;
  /** Of the mean; null for a single seed. */
  readonly standardError: number | null;
  /** By seed, null where training diverged. */
  readonly losses: readonly (number | null)[];
  readonly diverged: number;
}

/** The best learning rate of one width. */
export interface Optimum {
  /** Null where training diverged at every rate. */
  readonly rate: number | null;
  /** 95 % by bootstrap over the seeds; null for a single seed. */
  readonly interval: readonly [number, number] | null;
  /** Whether the best rate is the least or the greatest that was tried, so that a better one may lie beyond. */
  readonly edge: 'least' | 'greatest' | null;
}

export interface WidthSweep {
  readonly width: number;
  readonly points: readonly RatePoint[];
  readonly optimum: Optimum;
}

/**
 * - `stays`: the optimum moves by less than a factor of 2, and so says its interval;
 * - `moves`: by more, and so says its interval;
 * - `unclear`: the interval contains a factor of 2, there is none, or an optimum lies beyond the rates tried.
 */
export type TransferVerdict = 'stays' | 'moves' | 'unclear';

export interface Sweep {
  readonly parametrization: string;
  readonly widths: readonly WidthSweep[];
  /** The best rate of the largest width over that of the smallest. */
  readonly factor: number | null;
  readonly interval: readonly [number, number] | null;
  readonly verdict: TransferVerdict;
  /** The verdict in words. */
  readonly text: string;
}

export interface TransferResult {
  readonly net: string;
  readonly optimizer: string;
  readonly data: string;
  readonly baseWidth: number;
  readonly widths: readonly number[];
  readonly rates: readonly number[];
  readonly seeds: number;
  readonly steps: number;
  readonly batch: number;
  /** Last steps that the loss is averaged over. */
  readonly averaged: number;
  readonly sweeps: readonly Sweep[];
}
