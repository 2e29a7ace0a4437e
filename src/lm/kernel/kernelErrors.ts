/** Words of the errors of empirical kernels. */

import { UnsupportedError, UserError } from '../../errors/index.ts';
import { enough, tooLittle } from '../../errors/wording/index.ts';
import { type ComputedKind, KERNEL_KINDS } from './kernelKinds.ts';

export function mixedUses(parameter: string, stage: string): UnsupportedError {
  return new UnsupportedError(
    'lm.mixed-uses',
    `parameter "${parameter}" is used both as a matrix and as a table of rows in stage "${stage}"; its kernel would ` +
      'need a dense gradient of the whole table for each example. Leave it out with --params.',
    { parameter, stage },
  );
}

export function sharedMatrix(parameter: string, stages: readonly string[]): UnsupportedError {
  return new UnsupportedError(
    'lm.shared-matrix',
    `parameter "${parameter}" is a matrix shared by stages ${stages.join(', ')}; kernels add the gradients of a shared ` +
      'parameter only within one stage. Leave it out with --params.',
    { parameter, stages },
  );
}

/** Of kernels that are no linear function of an evaluated example's gradient, which is what a sum over tokens is of. */
export function noTokenSplit(kind: ComputedKind): UnsupportedError {
  return new UnsupportedError(
    'lm.no-token-split',
    `The kernel ${kind} has no split by tokens here. Those of sgd and a-signgd have: they are linear in the gradient of the ` +
      'evaluated text, which is a sum over its tokens. By layer every kernel splits.',
    { kind },
  );
}

export function nothingSelected(selection: string, known: readonly string[]): UserError {
  return new UserError(
    'lm.nothing-selected',
    `--params ${selection} selects none of the model's ${known.length} parameters, such as ${known.slice(0, 3).join(', ')}.`,
    { selection, known },
  );
}

export function noKernel(): UserError {
  return new UserError('lm.no-kernel', `No kernel is asked for. Give at least one of ${KERNEL_KINDS.join(', ')}.`);
}

export function noSecondMoments(): UserError {
  return new UserError(
    'lm.no-second-moments',
    'The kernel adam needs the second moments v of gradients, one number for each parameter, such as exp_avg_sq of a ' +
      'trained optimizer. Give a safetensors file of them, by parameter name, with --second-moments, or leave adam out.',
  );
}

export function unknownSelection(selection: string): UserError {
  return new UserError(
    'lm.unknown-selection',
    `--params ${selection} is not a choice of parameters. Give all, no-embeddings, no-head, biases, lora, lora+head, or match:PATTERN ` +
      "with * for any text, several patterns separated by commas, and ! in front of those to leave out (match:'!*embed*').",
    { selection },
  );
}

export function blockGone(block: string): UserError {
  return new UserError(
    'lm.block-gone',
    `block ${block} of the run was there when this start looked through it and is now gone or damaged. Nothing else ` +
      'was lost: start the same command again, and it is computed again.',
    { block },
  );
}

export function plannedForMore(folder: string, given: number, planned: number): UserError {
  return new UserError(
    'lm.planned-for-more',
    `--memory ${tooLittle(given)} is too small to go on with the run in '${folder}': its plan, fixed at its first start, ` +
      `needs ${enough(planned)}. Give that much, or another folder (--out) to plan it anew.`,
    { folder, given, planned },
  );
}

/** The size of a process before its run differs by less from start to start. */
const SPREAD = 2 ** 25;

export function memoryTooSmall(given: number, least: number): UserError {
  return new UserError(
    'lm.memory-too-small',
    `--memory ${tooLittle(given)} is too small for this run, which needs about ${enough(least + SPREAD)} at least. Give that much, ` +
      'shorter texts or a smaller model.',
    { given, least },
  );
}
