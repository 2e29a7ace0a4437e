/** Parameters of nets as checkpoints store them. */

import type { NetParameter, StoredParameter } from '../../nets/index.ts';
import { entries } from '../../program/index.ts';
import { notStored } from '../errors.ts';

/** How a checkpoint stores a parameter. Throws {@link InvariantError} `lm.not-stored` for one of another kind of net. */
export function storedAs({ name, checkpoint }: NetParameter): StoredParameter {
  if (checkpoint === undefined) throw notStored(name);
  return checkpoint;
}

/** Numbers in all of some parameters, tied ones once. */
export function numbersIn(parameters: readonly NetParameter[]): number {
  return parameters.reduce((sum, parameter) => sum + entries(storedAs(parameter).axisSizes), 0);
}
