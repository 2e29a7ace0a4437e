/** How checkpoints store a parameter that has more axes here: neighboring axes as one dimension. */

import { required } from '../../errors/index.ts';
import type { Axis } from '../../program/index.ts';

/** What checkpoints store as one dimension: parts, heads and their coordinates, and both sides of a gate. */
const TOGETHER: ReadonlySet<Axis> = new Set(['part', 'head', 'group', 'member', 'key', 'side', 'wide']);

/** The axes of each dimension of the file. */
export function storedDimensions(axes: readonly Axis[]): readonly (readonly Axis[])[] {
  const dimensions: Axis[][] = [];
  axes.forEach((axis, k) => {
    const before = axes[k - 1];
    const joins = before !== undefined && TOGETHER.has(before) && TOGETHER.has(axis);
    if (joins) required(dimensions.at(-1), 'dimension that an axis joins').push(axis);
    else dimensions.push([axis]);
  });
  return dimensions;
}

/** The sizes of those, from the sizes of the axes. */
export function storedShape(axes: readonly Axis[], sizes: readonly number[]): number[] {
  let next = 0;
  return storedDimensions(axes).map((joined) =>
    joined.reduce((product, axis) => product * required(sizes[next++], `size of axis "${axis}"`), 1),
  );
}
