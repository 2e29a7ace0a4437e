/** Reads what a kernel is computed on: a task's data and a checkpoint folder. */

import type { Task } from '../../data/tasks.ts';
import { readConfig } from '../../model/config.ts';
import { assembleInputs, type KernelInputs } from '../../run/kernelInputs.ts';
import type { Setting } from '../../run/setting.ts';
import { loadTokenizer } from '../../text/tokenizer.ts';
import { loadData, type TaskSource } from '../data/data.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { nativeTokenizer } from '../text/nativeTokenizer.ts';

export interface KernelInputOptions {
  readonly task: Task;
  /** Checkpoint folder. */
  readonly model: string;
  /** Where the task's data is; not needed by the embedded task. */
  readonly source?: TaskSource;
  /** A file or folder of ready-made draws. */
  readonly splits?: string;
  /** Examples for each class. */
  readonly shots: number;
  readonly seeds: readonly number[];
  /** Evaluate on so many of the test examples, chosen at random once and for all. */
  readonly limit?: number;
  /** What of the model classifies; by default its word head at a prompt's mask. */
  readonly setting?: Setting;
}

/** Reads data, draws, prompts and tokens. Throws the errors of reading models and data, of prompts and draws. */
export async function kernelInputs(options: KernelInputOptions): Promise<KernelInputs> {
  const { task, model, limit, setting, ...rest } = options;
  const files = checkpointFolder(model);
  const config = await readConfig(files);
  const data = await loadData({ task, ...rest });
  const tokenizer = await loadTokenizer(files, nativeTokenizer);
  return assembleInputs({
    task,
    tokenizer,
    config,
    data,
    ...(limit === undefined ? {} : { limit }),
    ...(setting === undefined ? {} : { setting }),
  });
}
