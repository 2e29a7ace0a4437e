/** Wording of the errors of the check. */

import { UserError } from '../../errors/index.ts';
import { gigabytes } from '../../errors/wording/index.ts';

export function noScalars(program: string): UserError {
  return new UserError(
    'experiments.no-scalars',
    `program "${program}" has no output without a width axis, so there is nothing to compare across widths; hand out an average, as in "output size = avg(x^2)".`,
    { program },
  );
}

export function noWidth(program: string): UserError {
  return new UserError(
    'experiments.no-width',
    `program "${program}" declares no width, so it has no infinite-width limit; declare one, as in "width n".`,
    { program },
  );
}

export function tooFewWidths(given: readonly number[]): UserError {
  return new UserError(
    'experiments.too-few-widths',
    `an exponent needs at least 3 different widths, but ${given.length === 0 ? 'none' : given.join(', ')} were given; five or more say more.`,
    { given },
  );
}

export function tooLong(program: string, instructions: number, most: number): UserError {
  return new UserError(
    'experiments.too-long',
    `program "${program}" has ${instructions} instructions, more than the ${most} that a check compiles at several widths; carry what repeats from step to step in a state, and give --steps.`,
    { program, instructions, most },
  );
}

export function tooFewSeeds(given: number): UserError {
  return new UserError(
    'experiments.too-few-seeds',
    `distances need at least 2 seeds at each width, but ${given} was given; a hundred make good intervals.`,
    { given },
  );
}

/** A width at which values do not fit into memory; `node` is the largest of them. */
export function tooLarge(
  width: number,
  bytes: number,
  memory: number,
  node: string,
  shape: readonly number[],
): UserError {
  return new UserError(
    'experiments.too-large',
    `at width ${width}, "${node}" has ${shape.join(' × ')} entries and a run takes about ${gigabytes(bytes)}, more than the ${gigabytes(memory)} allowed; give smaller widths, or more memory.`,
    { width, bytes, memory, node, shape },
  );
}

/** A number that is not finite: an overflow, a root of something negative, 0/0. `node` is the first value that holds one. */
export function notFinite(output: string, found: number, where: string, node: string): UserError {
  const what = node === output ? '' : `; "${node}" is the first value that is not finite`;
  return new UserError(
    'experiments.not-finite',
    `output "${output}" is ${found} ${where}${what}: functions must not overflow, nor divide by 0, nor take roots of negative numbers.`,
    { output, node },
  );
}
