/** Which entry of a value stands where once its entries are moved along fixed axes. */

import { type Axis, placesOf, type Rearrangement } from '../program/index.ts';

/** The fixed axes of a value. */
interface Extent {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
}

/** For every entry of the result the entry of the value that it is; none for a zero. */
export function rearrangedGroups(
  moved: Rearrangement,
  value: Extent,
  result: Extent,
  count: (axis: Axis) => number,
): readonly (readonly number[])[] {
  return Array.from(placesOf(moved, result, [value], count), (place) => (place < 0 ? [] : [place]));
}
