/** A finished kernel run, read back from its folder: what new texts are classified with. */

import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { required } from '../../../errors/index.ts';
import { type Json, readRun } from '../../../runs/index.ts';
import type { Task } from '../../data/tasks.ts';
import { KERNEL_KINDS, type KernelKind } from '../../kernel/kernelKinds.ts';
import type { LoraRequest } from '../../lora/loraRequest.ts';
import type { DrawFit } from '../../run/kernelScores.ts';
import * as errors from '../../run/predictErrors.ts';
import type { Setting } from '../../run/setting.ts';
import { parsePredictor } from '../../solve/predictorFile.ts';
import type { KernelIdentity, KernelRunRecord } from './kernelRecord.ts';
import type { MomentsFile } from './runMoments.ts';

/** A finished kernel run as new texts are classified with it. */
export interface FinishedRun {
  /** The absolute path. */
  readonly folder: string;
  readonly task: Task;
  /** The kernel that new texts are classified with. */
  readonly kernel: KernelKind;
  /** All that the run has solved. */
  readonly kernels: readonly KernelKind[];
  /** Of Adam's kernel, the file of second moments and what identifies it. */
  readonly moments?: Partial<MomentsFile> & { readonly fingerprint: string };
  /** Every draw, in the order of the seeds. */
  readonly fits: readonly DrawFit[];
  readonly model: {
    /** Where it was when the run was made. */
    readonly folder: string;
    /** What identifies it (modelFingerprint.ts). */
    readonly fingerprint: Readonly<Record<string, string>>;
  };
  /** A choice of parameters (selection.ts). */
  readonly parameters: string;
  /** Whether the decoder counts as a parameter of its own. */
  readonly untie: boolean;
  /** What of the model classifies. */
  readonly setting: Setting;
  /** The heads of linear probing, by seed. */
  readonly heads?: KernelRunRecord['heads'];
  /** Changes of low rank beside the weights, and what identifies them; absent where there are none. */
  readonly lora?: { readonly request: LoraRequest; readonly identity: Json };
}

/**
 * Reads a finished run; other processes may work on its folder meanwhile, and nothing in it is written. `version` is
 * that of nexort, which must be the run's; `chosen` is the kernel, by default the first one.
 *
 * Throws the errors of reading a run folder (`runs.missing-run`, `runs.damaged-run`, `runs.other-format`,
 * `runs.read-failed`); {@link UserError} `lm.run-is-a-file`, `lm.not-a-kernel-run`, `lm.other-version`, `lm.unfinished-run`,
 * `lm.bad-predictor`, `lm.kernel-not-in-run`.
 */
export async function readFinishedRun(folder: string, version: string, chosen?: KernelKind): Promise<FinishedRun> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isFile() === true) throw errors.runIsAFile(folder, dirname(folder));
  const stored = await readRun(folder);
  if (stored.identity.job !== 'kernel') throw errors.notAKernelRun(stored.folder, stored.identity.job);
  const made = String(stored.identity.nexort);
  if (made !== version) throw errors.otherVersion(stored.folder, made, version);
  // As this version wrote them; the folder checks them against damage.
  const identity = stored.identity as KernelIdentity;
  const task = identity.task as unknown as Task;
  if (stored.status !== 'complete') {
    throw errors.unfinishedRun({ ...identity, task: task.name, folder, started: stored.started });
  }
  const record = stored.result as unknown as KernelRunRecord;
  const { result, kernel: first = 'sgd', furtherFits = {}, moments, momentsFile = {}, heads } = record;
  const kernel = chosen ?? first;
  const fits = kernel === first ? record.fits : furtherFits[kernel];
  const kernels = KERNEL_KINDS.filter((kind) => kind === first || furtherFits[kind] !== undefined);
  if (fits === undefined) throw errors.kernelNotInRun(stored.folder, kernel, kernels);
  const where = join(stored.folder, 'run.json');
  return {
    folder: stored.folder,
    task,
    kernel,
    kernels,
    ...(kernel === 'adam' && moments !== undefined ? { moments: { ...momentsFile, fingerprint: moments } } : {}),
    fits: fits.map((fit) => ({ ...fit, predictor: parsePredictor(fit.predictor, `${where}, seed ${fit.seed},`) })),
    model: { folder: result.model, fingerprint: identity.model },
    parameters: identity.parameters,
    untie: identity.untie,
    setting: result.setting,
    ...(heads === undefined ? {} : { heads }),
    ...(result.lora === undefined || identity.lora === undefined
      ? {}
      : { lora: { request: result.lora, identity: identity.lora } }),
  };
}

/**
 * The draw of a seed; without one, that with the best score on its dev examples, the first of equals.
 * @throws UserError `lm.unknown-seed`.
 */
export function drawOf({ folder, fits }: FinishedRun, seed?: number): DrawFit {
  const found =
    seed === undefined
      ? fits.toSorted((a, b) => (b.dev ?? Number.NEGATIVE_INFINITY) - (a.dev ?? Number.NEGATIVE_INFINITY) || 0)[0]
      : fits.find((fit) => fit.seed === seed);
  if (found !== undefined) return found;
  throw errors.unknownSeed(
    folder,
    required(seed, 'draw of a finished run'),
    fits.map((fit) => fit.seed),
  );
}
