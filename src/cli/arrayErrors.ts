/** Words of the errors of files with arrays, and of kernels on them. */

import { UserError } from '../errors/index.ts';
import { likely } from '../errors/wording/index.ts';
import type { Example } from '../nets/index.ts';
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

/** A file without rows, or with rows without numbers. */
export function emptyInputs(path: string, shape: readonly number[]): UserError {
  return new UserError(
    'cli.empty-inputs',
    `'${path}' holds no ${shape[0] === 0 ? 'inputs' : 'numbers'} (${shape.join(' × ')}); a kernel needs at least 1 input of 1 number on either side.`,
    { path, shape },
  );
}

/** A label that is no number. */
export function badLabel(path: string, row: number, column: number, value: number): UserError {
  return new UserError(
    'cli.bad-label',
    `'${path}' holds ${value} in row ${row}, column ${column}; every label must be a finite number.`,
    { path, row, column, value },
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

/** Neither a file nor a name of a network, or both. */
export function oneNetwork(spec: string | undefined, net: string | undefined): UserError {
  const given = spec === undefined ? 'nothing says which' : `both '${spec}' and --net ${net} are given`;
  return new UserError(
    'cli.one-network',
    `Kernels are of one network, and ${given}. Give a file, layers (.json) or a program (.nex), or else --net NAME.`,
    { spec, net },
  );
}

const SIZES: Readonly<Record<Example, string>> = {
  vector: '[inputs, channels]',
  series: '[inputs, length, channels]',
  image: '[inputs, rows, columns, channels]',
  text: '[inputs, tokens]',
};

/** Inputs that a network of the library does not read. */
export function wrongExample(net: string, shape: readonly number[], reads: readonly Example[]): UserError {
  return new UserError(
    'cli.wrong-example',
    `--net ${net} reads ${reads.map((example) => SIZES[example]).join(' or ')}, and each of the inputs is ${shape.join(' × ')}. ` +
      'Give --shape, or another network.',
    { net, shape, reads },
  );
}

/** Inputs that do not have the axes of a program's data. */
export function wrongRank(name: string, axes: readonly string[], shape: readonly number[]): UserError {
  return new UserError(
    'cli.wrong-rank',
    `"${name}" of the program is on [${axes.join(', ')}], and each of the inputs is ${shape.join(' × ')}. Give --shape with ` +
      `${axes.length - 1} sizes, those of ${axes.slice(1).join(', ') || 'no axis'}.`,
    { name, axes, shape },
  );
}

/** A program without data that inputs could be, or with several. */
export function noKernelInput(
  program: string,
  given: string | undefined,
  known: readonly string[],
  examples: string,
): UserError {
  const names = known.map((name) => `"${name}"`).join(', ');
  const near = given === undefined ? undefined : likely(given, known);
  const text =
    given !== undefined
      ? `has no data "${given}" along the axis "${examples}"; ${near === undefined ? `it has ${names || 'none'}` : `did you mean "${near}"?`}`
      : known.length === 0
        ? `has no data along the axis "${examples}", which x1 could be. Name the axis of its inputs with --examples`
        : `has several data along the axis "${examples}": ${names}. Say which of them x1 is with --input, and give the others a law`;
  return new UserError('cli.no-kernel-input', `program "${program}" ${text}${/[?]$/.test(text) ? '' : '.'}`, {
    program,
    given,
    known,
    examples,
  });
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

export function badClass(path: string, row: number, value: number): UserError {
  return new UserError(
    'cli.bad-class',
    `'${path}' holds ${value} in row ${row}; with --loss cross-entropy a label is a whole number that names a class, or a row has a probability for each class.`,
    { path, row, value },
  );
}

export function oneClass(path: string, label: number): UserError {
  return new UserError(
    'cli.one-class',
    `'${path}' has ${label} for every label; --loss cross-entropy tells at least two classes apart.`,
    { path, label },
  );
}

export function noTimes(): UserError {
  return new UserError(
    'cli.no-times',
    'Training with --loss cross-entropy has no end, for logits grow for ever where classes can be told apart; give --time, such as --time 1,10,100.',
  );
}

export function badKernelFile(path: string): UserError {
  return new UserError(
    'cli.bad-kernel-file',
    `--out is given '${path}'; expected a name that ends in .npz, .safetensors or .json.`,
    {
      path,
    },
  );
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
    `The kernels have ${entries} entries each; JSON holds at most ${most}. Give --out FILE.npz or FILE.safetensors, without --json.`,
    { entries, most },
  );
}
