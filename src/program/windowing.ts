/**
 * Windows along an axis: what a convolution reads. The window at position p holds the entries p · stride + o · dilation −
 * before of the axis, one for each offset o, and zeros where there are none.
 *
 * The sizes of the spaces say how many windows there are and how long they are: a kernel's size is that of the offsets,
 * an output's length that of the positions. So what stands after the end, too, follows from the sizes. A convolution is
 * the contraction of windows with a parameter over the offsets (design: parameters).
 */

import { required } from '../errors/index.ts';
import { type Axis, type Sizes, spaceOf } from './axes.ts';

/** Which entries windows hold. */
export interface Windowing {
  /** The axis along which the windows lie. */
  readonly axis: Axis;
  /** The axis that counts the windows; it may be `axis` itself, for a value does not carry both. */
  readonly position: Axis;
  /** The axis within a window. */
  readonly offset: Axis;
  /** Entries from one window to the next. */
  readonly stride: number;
  /** Entries from one offset to the next. */
  readonly dilation: number;
  /** Zeros before the first entry. */
  readonly before: number;
}

/** A windowing whose steps may be left out: neighbors in neighboring windows from the first entry on. */
export type WindowingLike = Pick<Windowing, 'axis' | 'position' | 'offset'> & Partial<Windowing>;

/** The steps of windows as the text form calls them, and what they are where it leaves them out. */
export const windowSteps = [
  { word: 'stride', step: 'stride', usual: 1 },
  { word: 'dilation', step: 'dilation', usual: 1 },
  { word: 'pad', step: 'before', usual: 0 },
] as const;

/** The sizes of the three axes. */
export interface WindowSizes {
  readonly length: number;
  readonly positions: number;
  readonly offsets: number;
}

/** A windowing with every step. */
export function filled({ axis, position, offset, stride = 1, dilation = 1, before = 0 }: WindowingLike): Windowing {
  return { axis, position, offset, stride, dilation, before };
}

/** The sizes of a windowing's axes. */
export function windowSizes({ axis, position, offset }: Windowing, sizes: Sizes): WindowSizes {
  const size = (own: Axis): number => required(sizes[spaceOf(own)], `size of axis "${own}"`);
  return { length: size(axis), positions: size(position), offsets: size(offset) };
}

/**
 * For every position and offset, [positions, offsets] row-major, the entry of the axis that stands there; −1 for a
 * zero.
 */
export function sourceOf({ stride, dilation, before }: Windowing, sizes: WindowSizes): Int32Array {
  const { length, positions, offsets } = sizes;
  const result = new Int32Array(positions * offsets);
  for (let p = 0; p < positions; p++) {
    for (let o = 0; o < offsets; o++) {
      const entry = p * stride + o * dilation - before;
      result[p * offsets + o] = entry >= 0 && entry < length ? entry : -1;
    }
  }
  return result;
}

/** Steps that are not whole numbers of at least 1. */
export function stepProblems({ stride, dilation, before }: Windowing): string[] {
  const problems: string[] = [];
  for (const [name, given] of Object.entries({ stride, dilation })) {
    if (!(Number.isSafeInteger(given) && given >= 1))
      problems.push(`the ${name} is ${given}, expected a whole number from 1 on`);
  }
  if (!(Number.isSafeInteger(before) && before >= 0))
    problems.push(`the padding is ${before}, expected a whole number of zeros before the first entry`);
  return problems;
}

/** The first window that holds no entry at all, and what would help. */
export function reachProblems(windowing: Windowing, { length, positions, offsets }: WindowSizes): string[] {
  const { axis, position, offset, stride, dilation, before } = windowing;
  for (let p = 0; p < positions; p++) {
    const first = p * stride - before;
    const skipped = Math.max(0, Math.ceil(-first / dilation));
    if (skipped < offsets && first + skipped * dilation < length) continue;
    const reach = (offsets - 1) * dilation;
    const where = `window ${p + 1} of ${positions} spans entries ${first} to ${first + reach} of ${axis}, which has 0 to ${length - 1}, and holds none of them`;
    if (first >= length) {
      const most = Math.floor((length - 1 + before) / stride) + 1;
      return [`${where}; with this stride and padding ${position} has at most ${most} windows`];
    }
    if (first + reach < 0) return [`${where}; with windows of this reach the padding is at most ${reach}`];
    return [`${where}; the dilation ${dilation} of ${offset} steps over them`];
  }
  return [];
}
