/** What a kernel run finds, in plain data. */

import { resolve } from 'node:path';
import { required } from '../../../errors/index.ts';
import { wilsonInterval } from '../../../numeric/index.ts';
import { type Json, peakMemory } from '../../../runs/index.ts';
import { summarize } from '../../data/metrics.ts';
import type { DataSource } from '../../data/runData.ts';
import type { Metric } from '../../data/tasks.ts';
import type { EmpiricalKernel } from '../../kernel/empiricalKernel.ts';
import type { CheckpointUse } from '../../model/checkpointUse.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { type DrawFit, type Scores, type SolverRequest, zeroShot } from '../../run/kernelScores.ts';
import { type FittedSolver, solverOf } from '../../solve/predictor.ts';
import type { KernelRunOptions } from './kernelRun.ts';

/** A score over draws. */
export interface Summary {
  readonly mean: number;
  /** Sample standard deviation; 0 for a single value. */
  readonly std: number;
  readonly values: readonly number[];
  /**
   * Of an accuracy, what the choice of the test examples leaves open: Wilson's interval of 95 % for the mean. Draws share
   * these examples, so that it does not shrink with their number.
   */
  readonly interval?: readonly [number, number];
  /** Means in the task's further metrics. */
  readonly further: Scores;
}

export interface KernelRunResult {
  readonly task: string;
  /** The absolute path of the checkpoint folder. */
  readonly model: string;
  /** What of the checkpoint's files is assumed, replaced or not used. */
  readonly checkpoint: CheckpointUse;
  readonly metric: Metric;
  readonly shots: number;
  readonly seeds: readonly number[];
  readonly evaluated: number;
  readonly data: Pick<DataSource, 'description' | 'classes' | 'notes'>;
  readonly parameters: {
    readonly choice: string;
    readonly count: number;
    readonly tensors: number;
    /** Parameters whose gradient is zero by structure, grouped by reason. */
    readonly zeroGradient: readonly { readonly reason: string; readonly parameters: readonly string[] }[];
  };
  /** The solver of each draw; its dev score where there are dev examples. */
  readonly solvers: readonly (FittedSolver & { readonly seed: number; readonly dev: number | null })[];
  /** Prompted examples that were too long, and the tokens cut from them. */
  readonly truncated: { readonly examples: number; readonly tokens: number };
  readonly zeroShot: Summary;
  readonly kernels: { readonly sgd: Summary };
  readonly gradients: number;
  /** Wall time of the start that ended the run. */
  readonly seconds: number;
  readonly peakBytes: number;
  readonly forecastBytes: number;
  /** The run folder. */
  readonly out: string;
  /** Whether the result is that of an earlier start. */
  readonly stored?: boolean;
}

/** What a run folder belongs to: all that the kernel depends on; how it is solved does not. */
export type KernelIdentity = {
  readonly job: 'kernel';
  readonly nexort: string;
  /** Name and version of what computed it. */
  readonly runtime: string;
  /** A `Task`. */
  readonly task: Json;
  /** SHA-256 of the files. */
  readonly data: Json;
  /** SHA-256 of the draws and the test examples. */
  readonly examples: string;
  readonly shots: number;
  readonly seeds: readonly number[];
  readonly evaluated: number | 'all';
  /** What modelFingerprint.ts finds. */
  readonly model: Readonly<Record<string, string>>;
  readonly parameters: string;
  readonly untie: boolean;
};

/** What the kernel's files hold beside the kernel, as of this version. */
export const KERNEL_CONTENT = 'positions, labels, texts';

/** What a run folder keeps of a run, enough to classify new texts. */
export interface KernelRunRecord {
  /** What the kernel's files hold ({@link KERNEL_CONTENT}); they are made again where it is something else. */
  readonly content: string;
  readonly result: KernelRunResult;
  readonly solverChoice: SolverRequest;
  readonly fits: readonly DrawFit[];
}

export interface KernelResultOptions {
  readonly options: KernelRunOptions;
  readonly inputs: KernelInputs;
  readonly kernel: EmpiricalKernel;
  readonly checkpoint: CheckpointUse;
  readonly fits: readonly DrawFit[];
  readonly forecastBytes: number;
  readonly seconds: number;
}

/** Puts the result together. */
export function kernelResult({
  options,
  inputs,
  kernel,
  checkpoint,
  fits,
  ...cost
}: KernelResultOptions): KernelRunResult {
  const { task, model, shots, seeds, parameters, out } = options;
  const { description, classes, notes } = inputs.data.source;
  return {
    task: task.name,
    model: resolve(model),
    checkpoint,
    metric: task.metric,
    shots,
    seeds,
    evaluated: inputs.test.length,
    data: { description, classes, notes },
    parameters: {
      choice: parameters,
      count: kernel.parameterCount,
      tensors: kernel.parameters.length,
      zeroGradient: byReason(kernel.zero),
    },
    solvers: fits.map(({ seed, dev, predictor }) => ({ seed, dev, ...solverOf(predictor) })),
    truncated: inputs.truncated,
    // The model and the test examples are the same for all draws.
    zeroShot: summary(task.metric, [zeroShot(task, inputs, kernel).test], inputs.test.length),
    kernels: {
      sgd: summary(
        task.metric,
        fits.map(({ test }) => test),
        inputs.test.length,
      ),
    },
    gradients: inputs.examples.length * kernel.outputs,
    ...cost,
    peakBytes: peakMemory(),
    out,
  };
}

function summary(metric: Metric, scores: readonly Scores[], evaluated: number): Summary {
  const valuesOf = (name: string): number[] => scores.map((one) => required(one[name as Metric], `score "${name}"`)); // its own keys
  const values = valuesOf(metric);
  const others = Object.keys(required(scores[0], 'score of a draw')).filter((name) => name !== metric);
  const further = Object.fromEntries(others.map((name) => [name, summarize(valuesOf(name)).mean]));
  const summarized = summarize(values);
  const interval = metric === 'accuracy' ? { interval: wilsonInterval(summarized.mean, evaluated) } : {};
  return { ...summarized, values, ...interval, further };
}

function byReason(zero: EmpiricalKernel['zero']): KernelRunResult['parameters']['zeroGradient'] {
  const reasons = new Map<string, string[]>();
  for (const { parameter, reason } of zero) reasons.set(reason, [...(reasons.get(reason) ?? []), parameter]);
  return [...reasons].map(([reason, parameters]) => ({ reason, parameters }));
}
