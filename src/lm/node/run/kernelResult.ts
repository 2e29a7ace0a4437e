/** Puts together what a kernel run finds. */

import { resolve } from 'node:path';
import { required } from '../../../errors/index.ts';
import { wilsonInterval } from '../../../numeric/index.ts';
import { peakMemory } from '../../../runs/index.ts';
import { constantScore, summarize } from '../../data/metrics.ts';
import type { Metric, Task } from '../../data/tasks.ts';
import type { KernelKind } from '../../kernel/kernelKinds.ts';
import type { EmpiricalKernels } from '../../kernel/kernelOptions.ts';
import type { LoraRequest } from '../../lora/loraRequest.ts';
import type { CheckpointUse } from '../../model/checkpointUse.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { type DrawFit, type Scores, zeroShot } from '../../run/kernelScores.ts';
import { PROMPT } from '../../run/setting.ts';
import { solverOf } from '../../solve/fittedSolver.ts';
import { mostDoubtful } from '../../solve/labelDoubts.ts';
import { located } from '../model/loraOfRun.ts';
import type { ComputedPart } from './kernelParts.ts';
import type { DoubtfulLabels, FitsByKernel, KernelRunResult, Summary } from './kernelRecord.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';

/** Training examples of a draw that the result names as doubtful; run.json has the doubts of all. */
const DOUBTFUL = 8;

export interface KernelResultOptions {
  readonly options: KernelRunOptions;
  readonly inputs: KernelInputs;
  readonly parts: readonly ComputedPart[];
  readonly checkpoint: CheckpointUse;
  readonly fits: FitsByKernel;
  readonly forecastBytes: number;
  readonly seconds: number;
}

/** Puts the result together. */
export function kernelResult({
  options,
  inputs,
  parts,
  checkpoint,
  fits,
  ...cost
}: KernelResultOptions): KernelRunResult {
  const { task, model, shots, seeds, parameters, lora, out, setting = PROMPT } = options;
  // Parameters are the same in all parts.
  const { kernels } = required(parts[0], 'kernel of a run');
  const own = parts.map((part) => zeroShot(task, part.inputs, part.kernels).test);
  const evaluated = inputs.test.length;
  const { description, classes, notes } = inputs.data.source;
  const byKernel = Object.entries(fits) as [KernelKind, NonNullable<FitsByKernel[KernelKind]>][]; // its own keys
  return {
    task: task.name,
    model: resolve(model),
    checkpoint,
    setting,
    metric: task.metric,
    shots,
    seeds,
    evaluated,
    data: { description, classes, notes },
    parameters: {
      choice: parameters,
      count: kernels.parameterCount,
      tensors: kernels.parameters.length,
      zeroGradient: byReason([...kernels.zero, ...zeroAtStart(kernels, lora)]),
    },
    ...(lora === undefined ? {} : { lora: located(lora) }),
    solvers: byKernel.flatMap(([kernel, own]) =>
      own.map(({ seed, dev, leaveOneOut, predictor }) => ({ kernel, seed, dev, leaveOneOut, ...solverOf(predictor) })),
    ),
    doubtful: byKernel.flatMap(([kernel, own]) => own.flatMap((fit) => doubtfulLabels(kernel, fit) ?? [])),
    truncated: inputs.truncated,
    chance: constantScore(task.metric, labelCounts(task, inputs)),
    // Without heads of the draws, the model and the test examples are the same for all.
    ...(setting.kind === 'prompt' ? { zeroShot: summary(task.metric, own, evaluated) } : {}),
    ...(setting.kind === 'cls-probe' ? { probe: summary(task.metric, own, evaluated) } : {}),
    kernels: Object.fromEntries(
      byKernel.map(([kind, own]) => {
        const scores = own.map(({ test }) => test);
        return [kind, summary(task.metric, scores, evaluated)];
      }),
    ),
    gradients: parts.reduce((sum, part) => sum + part.inputs.examples.length * part.kernels.outputs, 0),
    ...cost,
    peakBytes: peakMemory(),
    out,
  };
}

/** Of a draw, as far as it was measured. */
function doubtfulLabels(kernel: KernelKind, { seed, train, labels }: DrawFit): DoubtfulLabels | undefined {
  if (labels === undefined) return undefined;
  const examples = mostDoubtful(labels)
    .slice(0, DOUBTFUL)
    .map((k) => ({
      ...required(train[k], `training example ${k}`),
      doubt: required(labels.doubts[k], `doubt of training example ${k}`),
    }));
  return { kernel, seed, source: labels.source, examples };
}

/** Evaluated examples of each label. */
export function labelCounts({ labels }: Task, { test }: KernelInputs): number[] {
  return labels.map(({ name }) => test.filter(({ label }) => label === name).length);
}

/** A score over draws, in all of the task's metrics. */
export function summary(metric: Metric, scores: readonly Scores[], evaluated: number): Summary {
  const valuesOf = (name: string): number[] => scores.map((one) => required(one[name as Metric], `score "${name}"`)); // its own keys
  const values = valuesOf(metric);
  const others = Object.keys(required(scores[0], 'score of a draw')).filter((name) => name !== metric);
  const further = Object.fromEntries(others.map((name) => [name, summarize(valuesOf(name)).mean]));
  const summarized = summarize(values);
  const interval = metric === 'accuracy' ? { interval: wilsonInterval(summarized.mean, evaluated) } : {};
  return { ...summarized, values, ...interval, further };
}

/** At B = 0 the gradient of A, s Bᵀ times a cotangent times what A reads, is 0: there, but nowhere else. */
function zeroAtStart({ parameters }: EmpiricalKernels, lora: LoraRequest | undefined): EmpiricalKernels['zero'] {
  if (lora?.kind !== 'fresh') return [];
  const reason = 'B is 0 at the start of LoRA, and the gradient of A is a multiple of it';
  return parameters.filter((name) => name.endsWith('.lora_A.weight')).map((parameter) => ({ parameter, reason }));
}

function byReason(zero: EmpiricalKernels['zero']): KernelRunResult['parameters']['zeroGradient'] {
  const reasons = new Map<string, string[]>();
  for (const { parameter, reason } of zero) reasons.set(reason, [...(reasons.get(reason) ?? []), parameter]);
  return [...reasons].map(([reason, parameters]) => ({ reason, parameters }));
}
