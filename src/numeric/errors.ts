/** Wording of the errors of this room. */

import { InvariantError, UnsupportedError, UserError } from '../errors/index.ts';

/** A seed that is not an integer from 0 to 2^53 − 1. */
export function badSeed(seed: number): UserError {
  return new UserError(
    'numeric.badSeed',
    `A seed must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}, but ${seed} was given. Round it, or use another.`,
    { seed },
  );
}

/** A position or length that is not an integer in its range. */
export function badCount(what: string, given: number, least: number, most: number): InvariantError {
  return new InvariantError(
    'numeric.badCount',
    `${what} must be an integer from ${least} to ${most}, but ${given} was given.`,
    { what, given, least, most },
  );
}

/** Two lengths that had to agree. */
export function sizeMismatch(where: string, given: string, expected: string): InvariantError {
  return new InvariantError('numeric.sizeMismatch', `${where}: given ${given}, expected ${expected}.`, {
    where,
    given,
    expected,
  });
}

/** An input with an infinite or undefined entry where only finite ones make sense. */
export function notFinite(where: string, index: number, value: number): InvariantError {
  return new InvariantError('numeric.notFinite', `${where}: entry ${index} is ${value}, expected a finite number.`, {
    where,
    index,
    value,
  });
}

/** Fewer observations than a statistic needs to be defined. */
export function tooFewValues(where: string, given: number, least: number): InvariantError {
  return new InvariantError('numeric.tooFewValues', `${where}: given ${given} values, expected at least ${least}.`, {
    where,
    given,
    least,
  });
}

/** A matrix that had to be symmetric. */
export function notSymmetric(where: string): InvariantError {
  return new InvariantError('numeric.notSymmetric', `${where}: the matrix is not symmetric.`, { where });
}

/** A system without a unique solution: a matter of the data that made the matrix, not of the caller's code. */
export function notSolvable(where: string, property: string): UserError {
  return new UserError(
    'numeric.notSolvable',
    `${where}: the matrix is not ${property}. Add a ridge to its diagonal, or use least squares.`,
    { where, property },
  );
}

/** An iteration that always ends in a few steps did not. */
export function notConverged(where: string, steps: number): InvariantError {
  return new InvariantError('numeric.notConverged', `${where}: no convergence in ${steps} steps.`, { where, steps });
}

/** Two neighbors in a list of rising numbers that do not rise. */
export function notRising(where: string, first: number, second: number): InvariantError {
  return new InvariantError(
    'numeric.notRising',
    `${where}: given ${first} before ${second}, expected rising numbers.`,
    {
      where,
      first,
      second,
    },
  );
}

/** Degrees of freedom for which a law is not offered. */
export function badDegrees(where: string, given: number, least: number): InvariantError {
  return new InvariantError(
    'numeric.badDegrees',
    `${where}: given ${given} degrees of freedom, expected a number from ${least}.`,
    { where, given, least },
  );
}

/** A scale that has to be positive and finite. */
export function notPositive(where: string, index: number, value: number): InvariantError {
  return new InvariantError(
    'numeric.notPositive',
    `${where}: entry ${index} is ${value}, expected a positive finite number.`,
    { where, index, value },
  );
}

/** A confidence level that is no probability, or certainty. */
export function badLevel(where: string, level: number): InvariantError {
  return new InvariantError('numeric.badLevel', `${where}: given level ${level}, expected a number between 0 and 1.`, {
    where,
    level,
  });
}

/** A feed without a law where its value was to be drawn. */
export function lawless(name: string): InvariantError {
  return new InvariantError('numeric.lawless', `"${name}" has no law to be drawn by.`, { name });
}

/** Times that an equation is to be solved at. */
export function badTimes(times: readonly number[], place: number): UserError {
  return new UserError(
    'numeric.badTimes',
    `Times are finite, from 0 on, and do not fall, but number ${place + 1} is ${times[place]}${place === 0 ? '' : ` after ${times[place - 1]}`}.`,
    { times, place },
  );
}

/** An equation whose steps have to stay too small. */
export function tooManySteps(steps: number, time: number, end: number): UnsupportedError {
  return new UnsupportedError(
    'numeric.tooManySteps',
    `After ${steps} steps the solution of a differential equation has come to time ${time} of ${end}: the equation is stiff, or ` +
      'not finite. Ask for an earlier time.',
    { steps, time, end },
  );
}
