/** Wording of the errors of this room. */

import { InvariantError } from '../errors/index.ts';

/** An expression that reads more arguments than it is given. */
export function badArgument(where: string, index: number, given: number): InvariantError {
  return new InvariantError(
    'expectations.bad-argument',
    `${where}: argument ${index} is read, but ${given} are given.`,
    {
      index,
      given,
    },
  );
}

/** A size in an expression whose powers of n should have been taken out before. */
export function unboundSize(where: string, space: string): InvariantError {
  return new InvariantError('expectations.unbound-size', `${where}: a power of the size of ${space} is left.`, {
    space,
  });
}

/** A matrix that is no covariance. */
export function badCovariance(problem: string): InvariantError {
  return new InvariantError('expectations.bad-covariance', `the covariance of a Gaussian expectation ${problem}.`, {
    problem,
  });
}
