/** Random examples of coordinate checks: the same at every width. Ours: no paper says which. */

import { stream } from '../../numeric/index.ts';
import { entries, type Tensors, tensor } from '../../program/index.ts';

/** How many examples, of how many numbers. */
export interface RandomExamples {
  readonly batch: number;
  readonly input: number;
  readonly seed: number;
  /** Axes between those of the batch and the input with their sizes: steps of a series, rows and columns. */
  readonly places?: Readonly<Record<string, number>>;
}

/** Gaussian inputs x on the axes batch, places, input, and a Gaussian target for each, on the axis batch. */
export function randomExamples({ batch, input, seed, places = {} }: RandomExamples): Tensors {
  const shape = [batch, ...Object.values(places), input];
  return {
    x: tensor(['batch', ...Object.keys(places), 'input'], shape, stream(seed, 'inputs').normals(entries(shape))),
    target: tensor(['batch'], [batch], stream(seed, 'targets').normals(batch)),
  };
}
