/** What a check is told. */

import type { SizedRun, Sizes, Tensors } from '../../program/index.ts';

/** What `check` runs: widths, seeds and steps, and how much it samples of the limit. */
export interface CheckOptions {
  /** Finite widths; default: `defaultWidths` of the program. */
  readonly widths?: readonly number[];
  /** Runs at each width; default 100. */
  readonly seeds?: number;
  readonly seed?: number;
  /** Steps of a step program, whose last outputs are checked; default 1. */
  readonly steps?: number;
  /** Samples of the limit at the larger width, and scramblings. */
  readonly samples?: number;
  readonly scramblings?: number;
  /** Most bytes of the process. */
  readonly memory?: number;
  readonly data?: Tensors;
  readonly sizes?: Sizes;
  /** Runs a program at a finite width. */
  readonly run: SizedRun;
  /** Called with the finished share of the work. */
  readonly onProgress?: (share: number) => void;
}
