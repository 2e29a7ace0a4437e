/** Second moments of gradients, as an optimizer has them, from a safetensors file by the names of a checkpoint's parameters. */

import { nearNames } from '../../errors/wording/index.ts';
import type { NetParameter } from '../../nets/index.ts';
import type { Tensor } from '../../program/index.ts';
import type { SecondMoments } from '../kernel/adamWeights.ts';
import { nameInFile } from './checkpoint.ts';
import type { CheckpointFile, CheckpointFiles } from './checkpointFiles.ts';
import { momentsMismatch, negativeMoment } from './momentErrors.ts';
import { openTensors } from './safetensors.ts';
import { storedAs } from './stored.ts';

export interface MomentsOptions {
  /** The file's path, for messages. */
  readonly path: string;
  readonly open: () => Promise<CheckpointFile>;
  /** The parameters that the kernel is over. */
  readonly parameters: readonly NetParameter[];
  /** The model's family, whose prefix names may lack. */
  readonly family: string;
  readonly epsilon: number;
  readonly fingerprint?: string;
}

/** Moments that are read when they are asked for. */
export interface OpenMoments extends SecondMoments {
  close(): Promise<void>;
}

/**
 * Opens the file and checks that it has every parameter in its shape. Throws {@link UserError} `lm.moments-mismatch`,
 * `lm.damaged-tensors`; `load` also `lm.negative-moment` and the errors of reading tensors.
 */
export async function openMoments(options: MomentsOptions): Promise<OpenMoments> {
  const { path, open, parameters, family, epsilon, fingerprint } = options;
  const store = await openTensors(oneFile(path, open));
  const wanted = parameters.map((parameter) => {
    const stored = storedAs(parameter);
    const name = nameInFile(store, stored.name, family) ?? nameInFile(store, parameter.name, family);
    return { parameter, stored, name };
  });
  const missing = wanted
    .filter(({ name }) => name === undefined)
    .map(({ stored: { name, shape } }) => ({ name, shape, near: nearNames(name, store.names) }));
  const misshaped = wanted.flatMap(({ stored: { shape }, name }) => {
    if (name === undefined) return [];
    const found = store.shape(name);
    const fits = found.length === shape.length && found.every((size, axis) => size === shape[axis]);
    return fits ? [] : [{ name, expected: shape, found }];
  });
  if (missing.length + misshaped.length > 0) {
    await store.close();
    throw momentsMismatch(path, missing, misshaped);
  }
  return {
    epsilon,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    load: async (names) => {
      const moments: Record<string, Tensor<Float32Array>> = {};
      for (const { parameter, stored, name } of wanted) {
        if (name === undefined || !names.includes(parameter.name)) continue;
        const data = await store.read(name);
        const negative = data.find((value) => value < 0);
        if (negative !== undefined) throw negativeMoment(path, name, negative);
        moments[parameter.name] = { axes: parameter.axes, shape: stored.axisSizes, data };
      }
      return moments;
    },
    close: () => store.close(),
  };
}

/** One file as a checkpoint of one file. */
function oneFile(path: string, open: () => Promise<CheckpointFile>): CheckpointFiles {
  return { folder: path, path: () => path, list: async () => ['model.safetensors'], open };
}
