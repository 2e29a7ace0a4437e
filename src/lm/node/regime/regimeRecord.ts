/** What a run of the kernel regime finds and what its folder keeps, in plain data. */

import type { Json } from '../../../runs/index.ts';
import type { MeasuredDraw } from '../../regime/measureDraw.ts';
import type { OptimizerRegime } from '../../regime/summarizeDraws.ts';
import type { Verdict } from '../../regime/verdict.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import type { SubjectIdentity, TaskTrainingResult } from '../run/kernelRecord.ts';

/** What a run of the kernel regime finds: a verdict for each optimizer. */
export interface RegimeRunResult extends TaskTrainingResult {
  /** Of all optimizers, where they agree. */
  readonly verdict: Verdict['verdict'] | 'mixed';
  /** By name, in the order asked for. */
  readonly optimizers: Readonly<Record<string, OptimizerRegime>>;
  readonly batch: number;
  /** Evaluated examples that kernels are compared on. */
  readonly compared: number;
  /** Steps between looks on the way; null where there were none. */
  readonly watchEvery: number | null;
}

/** What a run folder belongs to. */
export type RegimeIdentity = {
  readonly job: 'regime';
  readonly optimizers: Json;
  readonly steps: number;
  readonly batch: number;
  readonly clipNorm: number | null;
  readonly compared: number;
  readonly watchEvery: number | null;
  readonly linear: boolean;
  readonly kernel: boolean;
} & SubjectIdentity;

/** All that a report is made of. */
export interface RegimeFindings {
  readonly result: RegimeRunResult;
  readonly inputs: KernelInputs;
  /** By optimizer, draw by draw. */
  readonly draws: Readonly<Record<string, readonly MeasuredDraw[]>>;
}
