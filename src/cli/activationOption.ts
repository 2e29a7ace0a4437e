/** What `--activation` gives to a network that is trained. */

import { isUnaryName, type UnaryName } from '../program/index.ts';
import { flatActivation, unknownActivation } from './errors.ts';

/** Functions whose derivative is 0 wherever they have one, with what takes the same values smoothly. */
const FLAT: Partial<Readonly<Record<UnaryName, UnaryName>>> = { sign: 'tanh', step: 'sigmoid' };

/**
 * The function of that name. Throws {@link UserError} `cli.unknown-activation`, `cli.flat-activation` for one through which
 * no gradient passes.
 */
export function trainableActivation(given: string): UnaryName {
  if (!isUnaryName(given)) throw unknownActivation(given);
  const smooth = FLAT[given];
  if (smooth !== undefined) throw flatActivation(given, smooth);
  return given;
}
