/**
 * Scrambled Sobol points: each is as uniform as a random one, but together they are far more even, so that errors of means
 * over n points fall faster than 1/√n, for smooth functions of few coordinates up to n^(-3/2).
 *
 * Scrambling is J. Matoušek's ("On the L2-discrepancy for anchored boxes", Journal of Complexity 14, 1998, 527–556):
 * each dimension's digits are multiplied by a random lower triangular matrix with ones on its diagonal and shifted by
 * random digits, both from the given stream. Each point is then uniform on the 2^32 cells of each coordinate, means are
 * unbiased, and errors are estimated from independent scramblings. The quality of the points is that of the unscrambled
 * ones, for every elementary interval is mapped to an elementary interval of the same shape.
 */

import { required } from '../errors/index.ts';
import { at } from './arrays.ts';
import { badCount } from './errors.ts';
import { normalQuantiles } from './normalQuantile.ts';
import type { Stream } from './random.ts';
import { DIGITS, generatorColumns } from './sobolDirections.ts';
import { SOBOL_CHOICES } from './sobolTable.ts';

/** Distance of neighboring values of a coordinate. */
const CELL = 2 ** -DIGITS;

/** The longest column that {@link QuasiSource} gives. */
const MOST_POINTS = 2 ** 30;

/**
 * A scrambled Sobol sequence, read dimension by dimension; immutable, like the stream that it was made from.
 *
 * Points are in the sequence's natural order: the first 2^k of them are a digital net for every k, so counts should be
 * powers of two. Averages over points are what they are for; a sum over a column scaled by n^(-1/2) is close to 0 instead
 * of normal. What is averaged together takes different dimensions of one source: the same dimension of two sources is
 * not independent from point to point. Independent sources are for repetitions, whose spread gives the standard error.
 */
export interface QuasiSource {
  /** How many dimensions there are: 512. */
  readonly dimensions: number;

  /** Coordinate `dimension` of points 0 … `count` − 1: odd multiples of 2^-33, strictly inside (0, 1). */
  uniforms(dimension: number, count: number): Float64Array;

  /** The standard normal quantiles of {@link uniforms}, at most 6.4 in magnitude. */
  normals(dimension: number, count: number): Float64Array;
}

/**
 * The scrambled Sobol sequence of a stream.
 *
 * Its methods throw InvariantError `numeric.badCount` for a dimension that does not exist and for more than 2^30 points.
 */
export function sobol(source: Stream): QuasiSource {
  return {
    dimensions: SOBOL_CHOICES.length,
    uniforms: (dimension, count) => column(source, dimension, count),
    normals: (dimension, count) => normalQuantiles(column(source, dimension, count)),
  };
}

function column(source: Stream, dimension: number, count: number): Float64Array {
  const last = SOBOL_CHOICES.length - 1;
  if (!Number.isInteger(dimension) || dimension < 0 || dimension > last) {
    throw badCount('The dimension of Sobol points', dimension, 0, last);
  }
  if (!Number.isInteger(count) || count < 0 || count > MOST_POINTS) {
    throw badCount('A count of Sobol points', count, 0, MOST_POINTS);
  }
  const words = source.substream(dimension);
  const steps = scrambledSteps(generatorColumns(dimension, at(SOBOL_CHOICES, dimension)), words);
  return walk(words.uint32At(DIGITS) | 0, steps, count);
}

/** Points from the first one's digits on, each the middle of its cell, which is never 0 or 1. */
function walk(first: number, steps: Int32Array, count: number): Float64Array {
  const points = new Float64Array(count);
  let digits = first;
  for (let index = 1; index <= count; index++) {
    points[index - 1] = ((digits >>> 0) + 0.5) * CELL;
    digits ^= required(steps[31 - Math.clz32(index & -index)], 'step of a point');
  }
  return points;
}

/**
 * What changes from point index to index + 1 when index + 1 is divisible by 2^k and no higher power: the bits 0 … k of
 * the index, hence the sum of the first k + 1 columns.
 */
function scrambledSteps(columns: Uint32Array, words: Stream): Int32Array {
  const scramble = new Int32Array(DIGITS);
  for (let place = 0; place < DIGITS; place++) {
    const diagonal = 2 ** (DIGITS - 1 - place);
    scramble[place] = diagonal + (words.uint32At(place) % diagonal);
  }
  const steps = new Int32Array(DIGITS);
  let total = 0;
  for (let k = 0; k < DIGITS; k++) {
    const column = required(columns[k], 'column of a dimension');
    for (let place = 0; place <= k; place++) {
      if ((column >>> (DIGITS - 1 - place)) & 1) total ^= required(scramble[place], 'digits of a scramble');
    }
    steps[k] = total;
  }
  return steps;
}
