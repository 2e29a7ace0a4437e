/**
 * Errors through computations of any length: every value that is not exact is moved by its error, one way or the other at
 * random, and what becomes of the results is how far they are off (Vignes, Mathematics and Computers in Simulation 35,
 * 1993). Differences of nearly equal values and variables that nearly depend on each other show themselves so.
 */

import type { Approximation } from './quadrature.ts';

/** The value that is computed with in place of one that is known up to an error. */
export type Perturbation = (approximation: Approximation) => number;

/** Leaves every value as it is: results as they are computed, without looking at errors. */
export const unperturbed: Perturbation = ({ value }) => value;

/** Steps of a generator modulo 2^31 − 1 (Park and Miller, Communications of the ACM 31, 1988). */
const [MULTIPLIER, MODULUS] = [16807, 2 ** 31 - 1];

/** Moves each value by its whole error, the signs the same in every computation. */
export function perturbed(): Perturbation {
  let state = 1;
  return ({ value, error }) => {
    state = (state * MULTIPLIER) % MODULUS;
    return state < MODULUS / 2 ? value - error : value + error;
  };
}
