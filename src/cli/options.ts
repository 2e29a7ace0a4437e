/** Parsers of option values; each refuses what it cannot read, with what it expects. */

import { InvalidArgumentError } from 'commander';

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
}

/** A number of at least 0. */
export function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('Give a number of at least 0.');
  return value;
}

/** Whole numbers of at least 0, separated by commas. */
export function seeds(text: string): number[] {
  const values = text.split(',').map(Number);
  const fine = text.trim() !== '' && values.every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!fine) throw new InvalidArgumentError('Give whole numbers separated by commas, such as 13,21,42.');
  return values;
}
