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
