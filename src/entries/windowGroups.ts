/** Which entries of a value and of its windows are the same. */

import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import { type Axis, entries, offsets, sourceOf, strides, type Windowing } from '../program/index.ts';
import type { Extent } from './extent.ts';

/**
 * For every entry of the windows the place of the entry of the whole that it is, −1 for a zero; for every entry of the
 * whole the places of those of the windows that hold it.
 */
export function windowGroups(
  window: Windowing,
  whole: Extent,
  windows: Extent,
  count: (axis: Axis) => number,
): { readonly windows: Int32Array; readonly whole: readonly (readonly number[])[] } {
  const { axis, position, offset } = window;
  const rest = whole.axes.filter((own) => own !== axis);
  const shape = rest.map(count);
  const [bases, windowBases] = [offsets(rest, shape, whole), offsets(rest, shape, windows)];
  const step = ({ axes, shape: own }: Extent, of: Axis): number =>
    required(strides(own)[axes.indexOf(of)], `stride of axis "${of}"`);
  const sizes = { length: count(axis), positions: count(position), offsets: count(offset) };
  const inWindows = new Int32Array(entries(windows.shape)).fill(-1);
  const inWhole: number[][] = Array.from({ length: entries(whole.shape) }, () => []);
  sourceOf(window, sizes).forEach((entry, place) => {
    if (entry < 0) return;
    const [p, o] = [Math.floor(place / sizes.offsets), place % sizes.offsets];
    const own = p * step(windows, position) + o * step(windows, offset);
    for (let k = 0; k < bases.length; k++) {
      const from = at(bases, k) + entry * step(whole, axis);
      const to = at(windowBases, k) + own;
      inWindows[to] = from;
      at(inWhole, from).push(to);
    }
  });
  return { windows: inWindows, whole: inWhole };
}
