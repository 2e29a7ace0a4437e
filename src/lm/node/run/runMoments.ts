/** The second moments that a run's kernel of Adam is at. */

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { gradientParameters, type KernelSubject, kernelPrograms } from '../../kernel/kernelPrograms.ts';
import type { LanguageModel } from '../../model/checkpoint.ts';
import { noMomentsFile } from '../../model/momentErrors.ts';
import { type OpenMoments, openMoments } from '../../model/secondMoments.ts';
import { openPath } from '../model/checkpointFolder.ts';
import { fileDigest } from '../model/modelFingerprint.ts';

/** A file of second moments by parameter, and what is added to their roots. */
export interface MomentsFile {
  readonly path: string;
  readonly epsilon: number;
}

/**
 * Opens the moments of the parameters that a kernel takes gradients of. Throws {@link UserError} `lm.no-moments-file` and the
 * errors of {@link openMoments}.
 */
export async function openRunMoments(
  file: MomentsFile,
  model: LanguageModel,
  subject: KernelSubject,
): Promise<OpenMoments> {
  const { path, epsilon } = file;
  const fingerprint = await momentsFingerprint(file);
  const wanted = gradientParameters(kernelPrograms(subject));
  return openMoments({
    path,
    open: () => openPath(path),
    parameters: model.net.parameters.filter(({ name }) => wanted.has(name)),
    family: model.config.family,
    epsilon,
    fingerprint,
  });
}

/** What tells moments from others: other ones, or another ε, are another kernel. Throws {@link UserError} `lm.no-moments-file`. */
export async function momentsFingerprint({ path, epsilon }: MomentsFile): Promise<string> {
  if (!(await isThere(path))) throw noMomentsFile(path);
  return createHash('sha256')
    .update(JSON.stringify([await fileDigest(path), epsilon]))
    .digest('hex')
    .slice(0, 16);
}

/** Whether there is a file of this path. */
export async function isThere(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}
