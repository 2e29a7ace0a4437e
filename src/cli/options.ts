/** Parsers of option values; each refuses what it cannot read, with what it expects. */

import { InvalidArgumentError } from 'commander';
import { required } from '../errors/index.ts';

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
}

/** More than any machine has cores, and as many as start within a moment. */
const MOST_THREADS = 1024;

/** A number of threads. */
export const threads = (text: string): number => countUpTo(MOST_THREADS, text);

/** A few times deeper than what is trained: every layer is an instruction of its own in the program. */
const MOST_LAYERS = 1000;

/** A number of layers or blocks. */
export const depth = (text: string): number => countUpTo(MOST_LAYERS, text);

/** More networks than anybody trains; each is listed before the first one is. */
const MOST_NETWORKS = 100_000;

/** A number of networks that differ by their seeds. */
export const networks = (text: string): number => countUpTo(MOST_NETWORKS, text);

/** Examples of a step and numbers of an input: their product still fits an array. */
const MOST_DRAWN = 10_000;

/** Of random examples, how many, and of how many numbers. */
export const randomCount = (text: string): number => countUpTo(MOST_DRAWN, text);

/** A whole number between two ends, both included. */
export function countUpTo(most: number, text: string, least = 1): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  }
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

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

/** Different whole numbers of at least 0, separated by commas. */
export function seeds(text: string): number[] {
  const values = text.split(',').map(Number);
  const fine = text.trim() !== '' && values.every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!fine) throw new InvalidArgumentError('Give whole numbers separated by commas, such as 13,21,42.');
  const again = values.find((value, k) => values.indexOf(value) < k);
  if (again !== undefined) throw new InvalidArgumentError(`Give each seed once; ${again} stands more than once.`);
  return values;
}

/** Widths, rising. */
export function widths(text: string): number[] {
  const values = text.split(',').map(Number);
  const fine = text.trim() !== '' && values.every((value) => Number.isSafeInteger(value) && value >= 1);
  if (!fine || new Set(values).size < values.length) {
    throw new InvalidArgumentError('Give different whole numbers of at least 1, such as 32,64,128,256,512.');
  }
  return values.sort((a, b) => a - b);
}

/** Widths, rising, "inf" among them for the infinite network: the last, Infinity. */
export function widthsToInfinity(text: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  const finite = parts.filter((part) => !/^(inf|infinity|∞)$/i.test(part));
  const all = widths(finite.join(','));
  return finite.length === parts.length ? all : [...all, Number.POSITIVE_INFINITY];
}

/** A power of two, of at least 16. */
export function powerOfTwo(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 16 || !Number.isInteger(Math.log2(value))) {
    throw new InvalidArgumentError('Give a power of two of at least 16, such as 16384.');
  }
  return value;
}

/** Sizes by name, `batch=4,time=8`; may be given several times. */
export function sizes(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const entries = text.split(',').map((part): [string, number] => {
    const [, name = '', value = ''] = /^\s*(.*?)\s*=\s*(\d+)\s*$/.exec(part) ?? [];
    const size = Number(value);
    if (name === '' || !Number.isSafeInteger(size) || size < 1) {
      throw new InvalidArgumentError('Give names with whole numbers of at least 1, such as batch=4,time=8.');
    }
    return [name, size];
  });
  return { ...before, ...Object.fromEntries(entries) };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A size in memory, in bytes: `4GB`, `512MB`, `4GiB`, `4g`. Units are powers of 1024. */
export function memory(text: string): number {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text) ?? [];
  const bytes = Number(number) * required(UNITS[(unit ?? '').toLowerCase()], 'unit of a size');
  if (!(bytes > 0)) throw new InvalidArgumentError('Give a size such as 4GB or 512MB.');
  return Math.floor(bytes);
}

/** The share of the free memory that a command may use unless told otherwise. */
const MEMORY_SHARE = 0.5;

/** Most bytes of the process where none are given. */
export function defaultMemory(): number {
  return MEMORY_SHARE * process.availableMemory();
}
