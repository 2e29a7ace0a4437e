/** Initial values of a program, drawn by the laws that it states. */

import { required } from '../errors/index.ts';
import {
  bind,
  type Draw,
  entries,
  feedsOf,
  type Law,
  type Program,
  type RandomLaw,
  raised,
  type Sizes,
  shapeOf,
  spaceOf,
  type Tensor,
} from '../program/index.ts';
import { lawless } from './errors.ts';
import { type Stream, stream } from './random.ts';

/** The standard deviation of a random law at bound sizes. */
export function deviationOf({ scale, powers }: RandomLaw, sizes: Sizes): number {
  return powers.reduce(
    (total, { space, exponent }) =>
      total * raised(required(sizes[spaceOf(space)], `size of space "${spaceOf(space)}"`), exponent),
    scale,
  );
}

/**
 * Entries of a law, [count], of the standard deviation that {@link deviationOf} has: a law may let it fall with the
 * width.
 */
export function drawLaw(law: Law, count: number, sizes: Sizes, source: Stream): Float64Array {
  // Zeros that nobody writes take no pages: an optimizer's averages are many of them.
  if (law.kind === 'constant')
    return law.value === 0 ? new Float64Array(count) : new Float64Array(count).fill(law.value);
  const values = law.kind === 'gaussian' ? source.normals(count) : source.signs(count);
  const deviation = deviationOf(law, sizes);
  return deviation === 1 ? values : values.map((value) => value * deviation);
}

/** Entries drawn at a time where they go to an array that is there. */
const DRAWN_AT_ONCE = 65536;

/**
 * The entries of a law put into an array [entries], the same numbers as {@link drawLaw} gives, without another array
 * beside it. Into f32 they are rounded.
 */
export function drawInto(into: Float32Array | Float64Array, law: Law, sizes: Sizes, source: Stream): void {
  if (law.kind === 'constant') {
    into.fill(law.value);
    return;
  }
  const deviation = deviationOf(law, sizes);
  const kind = law.kind === 'gaussian' ? 'normals' : 'signs';
  const drawn = new Float64Array(Math.min(DRAWN_AT_ONCE, into.length));
  for (let start = 0; start < into.length; start += drawn.length) {
    const values = drawn.subarray(0, into.length - start);
    source.fill(kind, values, start);
    for (let k = 0; k < values.length; k++) into[start + k] = (values[k] as number) * deviation;
  }
}

/** The stream that the initial values of a parameter or input are drawn from. */
export function initialStream(seed: number, name: string): Stream {
  return stream(seed, 'initial').substream(name);
}

/**
 * Draws every feed, on its axes, from a stream of its own name below the seed: the same numbers whatever else a program
 * holds. Throws {@link InvariantError} `numeric.lawless` for what has no law.
 */
export function draws(seed: number): (...feed: Parameters<Draw>) => Tensor<Float64Array> {
  return ({ name, instruction: { law }, type: { axes } }, sizes) => {
    if (law === undefined) throw lawless(name);
    const shape = shapeOf(axes, sizes);
    return { axes, shape, data: drawLaw(law, entries(shape), sizes, initialStream(seed, name)) };
  };
}

/**
 * Every parameter and every input with a law, on the axes that the program gives it, as {@link draws} has them. Inputs
 * without a law are left for the caller to give.
 */
export function drawInitial(program: Program, given: Sizes, seed: number): Record<string, Tensor<Float64Array>> {
  const sizes = bind(program, given);
  const draw = draws(seed);
  return Object.fromEntries(
    feedsOf(program)
      .filter(({ instruction }) => instruction.law !== undefined)
      .map((feed) => [feed.name, draw(feed, sizes)]),
  );
}
