/** Wording of the errors of this room. */

import { UserError } from '../errors/index.ts';

export function badDepth(net: string, given: number): UserError {
  return new UserError(
    'nets.bad-depth',
    `${net}: the depth is the number of hidden layers, 1 or more, but ${given} was given.`,
    {
      net,
      given,
    },
  );
}

/** A size of an architecture that is no whole number from 1 on. */
export function badCount(net: string, option: string, meaning: string, given: number): UserError {
  return new UserError(
    'nets.bad-count',
    `${net}: ${option} is ${meaning}, a whole number from 1 on, but ${given} was given.`,
    { net, option, given },
  );
}

/** A choice by name that is none. */
export function badChoice(net: string, option: string, given: string, known: readonly string[]): UserError {
  const names = known.map((name) => `"${name}"`).join(' or ');
  return new UserError('nets.bad-choice', `${net}: ${option} is ${names}, but "${given}" was given.`, {
    net,
    option,
    given,
    known,
  });
}

export function badMultiplier(net: string, given: number): UserError {
  return new UserError('nets.bad-multiplier', `${net}: multiplier is a positive number, but ${given} was given.`, {
    net,
    given,
  });
}
