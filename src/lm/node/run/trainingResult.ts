/** What the result of every training run on a task with a model says, whatever was trained for. */

import { resolve } from 'node:path';
import { entries } from '../../../program/index.ts';
import { peakMemory } from '../../../runs/index.ts';
import { constantScore } from '../../data/metrics.ts';
import { storedAs } from '../../model/stored.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { PROMPT } from '../../run/setting.ts';
import { located } from '../model/loraOfRun.ts';
import type { TaskTrainingResult } from './kernelRecord.ts';
import { labelCounts } from './kernelResult.ts';
import type { TaskRunOptions } from './kernelRunOptions.ts';
import type { RunSubject } from './kernelSubject.ts';

export interface TaskTraining {
  readonly options: TaskRunOptions & { readonly steps: number; readonly clipNorm?: number };
  readonly inputs: KernelInputs;
  readonly subject: RunSubject;
  readonly forecastBytes: number;
  readonly seconds: number;
}

/** The memory that it tells is that of the process so far. */
export function taskTrainingResult({
  options,
  inputs,
  subject,
  forecastBytes,
  seconds,
}: TaskTraining): TaskTrainingResult {
  const { task, shots, seeds, lora, setting = PROMPT, steps, clipNorm } = options;
  const { description, classes, notes } = inputs.data.source;
  const trained = subject.model.net.parameters.filter(({ name }) => subject.selected(name));
  return {
    task: task.name,
    model: resolve(options.model),
    checkpoint: subject.model.use,
    setting,
    metric: task.metric,
    shots,
    seeds,
    evaluated: inputs.test.length,
    data: { description, classes, notes },
    parameters: {
      choice: options.parameters,
      count: trained.reduce((sum, parameter) => sum + entries(storedAs(parameter).axisSizes), 0),
      tensors: trained.length,
    },
    ...(lora === undefined ? {} : { lora: located(lora) }),
    truncated: inputs.truncated,
    chance: constantScore(task.metric, labelCounts(task, inputs)),
    steps,
    clipNorm: clipNorm ?? null,
    seconds,
    peakBytes: peakMemory(),
    forecastBytes,
    out: options.out,
  };
}
