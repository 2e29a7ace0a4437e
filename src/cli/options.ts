/** Parsers of option values; each refuses what it cannot read, with what it expects. */

import { InvalidArgumentError } from 'commander';
import { type Columns, parseColumns } from '../lm/index.ts';

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
}

/** A whole number of at least 0. */
export function countFromZero(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('Give a whole number of at least 0.');
  }
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

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A size in memory, in bytes: `4GB`, `512MB`, `4GiB`, `4g`. Units are powers of 1024. */
export function memory(text: string): number {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[(unit ?? '').toLowerCase()] ?? Number.NaN);
  if (!(bytes > 0)) throw new InvalidArgumentError('Give a size such as 4GB or 512MB.');
  return Math.floor(bytes);
}

/** The share of the free memory that a command may use unless told otherwise. */
const MEMORY_SHARE = 0.5;

/** Most bytes of the process where none are given. */
export function defaultMemory(): number {
  return MEMORY_SHARE * process.availableMemory();
}

/** Columns of a data file by what they hold, `label=topic,text=message`. */
export function columns(text: string): Columns {
  try {
    return parseColumns(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
