/** What fine-tuning runs find and what their folders keep, in plain data. */

import type { Json } from '../../../runs/index.ts';
import type { DevScore, TooLarge } from '../../finetune/devScores.ts';
import type { FineTuned } from '../../finetune/fineTune.ts';
import type { GridPoint, PointScore } from '../../finetune/grid.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import type { Scores } from '../../run/kernelScores.ts';
import type { KernelRunResult, SubjectIdentity, Summary, TaskTrainingResult } from '../run/kernelRecord.ts';

/** One training: a draw at a point of the grid. */
export interface PointRecord extends GridPoint {
  readonly seed: number;
  readonly status: FineTuned['status'];
  readonly steps: number;
  readonly losses: readonly number[];
  readonly evaluations: readonly DevScore[];
  readonly best: DevScore;
  readonly tooLarge: TooLarge | null;
  readonly divergence: FineTuned['divergence'];
}

/** The training that is chosen for a draw. */
export interface ChosenDraw extends GridPoint {
  readonly seed: number;
  /** The state that is kept. */
  readonly best: DevScore;
  /** On the test examples. */
  readonly test: Scores;
  /** Test examples by [actual class][predicted class]. */
  readonly confusion: readonly (readonly number[])[];
}

/** What a run of fine-tunings finds: scores, the best point, every point of the grid. */
export interface FineTuneRunResult extends TaskTrainingResult, Pick<KernelRunResult, 'zeroShot' | 'probe'> {
  readonly optimizer: string;
  readonly schedule: string | null;
  /** Steps between evaluations on the dev examples. */
  readonly evaluateEvery: number;
  /** Of the fine-tuned models on the test examples, in the task's metric. */
  readonly accuracy: Summary;
  /** Of the point that is the best over all draws. */
  readonly learningRate: number;
  readonly batch: number;
  /** Whether the best rate lies inside the grid, at its least or at its largest rate. */
  readonly optimum: 'inside' | 'least' | 'largest' | 'only';
  /** Rates that were tried beyond the grid, upward. */
  readonly furtherRates: readonly number[];
  readonly grid: readonly PointScore[];
  readonly draws: readonly ChosenDraw[];
  /** Trainings that were ended, with the reason in words. */
  readonly ended: readonly (GridPoint & { readonly seed: number; readonly status: string; readonly text: string })[];
  /** Folders of saved models and adapters, relative to the run folder, by seed. */
  readonly saved: readonly { readonly seed: number; readonly model: string; readonly adapter?: string }[];
}

/** What a run folder belongs to. */
export type FineTuneIdentity = {
  readonly job: 'finetune';
  readonly optimizer: Json;
  readonly schedule: string | null;
  readonly clipNorm: number | null;
  readonly grid: Json;
  readonly steps: number;
  readonly evaluateEvery: number;
} & SubjectIdentity;

/** All that a report is made of. */
export interface FineTuneFindings {
  readonly result: FineTuneRunResult;
  readonly inputs: KernelInputs;
  /** Every training that was made. */
  readonly points: readonly PointRecord[];
}
