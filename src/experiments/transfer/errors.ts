/** Wording of the errors of transfers. */

import { UserError } from '../../errors/index.ts';

export function tooFewWidthsToCompare(given: readonly number[]): UserError {
  return new UserError(
    'experiments.one-width',
    `a transfer needs at least 2 different widths, but ${given.length === 0 ? 'none' : given.join(', ')} was given; give a small and a large one, such as 64,128,256,512.`,
    { given },
  );
}

export function tooFewRates(given: readonly number[]): UserError {
  return new UserError(
    'experiments.too-few-rates',
    `an optimum needs at least 3 different learning rates, but ${given.length === 0 ? 'none' : given.join(', ')} were given; give some below and some above it, such as 2^-12..2^-2.`,
    { given },
  );
}

export function badRate(given: number): UserError {
  return new UserError('experiments.bad-rate', `${given} is no learning rate; expected numbers above 0.`, { given });
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

/** Labels outside 0 … classes − 1, or inputs that are no numbers; all that is wrong with the first such example. */
export function badExample(data: string, example: number, problem: string): UserError {
  return new UserError('experiments.bad-example', `example ${example} of the data "${data}" ${problem}.`, {
    data,
    example,
  });
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
