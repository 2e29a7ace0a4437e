/** How far LoRA's kernel at its start is from the full one, on the training examples of one draw of a task. */

import { resolve } from 'node:path';
import type { Engine } from '../../../finite/index.ts';
import { indexTensor } from '../../../program/index.ts';
import { outputsOf } from '../../kernel/outputs.ts';
import { type LoraDistance, loraDistance } from '../../lora/loraDistance.ts';
import { openLanguageModel } from '../../model/checkpoint.ts';
import type { CheckpointUse } from '../../model/checkpointUse.ts';
import { PROMPT, type Setting } from '../../run/setting.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { type KernelInputOptions, kernelInputs } from './readInputs.ts';

/** Of which task, model, matrices and ranks a run measures LoRA's kernel. */
export interface LoraDistanceRunOptions extends Omit<KernelInputOptions, 'seeds' | 'limit'> {
  /** Seed of the draw of training examples. */
  readonly draw: number;
  readonly engine: Engine;
  /** Of `LORA_TARGETS`, or ends of layers' names. */
  readonly targets: readonly string[];
  /** Rising; by default the usual ones (loraDistance.ts). */
  readonly ranks?: readonly number[];
  /** Of the draws of A. */
  readonly seeds: readonly number[];
  readonly onProgress?: (share: number) => void;
}

/** LoRA's kernel beside the full one on the training examples of a draw. */
export interface LoraDistanceResult extends LoraDistance {
  readonly task: string;
  readonly setting: Setting;
  /** The absolute path of the checkpoint folder. */
  readonly model: string;
  /** What of its files is assumed, replaced or not used. */
  readonly checkpoint: CheckpointUse;
  readonly shots: number;
  readonly draw: number;
  readonly targets: readonly string[];
  readonly seeds: readonly number[];
  /** Wall time. */
  readonly seconds: number;
}

/** Measures it. Throws the errors of reading models and data, of prompts and draws, and those of {@link loraDistance}. */
export async function runLoraDistance(options: LoraDistanceRunOptions): Promise<LoraDistanceResult> {
  const started = performance.now();
  const { draw, engine, targets, ranks, seeds, onProgress, ...data } = options;
  const { task, shots, setting = PROMPT } = data;
  // One test example at least is part of every task's data.
  const { encoded, train, labelIds } = await kernelInputs({ ...data, seeds: [draw], limit: 1 });
  const classes = task.labels.length;
  const model = await openLanguageModel(checkpointFolder(data.model), () => ({ kind: 'words', classes, untie: false }));
  try {
    const found = await loraDistance({
      engine,
      model,
      examples: encoded.slice(0, train),
      outputs: outputsOf(classes),
      head: { labels: indexTensor(['class'], [classes], labelIds) },
      targets,
      seeds,
      ...(ranks === undefined ? {} : { ranks }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    const seconds = (performance.now() - started) / 1000;
    const { name } = task;
    return {
      ...found,
      task: name,
      setting,
      model: resolve(data.model),
      checkpoint: model.use,
      shots,
      draw,
      targets,
      seeds,
      seconds,
    };
  } finally {
    await model.close();
  }
}
