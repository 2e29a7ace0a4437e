/**
 * Generator matrices of the Sobol sequence, made from the choices in {@link SOBOL_CHOICES}.
 *
 * Source of the construction: I. M. Sobol, "On the distribution of points in a cube and the approximate evaluation of
 * integrals", USSR Computational Mathematics and Mathematical Physics 7 (1967), 86–112. A dimension has a primitive
 * polynomial x^d + a₁x^(d−1) + … + a_(d−1)x + 1 over GF(2) and odd initial numbers m₁ … m_d, m_k < 2^k, and continues
 * them by m_k = 2a₁m_(k−1) ⊕ … ⊕ 2^(d−1)a_(d−1)m_(k−d+1) ⊕ 2^d m_(k−d) ⊕ m_(k−d). The choices are our own (the table
 * says how they are made), so the points are those of no other library.
 */

import { at } from './arrays.ts';
import { stream } from './random.ts';

/** Binary digits of a coordinate. */
export const DIGITS = 32;

/** What determines a dimension: its polynomial, bit i the coefficient of x^i, and the number of a candidate. */
export interface SobolChoice {
  readonly polynomial: number;
  readonly candidate: number;
}

/** Words that a candidate takes from its stream: more than the degree of any polynomial. */
const CANDIDATE_WORDS = 32;

/**
 * The columns of a dimension's generator matrix: entry k has the digits of m_(k+1)/2^(k+1), the first one highest.
 *
 * Upper triangular with ones on the diagonal: the digits of entry k end at the (k + 1)-st, which is 1.
 */
export function generatorColumns(dimension: number, { polynomial, candidate }: SobolChoice): Uint32Array {
  const degree = 31 - Math.clz32(polynomial);
  const columns = new Uint32Array(DIGITS);
  if (degree === 0) return columns.map((_, k) => 2 ** (DIGITS - 1 - k));
  const words = stream(dimension, 'sobol');
  for (let k = 0; k < degree; k++) {
    const free = words.uint32At(candidate * CANDIDATE_WORDS + k) % 2 ** k;
    columns[k] = (2 * free + 1) * 2 ** (DIGITS - 1 - k);
  }
  for (let k = degree; k < DIGITS; k++) {
    const oldest = at(columns, k - degree);
    let column = oldest ^ (oldest >>> degree);
    for (let back = 1; back < degree; back++) {
      if ((polynomial >>> (degree - back)) & 1) column ^= at(columns, k - back);
    }
    columns[k] = column;
  }
  return columns;
}
