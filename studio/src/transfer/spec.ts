/** What the transfer page trains, once read: plain data that workers are told. */

interface NetSpec {
  readonly depth: number;
  readonly activation: string;
  readonly optimizer: string;
  readonly seed: number;
  readonly seeds: number;
  readonly steps: number;
}

/** A sweep over learning rates, as `nexort transfer` makes it. */
export interface SweepSpec extends NetSpec {
  /** Rising; the last may be infinite. */
  readonly widths: readonly number[];
  readonly rates: readonly number[];
  readonly parametrizations: readonly string[];
  /** Of a width, at infinite width. */
  readonly samples: number;
}

/** A check of coordinates, as `nexort coord` makes it. */
export interface CoordSpec extends NetSpec {
  readonly widths: readonly number[];
  readonly rate: number;
  readonly parametrization: string;
}
