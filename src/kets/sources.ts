/** Where the columns of standard normals come from: pseudo-random, or quasi-random in their first dimensions. */

import { type Stream, sobol } from '../numeric/index.ts';
import type { NormalSource } from './gaussian/index.ts';

/**
 * `pseudo`: independent entries, exact in law at every width. `quasi`: a scrambled Sobol sequence for as many columns as
 * it has dimensions, independent entries beyond; right only for means over a width in the limit (theory: quasi-random
 * kets), with a fraction of the spread.
 */
export type Sampling = 'pseudo' | 'quasi';

/** Columns of a width space in the order in which they are asked for. */
export function columnSource(sampling: Sampling, source: Stream, length: number): NormalSource {
  const points = sampling === 'quasi' ? sobol(source.substream('sobol')) : undefined;
  let taken = 0;
  return {
    next: () => {
      const dimension = taken++;
      if (points !== undefined && dimension < points.dimensions) return points.normals(dimension, length);
      return source.substream(dimension).normals(length);
    },
  };
}
