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

/** A whole number of at least `least`. */
export function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
    return value;
  };
}

/** A part of something: above 0 and below 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value < 1))
    throw new InvalidArgumentError('Give a number above 0 and below 1.');
  return value;
}

/** Some of the names that there are, separated by commas. */
export function someOf<T extends string>(names: readonly T[]): (text: string) => T[] {
  return (text) =>
    text.split(',').map((given) => {
      const name = names.find((known) => known === given);
      if (name === undefined) throw new InvalidArgumentError(`Give one or more of ${names.join(',')}.`);
      return name;
    });
}

/** Sizes of limits: samples, and those that nested averages read, as in 4096 or 1024x128. */
export const sizes = (text: string): Samples[] => text.split(',').map(size);

/** One of them. */
export function size(text: string): Samples {
  const [, width, subsample] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  if (width === undefined || !powerOfTwo(Number(width)) || subsample === '0')
    throw new InvalidArgumentError('Give sizes such as 4096 or 1024x128, the first number a power of two.');
  return { width: Number(width), ...(subsample === undefined ? {} : { subsample: Number(subsample) }) };
}

interface Samples {
  readonly width: number;
  readonly subsample?: number;
}

const powerOfTwo = (value: number): boolean => value >= 2 && Number.isInteger(Math.log2(value));
