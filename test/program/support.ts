/** What the tests of the language share. */

import { expect } from 'vitest';
import { type Program, reorder, type Sizes, type Tensor, type Tensors } from '../../src/program/index.ts';
import { type Feeds, randomFeeds, weighted } from '../conformance/feeds.ts';

/** The same numbers by another order of f64 operations of order 1: a few dozen roundings of 1e-16. */
export const REORDERED = 1e-12;
/** Fourth-order central differences with step 1e-3: truncation about 1e-12, rounding 1e-16/1e-3, then sums of both. */
export const DIFFERENCES = 1e-8;

/** Numbers side by side; a failure shows the largest deviation, relative to the larger of 1 and the expected value. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = '',
): void {
  expect(actual.length, `${what}: number of entries`).toBe(expected.length);
  let [worst, at] = [0, -1];
  for (let k = 0; k < expected.length; k++) {
    const [a, e] = [actual[k] ?? Number.NaN, expected[k] ?? Number.NaN];
    const error = Math.abs(a - e) / Math.max(1, Math.abs(e));
    if (!(error <= worst)) [worst, at] = [error, k];
  }
  const where = `${what}: deviation ${worst} at entry ${at}: ${actual[at]} for ${expected[at]}`;
  expect(worst <= tolerance, where).toBe(true);
}

/** The tensor of a name, its axes in the given order. */
export function read(tensors: Tensors, name: string, axes?: readonly string[]): Tensor {
  const value = tensors[name];
  if (value === undefined) throw new Error(`no "${name}" among ${Object.keys(tensors).join(', ')}`);
  return reorder(value, axes ?? value.axes);
}

/** The message of what a call throws; fails where it does not throw. */
export function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return expect.fail('nothing was thrown');
}

/** Random feeds, with some given. */
export function feedsFor(program: Program, sizes: Sizes, seed: number, given: Tensors = {}): Feeds {
  const own = randomFeeds(program, sizes, seed);
  const fixed = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, { ...value, data: Float64Array.from(value.data) }]),
  );
  return { ...own, ...fixed };
}

/** ∂(Σ weights · output)/∂feed, entry by entry in the feed's order, by central differences of fourth order. */
export function differences(
  program: Program,
  feeds: Feeds,
  sizes: Sizes,
  feed: string,
  weights: ArrayLike<number> = [1],
  output = 'f',
  step = 1e-3,
): Float64Array {
  const base = read(feeds, feed);
  return Float64Array.from(base.data, (_, entry) => {
    const at = (t: number): number => {
      const data = Float64Array.from(base.data, (value, k) => (k === entry ? value + t : value));
      const moved = { ...feeds, [feed]: { ...base, data } };
      return weighted(program, { feeds: moved, sizes }, output, Float64Array.from(weights));
    };
    return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
  });
}
