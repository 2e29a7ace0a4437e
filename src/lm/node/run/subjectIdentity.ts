/** What decides the numbers of every run on a task with a model, whatever is made of them. */

import { createHash } from 'node:crypto';
import type { Json } from '../../../runs/index.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { PROMPT } from '../../run/setting.ts';
import { loraIdentity } from '../model/loraOfRun.ts';
import { modelFingerprint } from '../model/modelFingerprint.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';
import type { SubjectOptions } from './kernelSubject.ts';

/** A run by its task, examples and model. */
export type SubjectIdentity = {
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
  /** A `Setting`; absent for that of prompts. */
  readonly setting?: Json;
  /** What loraOfRun.ts finds; absent where there are no changes of low rank. */
  readonly lora?: Json;
};

export type IdentityOptions = SubjectOptions &
  Pick<KernelRunOptions, 'shots' | 'seeds' | 'limit' | 'version' | 'runtime'>;

/** Throws the errors of reading the files of models and adapters. */
export async function subjectIdentity(options: IdentityOptions, inputs: KernelInputs): Promise<SubjectIdentity> {
  const { task, shots, seeds, limit, parameters, untie, lora, version, setting = PROMPT } = options;
  return {
    nexort: version,
    runtime: options.runtime,
    task: asJson(task),
    data: asJson(inputs.data.source.files.map(({ sha256 }) => sha256)),
    // Other columns of the same files are other examples.
    examples: digestOf([inputs.data.draws, inputs.test]),
    shots,
    seeds,
    evaluated: limit ?? 'all',
    model: await modelFingerprint(options.model),
    parameters,
    untie,
    ...(setting.kind === 'prompt' ? {} : { setting: asJson(setting) }),
    ...(lora === undefined ? {} : { lora: await loraIdentity(lora) }),
  };
}

/** Plain data as JSON sees it. */
export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json; // what JSON gives is JSON

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
