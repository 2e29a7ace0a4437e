/** What a kernel run computes on: the model with its chosen parameters, and the two sides of its kernels. */

import { secondKernelWork } from '../../kernel/forecastWork.ts';
import { KernelCosts } from '../../kernel/kernelCosts.ts';
import { nothingSelected } from '../../kernel/kernelErrors.ts';
import { type ComputedKind, isSymmetric, isTransposed } from '../../kernel/kernelKinds.ts';
import { type KernelSubject, parameterSizes } from '../../kernel/kernelPrograms.ts';
import { type OutputWeights, outputsOf } from '../../kernel/outputs.ts';
import { selectParameters } from '../../kernel/selection.ts';
import { type LanguageModel, openLanguageModel } from '../../model/checkpoint.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { headOf, headWeights, PROMPT } from '../../run/setting.ts';
import { kernelsToCompute } from '../../run/solverCheck.ts';
import { solvingSeconds } from '../../solve/solvingTime.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { adapterOf } from '../model/loraOfRun.ts';
import { fitParts, type KernelPart, kernelParts, partsBytes, partsWork } from './kernelParts.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';

export interface RunSubject {
  /** To be closed. */
  readonly model: LanguageModel;
  readonly selected: (parameter: string) => boolean;
  readonly outputs: OutputWeights;
  readonly parts: readonly KernelPart[];
  readonly subject: KernelSubject;
  readonly costs: KernelCosts;
}

/** What of a run's options its subject is. */
export type SubjectOptions = Pick<KernelRunOptions, 'task' | 'model' | 'setting' | 'untie' | 'lora' | 'parameters'>;

/** Opens the model. Throws the errors of reading models and of selections. */
export async function openSubject(options: SubjectOptions, inputs: KernelInputs): Promise<RunSubject> {
  const { task, untie, lora, setting = PROMPT } = options;
  const selected = selectParameters(options.parameters);
  const head = headOf(setting, task.labels.length, untie);
  const folder = checkpointFolder(options.model);
  const model = await openLanguageModel(folder, () => head, adapterOf(lora), headWeights(setting));
  try {
    const { chain } = model.net;
    const known = [...parameterSizes(chain).keys()];
    if (!known.some(selected)) throw nothingSelected(options.parameters, known);
    const outputs = outputsOf(task.labels.length);
    const subject = { chain, outputs: outputs.outputs, selected };
    const parts = kernelParts(setting, inputs);
    return { model, selected, outputs, parts, subject, costs: new KernelCosts(subject) };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** What of a run's options its forecast depends on. */
export type ForecastSubject = SubjectOptions & Pick<KernelRunOptions, 'solver' | 'kernels' | 'memory'>;

/** What a run takes from its start. */
export interface RunWork {
  /** Bytes of the process. */
  readonly bytes: number;
  /** Multiplications. */
  readonly work: number;
  /** Those of the second kernel among them. */
  readonly second: number;
  /** Seconds for the fits. */
  readonly solving: number;
}

/** Forecasts a run. Throws {@link openSubject}'s errors and `lm.memory-too-small`. */
export async function forecastRun(options: ForecastSubject, inputs: KernelInputs): Promise<RunWork> {
  const { model, parts, costs } = await openSubject(options, inputs);
  try {
    const kinds = kernelsToCompute(options.solver, options.kernels ?? ['sgd']);
    const forecasting = { costs, parts, base: process.memoryUsage.rss(), kinds };
    const plans = fitParts(forecasting, options.memory);
    const work = partsWork(forecasting, plans).reduce((sum, one) => sum + one, 0);
    const second = plans.reduce((sum, { plan }) => sum + secondKernelWork(costs, plan, kinds), 0);
    const solving = solvingOf(inputs, costs.outputs, kinds);
    return { bytes: partsBytes(forecasting, plans), work, second, solving };
  } finally {
    await model.close();
  }
}

/** About how many seconds the fits on kernels of all draws take. */
export function solvingOf({ data }: KernelInputs, outputs: number, kinds: readonly ComputedKind[]): number {
  const solved = kinds.filter((kind) => !isTransposed(kind)).map((kind) => ({ symmetric: isSymmetric(kind) }));
  return solvingSeconds({ train: data.draws.map(({ train }) => train.length), outputs }, solved);
}
