/** Initial values of a program, drawn by the laws that it states. */

import {
  bind,
  entries,
  feedsOf,
  type Law,
  type Program,
  type RandomLaw,
  type Sizes,
  shapeOf,
  spaceOf,
  type Tensor,
} from '../program/index.ts';
import { type Stream, stream } from './random.ts';

/** The standard deviation of a random law at bound sizes. */
export function deviationOf({ scale, powers }: RandomLaw, sizes: Sizes): number {
  return powers.reduce(
    (total, { space, exponent }) => total * (sizes[spaceOf(space)] ?? Number.NaN) ** exponent,
    scale,
  );
}

/** Entries of a law. */
export function drawLaw(law: Law, count: number, sizes: Sizes, source: Stream): Float64Array {
  if (law.kind === 'constant') return new Float64Array(count).fill(law.value);
  const values = law.kind === 'gaussian' ? source.normals(count) : source.signs(count);
  const deviation = deviationOf(law, sizes);
  return deviation === 1 ? values : values.map((value) => value * deviation);
}

/**
 * Every parameter and every input with a law, drawn from a stream of its own name below the seed: a parameter draws the
 * same numbers whatever else the program holds. Inputs without a law are left for the caller to give.
 */
export function drawInitial(program: Program, given: Sizes, seed: number): Record<string, Tensor<Float64Array>> {
  const sizes = bind(program, given);
  const source = stream(seed, 'initial');
  const drawn: Record<string, Tensor<Float64Array>> = {};
  for (const { name, instruction, type } of feedsOf(program)) {
    if (instruction.law === undefined) continue;
    const shape = shapeOf(type.axes, sizes);
    drawn[name] = {
      axes: type.axes,
      shape,
      data: drawLaw(instruction.law, entries(shape), sizes, source.substream(name)),
    };
  }
  return drawn;
}
