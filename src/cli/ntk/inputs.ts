/** Inputs of kernels from files. */

import { required } from '../../errors/index.ts';
import type { RealTensor } from '../../runs/tensors/index.ts';
import * as errors from '../arrayErrors.ts';
import { nestedArray, readArray } from '../arrayFile.ts';

/**
 * Inputs [inputs, …] from an option's file, or else from the description of the network at `path`. Throws
 * {@link UserError} `cli.bad-inputs`, `cli.empty-inputs`, `cli.bad-rows`, and those of reading arrays.
 */
export async function inputsOf(
  given: string | undefined,
  inside: unknown,
  path: string,
  one: readonly number[] | undefined,
): Promise<RealTensor | undefined> {
  if (given === undefined && inside === undefined) return undefined;
  const where = given ?? path;
  const { shape, data } = given === undefined ? nestedArray(inside, path) : await readArray(given);
  const [count, ...rest] = shape;
  if (count === undefined) throw errors.badInputs(where, shape);
  if (shape.includes(0)) throw errors.emptyInputs(where, shape);
  const numbers = rest.reduce((total, size) => total * size, 1);
  if (one !== undefined && one.reduce((total, size) => total * size, 1) !== numbers)
    throw errors.badRows(where, numbers, one);
  const whole = [count, ...(one ?? rest)];
  if (whole.length < 2 || whole.length > 4) throw errors.badInputs(where, whole);
  return { shape: whole, data };
}

/** The number of rows of an array. */
export const rowsIn = ({ shape }: RealTensor): number => required(shape[0], 'number of rows');
