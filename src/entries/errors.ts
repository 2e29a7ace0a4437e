/** Wording of the errors of this room. */

import { InvariantError, UserError } from '../errors/index.ts';
import type { Axis } from '../program/index.ts';

/** An index that points beyond its axis. */
export function noSuchPlace(node: string, axis: Axis, given: number, size: number): UserError {
  return new UserError(
    'entries.no-such-place',
    `"${node}" reads place ${given} of axis ${axis}, which has 0 to ${size - 1}.`,
    { node, axis, given, size },
  );
}

export function concatNotWrittenOut(node: string): InvariantError {
  return new InvariantError(
    'entries.concat',
    `The concatenation "${node}" was not written out before its program was read.`,
    {
      node,
    },
  );
}
