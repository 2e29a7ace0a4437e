/** Words of the errors of files with arrays, and of kernels on them. */

import { UserError } from '../errors/index.ts';
import { reasonOf } from './errors.ts';

export function badArray(path: string, problem: string): UserError {
  return new UserError(
    'cli.bad-array',
    `'${path}' holds no array of numbers: ${problem}. Give lines of numbers (.csv), nested lists (.json) or what numpy saves (.npy).`,
    { path, problem },
  );
}

export function unknownArrayFile(path: string): UserError {
  return new UserError(
    'cli.unknown-array-file',
    `'${path}' ends in none of .csv, .json and .npy, the files that arrays are read from.`,
    { path },
  );
}

/** Rows that do not have as many numbers as the shape of an input says. */
export function badRows(path: string, numbers: number, shape: readonly number[]): UserError {
  const product = shape.reduce((total, size) => total * size, 1);
  return new UserError(
    'cli.bad-rows',
    `'${path}' has ${numbers} numbers for each input; --shape ${shape.join(',')} asks for ${shape.join(' × ')} = ${product}.`,
    { path, numbers, shape },
  );
}

export function badInputs(path: string, shape: readonly number[]): UserError {
  return new UserError(
    'cli.bad-inputs',
    `'${path}' is an array of ${shape.join(' × ') || 'one number'}; inputs are [inputs, channels], [inputs, length, channels] or ` +
      '[inputs, rows, columns, channels]. Give --shape for rows of numbers that are images or series.',
    { path, shape },
  );
}

export function noInputs(path: string): UserError {
  return new UserError(
    'cli.no-inputs',
    `There are no inputs: '${path}' has no x1, and --x1 is not given. Give --x1 FILE, or put x1 into the description.`,
    { path },
  );
}

export function noSpec(path: string): UserError {
  return new UserError(
    'cli.no-spec',
    `'${path}' describes no network; expected layers, ["serial", {"layers": […]}], or an object that holds them as "spec".`,
    { path },
  );
}

/** Labels for another number of inputs, or predictions without inputs to predict. */
export function badLabels(path: string, given: number, expected: number): UserError {
  return new UserError(
    'cli.bad-labels',
    `'${path}' has ${given} labels, but x1 has ${expected} inputs; --predict takes one row of labels for each of x1.`,
    { path, given, expected },
  );
}

export function nothingToPredict(): UserError {
  return new UserError(
    'cli.nothing-to-predict',
    '--predict trains on x1 and predicts for x2, and there is no x2; give --x2 FILE.',
  );
}

export function badKernelFile(path: string): UserError {
  return new UserError('cli.bad-kernel-file', `--out is given '${path}'; expected a name that ends in .json or .npz.`, {
    path,
  });
}

/** Kernels that cannot be written. */
export function unwritableKernels(path: string, cause: unknown): UserError {
  return new UserError(
    'cli.unwritable-kernels',
    `The kernels '${path}' cannot be written: ${reasonOf(cause)}. Give another file with --out.`,
    { path },
  );
}

export function tooManyForJson(entries: number, most: number): UserError {
  return new UserError(
    'cli.too-many-for-json',
    `The kernels have ${entries} entries each; JSON holds at most ${most}. Give --out FILE.npz.`,
    { entries, most },
  );
}
