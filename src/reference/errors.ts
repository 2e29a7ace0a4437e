/** Wording of the errors of this room. */

import { UserError } from '../errors/index.ts';
import type { Axis } from '../program/index.ts';

/** An index that points beyond its axis. */
export function noSuchPlace(node: string, axis: Axis, given: number, size: number): UserError {
  return new UserError(
    'reference.no-such-place',
    `"${node}" reads place ${given} of axis ${axis}, which has 0 to ${size - 1}. Give places of that axis.`,
    { node, axis, given, size },
  );
}
