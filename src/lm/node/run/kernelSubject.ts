/** What a kernel run computes on: the model with its chosen parameters, and the two sides of the kernel. */

import type { EncoderHead } from '../../../nets/index.ts';
import type { Encoded } from '../../kernel/batches.ts';
import { fitPlan, forecastBytes } from '../../kernel/forecast.ts';
import { forecastWork, secondKernelWork } from '../../kernel/forecastWork.ts';
import { KernelCosts } from '../../kernel/kernelCosts.ts';
import { nothingSelected } from '../../kernel/kernelErrors.ts';
import { type KernelSubject, parameterSizes } from '../../kernel/kernelPrograms.ts';
import { type OutputWeights, outputsOf } from '../../kernel/outputs.ts';
import { selectParameters } from '../../kernel/selection.ts';
import { type EncoderModel, openEncoder } from '../../model/checkpoint.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { kernelsToCompute } from '../../run/solverCheck.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { adapterOf } from '../model/loraOfRun.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';

export interface RunSubject {
  /** To be closed. */
  readonly model: EncoderModel;
  readonly selected: (parameter: string) => boolean;
  readonly outputs: OutputWeights;
  readonly sides: { readonly examples: readonly Encoded[]; readonly train: readonly number[] };
  readonly subject: KernelSubject;
  readonly costs: KernelCosts;
}

/** Opens the model. Throws the errors of reading models and of selections. */
export async function openSubject(options: KernelRunOptions, inputs: KernelInputs): Promise<RunSubject> {
  const { task, untie, lora } = options;
  const selected = selectParameters(options.parameters);
  const head: EncoderHead = { kind: 'words', classes: task.labels.length, untie };
  const model = await openEncoder(checkpointFolder(options.model), () => head, adapterOf(lora));
  try {
    const { chain } = model.net;
    const known = [...parameterSizes(chain).keys()];
    if (!known.some(selected)) throw nothingSelected(options.parameters, known);
    const outputs = outputsOf(task.labels.length);
    const subject = { chain, outputs: outputs.outputs, selected };
    const train = Array.from({ length: inputs.train }, (_, k) => k);
    return {
      model,
      selected,
      outputs,
      sides: { examples: inputs.encoded, train },
      subject,
      costs: new KernelCosts(subject),
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** Bytes of the process and multiplications of a run from its start, and of the second kernel among them. Throws {@link openSubject}'s errors and `lm.memory-too-small`. */
export async function forecastRun(
  options: KernelRunOptions,
  inputs: KernelInputs,
): Promise<{ readonly bytes: number; readonly work: number; readonly second: number }> {
  const { model, sides, costs } = await openSubject(options, inputs);
  try {
    const kinds = kernelsToCompute(options.solver, options.kernels ?? ['sgd']);
    const forecasting = { costs, ...sides, base: process.memoryUsage.rss(), kinds };
    const fitted = fitPlan({ ...forecasting, memory: options.memory });
    return {
      bytes: forecastBytes(forecasting, fitted),
      work: forecastWork(costs, fitted.plan, kinds),
      second: secondKernelWork(costs, fitted.plan, kinds),
    };
  } finally {
    await model.close();
  }
}
