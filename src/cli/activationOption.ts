/** What `--activation` gives. */

import { isUnaryName, type UnaryName } from '../program/index.ts';
import { unknownActivation } from './errors.ts';

/** The function of that name. Throws {@link UserError} `cli.unknown-activation`. */
export function activationNamed(given: string): UnaryName {
  if (!isUnaryName(given)) throw unknownActivation(given);
  return given;
}
