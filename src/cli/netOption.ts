/** What `--net` gives. */

import type { NetName } from '../nets/index.ts';
import { unknownNet } from './errors.ts';

/** The one of a command's networks that has this name. Throws {@link UserError} `cli.unknown-net`. */
export function oneOf(
  known: readonly NetName[],
  given: string,
  purpose: 'check' | 'train' | 'compute kernels of',
): NetName {
  const found = known.find((name) => name === given);
  if (found === undefined) throw unknownNet(given, known, purpose);
  return found;
}
