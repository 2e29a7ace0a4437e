/** Wording of the errors of kernels that are computed in blocks. */

import { InvariantError, UserError } from '../../../errors/index.ts';
import { enough, tooLittle } from '../../../errors/wording/index.ts';

/** The size of a process before its run differs by less from start to start. */
const SPREAD = 2 ** 25;

/** `predicting` is what a prediction alone needs more. */
export function memoryTooSmall(given: number, least: number, predicting: number | undefined): UserError {
  const [why, fix] =
    predicting === undefined
      ? ['', 'fewer inputs']
      : [` (${enough(predicting)} of it for the predictions)`, 'fewer training inputs'];
  return new UserError(
    'experiments.memory-too-small',
    `--memory ${tooLittle(given)} is too small for these kernels, which need about ${enough(least + SPREAD)} at least${why}. ` +
      `Give that much, or ${fix}.`,
    { given, least, predicting: predicting ?? null },
  );
}

export function plannedForMore(folder: string, given: number, planned: number): UserError {
  return new UserError(
    'experiments.planned-for-more',
    `--memory ${tooLittle(given)} is too small to go on with the run in '${folder}': its plan, fixed at its first start, ` +
      `needs ${enough(planned)}. Give that much, or delete the folder to plan it anew.`,
    { folder, given, planned },
  );
}

export function unknownFormat(path: string): UserError {
  return new UserError(
    'experiments.unknown-format',
    `kernels are written as .npz, .safetensors or .json, and '${path}' ends in none of these.`,
    { path },
  );
}

export function wrongTargets(given: number, expected: number): UserError {
  return new UserError(
    'experiments.wrong-targets',
    `the targets have ${given} rows, but x1 has ${expected} inputs; give one row for each of x1.`,
    { given, expected },
  );
}

export function nothingToPredict(): UserError {
  return new UserError('experiments.nothing-to-predict', 'predictions are made for x2; give inputs x2.');
}

export function blockMissing(block: string): InvariantError {
  return new InvariantError('experiments.block-missing', `block ${block} was neither kept nor computed.`, { block });
}
