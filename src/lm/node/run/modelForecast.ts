/** What a model is, and what a kernel run with it would take, before anything is computed. */

import type { Engine } from '../../../finite/index.ts';
import { type Family, familyOf } from '../../../nets/index.ts';
import { measureSpeed, secondsOf } from '../../kernel/forecastWork.ts';
import { openLanguageModel } from '../../model/checkpoint.ts';
import type { CheckpointFiles } from '../../model/checkpointFiles.ts';
import { describeConfig } from '../../model/config.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { type ForecastSubject, forecastRun } from './kernelSubject.ts';
import { type KernelInputOptions, kernelInputs } from './readInputs.ts';

/** A checkpoint, from its configuration and the headers of its tensors. */
export interface ModelOverview {
  /** `model_type` of config.json. */
  readonly modelType: string;
  readonly predicts: Family['predicts'];
  /** Numbers in all parameters, tied ones once. */
  readonly parameters: number;
  /** Of the files of its weights. */
  readonly bytes: number;
}

/** Reads what a checkpoint folder holds. Throws the errors of reading models. */
export async function modelOverview(folder: string): Promise<ModelOverview> {
  const files = checkpointFolder(folder);
  const { config, modelType } = await describeConfig(files);
  const model = await openLanguageModel(files, () => ({ kind: 'words', classes: 2, untie: false }));
  await model.close();
  const weights = (await files.list()).filter((name) => name.endsWith('.safetensors'));
  let bytes = 0;
  for (const name of weights) bytes += await sizeOfFile(files, name);
  return { modelType, predicts: familyOf(config).predicts, parameters: model.parameterCount, bytes };
}

async function sizeOfFile(files: CheckpointFiles, name: string): Promise<number> {
  const file = await files.open(name);
  await file.close();
  return file.bytes;
}

/** What a kernel run takes. */
export interface RunForecast {
  /** Texts that gradients are computed of. */
  readonly texts: number;
  /** Bytes of the process at its fullest. */
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * What a kernel run would take on this machine, as the run itself tells at its start. Throws the errors of reading models and
 * data, of prompts and draws; {@link UserError} `lm.memory-too-small`.
 */
export async function forecastKernelRun(
  options: ForecastSubject & KernelInputOptions,
  engine: Engine,
): Promise<RunForecast> {
  const inputs = await kernelInputs(options);
  const { bytes, work, solving } = await forecastRun(options, inputs);
  const seconds = secondsOf(work, await measureSpeed(engine)) + solving;
  return { texts: inputs.examples.length, bytes, seconds };
}
