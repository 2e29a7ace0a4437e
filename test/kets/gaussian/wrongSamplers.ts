/** Lazy matrices with planted mistakes, which tests of laws must tell from right ones. */

import {
  addCombinations,
  gram,
  type LazyGaussian,
  type LazyGaussianOptions,
} from '../../../src/kets/gaussian/index.ts';
import { conditionalLaw, type ImageLaw, lazyMatrix } from '../../../src/kets/gaussian/lazyGaussian.ts';

export interface WrongSampler {
  readonly name: string;
  readonly sampler: (options: LazyGaussianOptions) => LazyGaussian;
}

/** The image of a new direction is drawn as if the transpose had never been applied. */
const independent: ImageLaw = () => {};

/** (I − Y Yᵀ) z: orthogonal to what the transpose was applied to. */
const withoutDot: ImageLaw = ({ directions }, noise) => {
  addCombinations(
    noise,
    directions,
    gram(directions, noise).map((overlap) => -overlap),
  );
};

/** Y (Gᵀ q) + z: noise is left along Y, where the image is known. */
const withoutProjection: ImageLaw = ({ directions, overlaps }, noise) => {
  addCombinations(noise, directions, overlaps);
};

const withLaw =
  (law: ImageLaw) =>
  (options: LazyGaussianOptions): LazyGaussian =>
    lazyMatrix(options, law);

export const wrongSamplers: readonly WrongSampler[] = [
  { name: 'images that ignore the transpose', sampler: withLaw(independent) },
  { name: 'no dot term', sampler: withLaw(withoutDot) },
  { name: 'a forgotten Yᵀ part', sampler: withLaw(withoutProjection) },
  {
    name: 'a deviation 15 % too large',
    sampler: (options) => lazyMatrix({ ...options, deviation: 1.15 * options.deviation }, conditionalLaw),
  },
];
