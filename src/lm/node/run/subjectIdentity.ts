/** What decides the numbers of every run on a task with a model, whatever is made of them. */

import { createHash } from 'node:crypto';
import type { Json } from '../../../runs/index.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { isUsual, PROMPT, usesChatTemplate } from '../../run/setting.ts';
import { loraIdentity } from '../model/loraOfRun.ts';
import { modelFingerprint } from '../model/modelFingerprint.ts';
import type { SubjectIdentity } from './kernelRecord.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';
import type { SubjectOptions } from './kernelSubject.ts';

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
    model: await modelFingerprint(options.model, usesChatTemplate(setting)),
    parameters,
    untie,
    ...(isUsual(setting) ? {} : { setting: asJson(setting) }),
    ...(lora === undefined ? {} : { lora: await loraIdentity(lora) }),
  };
}

/** Plain data as JSON sees it. */
export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json; // what JSON gives is JSON

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
