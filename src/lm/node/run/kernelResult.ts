/** Puts together what a kernel run finds. */

import { resolve } from 'node:path';
import { required } from '../../../errors/index.ts';
import { wilsonInterval } from '../../../numeric/index.ts';
import { peakMemory } from '../../../runs/index.ts';
import { summarize } from '../../data/metrics.ts';
import type { Metric } from '../../data/tasks.ts';
import type { EmpiricalKernel } from '../../kernel/empiricalKernel.ts';
import type { CheckpointUse } from '../../model/checkpointUse.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { type DrawFit, type Scores, zeroShot } from '../../run/kernelScores.ts';
import { solverOf } from '../../solve/fittedSolver.ts';
import type { KernelRunResult, Summary } from './kernelRecord.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';

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
    solvers: fits.map(({ seed, dev, leaveOneOut, predictor }) => ({ seed, dev, leaveOneOut, ...solverOf(predictor) })),
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
