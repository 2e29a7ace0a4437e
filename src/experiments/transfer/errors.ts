/** Wording of the errors of transfers. */

import { UserError } from '../../errors/index.ts';
import { meantHyperparameter } from '../../errors/wording/index.ts';

export function tooFewWidthsToCompare(given: readonly number[]): UserError {
  return new UserError(
    'experiments.one-width',
    `a transfer needs at least 2 different widths, but ${given.length === 0 ? 'none' : given.join(', ')} was given; give a small and a large one, such as 64,128,256,512.`,
    { given },
  );
}

export function tooFewValues(words: string, given: readonly number[]): UserError {
  const have =
    given.length === 0 ? 'none was' : given.length === 1 ? `${given[0]} alone was` : `${given.join(', ')} were`;
  return new UserError(
    'experiments.too-few-values',
    `an optimum needs at least 3 different values of the ${words}, but ${have} given; give some below and some above it, such as 2^-12..2^-2 of the learning rate.`,
    { given },
  );
}

/** Values outside the domain of what is swept, or without a place on its logarithmic axis. */
export function badValues(words: string, given: readonly number[], expected: string): UserError {
  return new UserError(
    'experiments.bad-values',
    `${given.join(', ')} cannot be tried as ${words}; expected ${given.length === 1 ? expected : `for each ${expected}`}.`,
    { words, given, expected },
  );
}

export function badRange(words: string, least: number, greatest: number): UserError {
  return new UserError(
    'experiments.bad-range',
    `the range of the ${words} goes from ${least} to ${greatest}; expected the least value first, and a greater one.`,
    { words, least, greatest },
  );
}

export function noUsualValue(words: string, usual: number): UserError {
  return new UserError(
    'experiments.no-usual-value',
    `the ${words} of this optimizer is ${usual} unless told otherwise, from which no values to try follow; give some with --values, such as 2^-10..2^-2.`,
    { words, usual },
  );
}

export function unknownHyperparameter(name: string, optimizer: string, known: readonly string[]): UserError {
  const hint = meantHyperparameter(name, known);
  return new UserError(
    'experiments.unknown-hyperparameter',
    `"${name}" is nothing that a sweep with ${optimizer} can change.${hint} There are: ${known.join(', ')}.`,
    { name, optimizer, known },
  );
}

export function notANumber(name: string, optimizer: string): UserError {
  return new UserError(
    'experiments.not-a-number',
    `${name} of ${optimizer} is true or false, and a sweep needs numbers; compare two optimizers instead.`,
    { name, optimizer },
  );
}

/** Parametrizations that are the standard network at different widths. */
export function severalBaseWidths(found: readonly { readonly name: string; readonly baseWidth: number }[]): UserError {
  const each = found.map(({ name, baseWidth }) => `${baseWidth} of "${name}"`).join(' and ');
  return new UserError(
    'experiments.several-base-widths',
    `the parametrizations have different base widths, ${each}; at one and the same width they must be one network to be compared. Change one of them.`,
    { found },
  );
}

export function badCount(what: string, given: number): UserError {
  return new UserError(
    'experiments.bad-count',
    `the ${what} of a transfer must be a whole number of at least 1, but ${given} was given.`,
    { what, given },
  );
}

export function sameNames(names: readonly string[]): UserError {
  return new UserError(
    'experiments.same-names',
    `the parametrizations ${names.join(', ')} cannot be told apart by their names; expected different ones. Leave one out, or rename a file.`,
    { names },
  );
}

/** An input that is not finite, in a table of inputs with a row for each example. */
export function badInput(data: string, row: number, column: number, value: number): UserError {
  return new UserError(
    'experiments.bad-input',
    `row ${row}, column ${column} of the data "${data}" is ${value}; expected a number. Rows and columns count from 0.`,
    { data, row, column, value },
  );
}

export function badLabel(data: string, row: number, label: number, classes: number): UserError {
  return new UserError(
    'experiments.bad-label',
    `row ${row} of the data "${data}" has the label ${label}; expected a class from 0 to ${classes - 1}. Rows count from 0.`,
    { data, row, label, classes },
  );
}

export function unevenExamples(data: string, values: number, labels: number, input: number): UserError {
  return new UserError(
    'experiments.uneven-examples',
    `the data "${data}" have ${labels} labels and ${values} numbers of inputs; expected ${labels} × ${input} = ${labels * input}.`,
    { data, values, labels, input },
  );
}

export function noDigits(name: string): UserError {
  return new UserError(
    'experiments.no-digits',
    `the handwritten digits are in the package "${name}" (MIT, 42 MB), which is not installed; run "npm install ${name}", or take --data teacher.`,
    { name },
  );
}

export function unreadableDigits(file: string, problem: string): UserError {
  return new UserError(
    'experiments.unreadable-digits',
    `'${file}' does not hold handwritten digits: ${problem}; expected {"data": […]} with 784 numbers from 0 to 1 for each digit. Install the package again.`,
    { file },
  );
}

export function badPixels(given: number, known: readonly number[]): UserError {
  return new UserError(
    'experiments.bad-pixels',
    `digits of ${given} × ${given} pixels cannot be made of those of 28 × 28; expected one of: ${known.join(', ')}.`,
    { given, known },
  );
}

/** Training without a limit that is read step by step, where one is to be tuned on. */
export function noInfiniteWidth(parametrization: string, reason: string): UserError {
  return new UserError(
    'experiments.no-infinite-width',
    `"${parametrization}" cannot be tuned at infinite width: ${reason}. Give a parametrization in which features move, such as mup.`,
    { parametrization, reason },
  );
}

/** Widths that tell a correction and check it. */
export function sharedWidths(widths: readonly number[]): UserError {
  return new UserError(
    'experiments.shared-widths',
    `width ${widths.join(', ')} is among those that tell the correction, and cannot check it; give others.`,
    { widths },
  );
}
