/** Entries of tensors by their place on each axis. */

import { required } from '../errors/index.ts';
import { strides, type Tensor } from '../program/index.ts';

/** A place on each axis, counted from 0. */
export type Place = Readonly<Record<string, number>>;

/** Where the entry at a position of the data lies. */
export function placeOf({ axes, shape }: Pick<Tensor, 'axes' | 'shape'>, position: number): Place {
  const steps = strides(shape);
  return Object.fromEntries(
    axes.map((axis, k) => {
      const size = required(shape[k], `size of axis "${axis}"`);
      return [axis, Math.floor(position / required(steps[k], `stride of axis "${axis}"`)) % Math.max(1, size)];
    }),
  );
}

/** `batch 3, n 17`; a number without axes has no place. */
export function printPlace(place: Place): string {
  return Object.entries(place)
    .map(([axis, at]) => `${axis} ${at}`)
    .join(', ');
}

/** The first entry that is not finite, by its position; −1 where all are. */
export function firstNotFinite({ data }: Tensor): number {
  if (data instanceof Int32Array) return -1;
  // 0 · x is NaN for every x that is not finite, and a sum of zeros else: one pass without branches for what is usual.
  let sum = 0;
  for (const value of data) sum += 0 * value;
  return sum === 0 ? -1 : data.findIndex((value) => !Number.isFinite(value));
}
