/** Random feeds and central differences for any program. */

import { stream } from '../../src/numeric/index.ts';
import { bind, entries, feedsOf, type Program, type Sizes, shapeOf, type Tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';

export type Feeds = Record<string, Tensor<Float64Array>>;

/** What a program is run on. */
export interface Setting {
  readonly feeds: Feeds;
  readonly sizes: Sizes;
}

/** Standard Gaussian entries for real feeds, uniform indices for the others. */
export function randomFeeds(program: Program, given: Sizes, seed: number): Feeds {
  const sizes = bind(program, given);
  const source = stream(seed, program.name);
  return Object.fromEntries(
    feedsOf(program).map((node) => {
      const shape = shapeOf(node.type.axes, sizes);
      const count = entries(shape);
      const own = source.substream(node.name);
      const limit = node.type.kind === 'index' ? (sizes[node.type.of] ?? 1) : 0;
      const data =
        node.type.kind === 'index' ? own.uniforms(count).map((u) => Math.floor(u * limit)) : own.normals(count);
      return [node.name, { axes: node.type.axes, shape, data }];
    }),
  );
}

/** Σ over an output's entries of weights · value, in f64. */
export function weighted(program: Program, { feeds, sizes }: Setting, output: string, weights: Float64Array): number {
  const value = interpret(program, feeds, sizes)[output];
  return value === undefined ? Number.NaN : value.data.reduce((sum, v, k) => sum + v * (weights[k] ?? 0), 0);
}

/** The derivative of a weighted output along a direction in one feed, by central differences of fourth order. */
export function directional(
  program: Program,
  { feeds, sizes }: Setting,
  output: string,
  weights: Float64Array,
  feed: string,
  direction: Float64Array,
  step = 1e-3,
): number {
  const at = (t: number): number => {
    const base = feeds[feed];
    if (base === undefined) return Number.NaN;
    const moved = { ...base, data: base.data.map((v, k) => v + t * (direction[k] ?? 0)) };
    return weighted(program, { feeds: { ...feeds, [feed]: moved }, sizes }, output, weights);
  };
  return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
}

/** The largest deviation relative to the larger of 1 and the expected value, and where. */
export function deviation(actual: ArrayLike<number>, expected: ArrayLike<number>): { worst: number; at: number } {
  let [worst, at] = [actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY, -1];
  for (let k = 0; k < expected.length; k++) {
    const [a, e] = [actual[k] ?? Number.NaN, expected[k] ?? Number.NaN];
    const error = Math.abs(a - e) / Math.max(1, Math.abs(e));
    if (!(error <= worst)) [worst, at] = [error, k];
  }
  return { worst, at };
}
