/** Parsers of the benches' own options. */

import { InvalidArgumentError } from 'commander';

/** Whole numbers of at least 1, separated by commas. */
export function counts(text: string): number[] {
  const values = text.split(',').map(Number);
  if (!values.every((value) => Number.isSafeInteger(value) && value >= 1))
    throw new InvalidArgumentError('Give whole numbers of at least 1 separated by commas, such as 32,128.');
  return values;
}

/** A whole number of at least 0. */
export function seed(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('Give a whole number of at least 0.');
  return value;
}
