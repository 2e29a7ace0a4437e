/** What a run of the kernel regime is told, and what it tells. */

import type { Optimizer, Settings } from '../../../optimizers/index.ts';
import type { Json } from '../../../runs/index.ts';
import type { Forecast, KernelRunOptions, TaskRunOptions } from '../run/kernelRunOptions.ts';
import type { RegimeFindings } from './regimeRecord.ts';

/** An optimizer with its rate. */
export interface RegimeOptimizer {
  /** As it is called in results. */
  readonly name: string;
  readonly optimizer: Optimizer;
  /** All that is told of it but the rate. */
  readonly settings: Settings;
  readonly learningRate: number;
  /** What a run keeps to know it again. */
  readonly identity: Json;
}

/** What a run of the kernel regime fine-tunes and compares, and where it writes. */
export interface RegimeRunOptions extends TaskRunOptions, Pick<KernelRunOptions, 'team'> {
  /** At least one, of different names. */
  readonly optimizers: readonly RegimeOptimizer[];
  readonly steps: number;
  /** Examples of a step. */
  readonly batch: number;
  readonly clipNorm?: number;
  /** Evaluated examples that kernels are compared on, at most. */
  readonly compared: number;
  /** Steps between looks at drift and linearization error on the way. */
  readonly watchEvery?: number;
  /** Whether the linear model is trained as well. */
  readonly trainLinear: boolean;
  /** Whether the kernel's own accuracy is computed as well. */
  readonly solveKernel: boolean;
  /** Least seconds between checkpoints of a training; default 60. */
  readonly checkpointSeconds?: number;
  /** Makes `report.html` from what the run found. */
  readonly report?: (findings: RegimeFindings) => Promise<string>;
  /** Called before the work starts. */
  readonly onForecast?: (forecast: Forecast) => void;
}
