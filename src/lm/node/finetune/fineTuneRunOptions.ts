/** What a run of fine-tunings is told, and what it tells. */

import type { Optimizer, Setting as OptimizerSetting, Settings } from '../../../optimizers/index.ts';
import type { Json } from '../../../runs/index.ts';
import type { Grid, GridPoint } from '../../finetune/grid.ts';
import type { TaskRunOptions } from '../run/kernelRunOptions.ts';
import type { FineTuneFindings } from './fineTuneRecord.ts';

/** What a run of fine-tunings trains: optimizer, grid, steps, and where it writes. */
export interface FineTuneRunOptions extends TaskRunOptions {
  readonly optimizer: Optimizer;
  /** All that is told of it but the rate. */
  readonly settings: Settings;
  /** What a run keeps to know it again. */
  readonly optimizerIdentity: Json;
  /** The rate as it goes by steps; by default it stays what it is. */
  readonly scheduled?: { readonly text: string; readonly rate: (rate: number) => OptimizerSetting };
  readonly clipNorm?: number;
  readonly grid: Grid;
  readonly steps: number;
  readonly evaluateEvery: number;
  /** Which draws' models are saved as folders. */
  readonly save: 'best' | 'all' | 'none';
  /** Least seconds between checkpoints of a training; default a minute. */
  readonly checkpointSeconds?: number;
  /** Makes `report.html` from what the run found. */
  readonly report?: (findings: FineTuneFindings) => Promise<string>;
  /** Called before the work starts. */
  readonly onForecast?: (forecast: FineTuneForecast) => void;
  /** Called where a draw's training at a point of the grid begins. */
  readonly onPoint?: (seed: number, point: GridPoint) => void;
}

/** What a run of fine-tunings will take, told before its work. */
export interface FineTuneForecast {
  /** The process at its fullest. */
  readonly bytes: number;
  /** Of a run from the start, without what the grid may be extended by. */
  readonly seconds: number;
  /** Whether the folder holds a part of the run already. */
  readonly resumed: boolean;
}
