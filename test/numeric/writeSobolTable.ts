/** Makes src/numeric/sobolTable.ts anew, in some minutes: `node --import tsx test/numeric/writeSobolTable.ts`. */

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CANDIDATES, chooseDimensions, worstQuality } from './sobolSearch.ts';

const DIMENSIONS = 512;
const PARTS = [2, 4, 8, 16, 32, 64, 128, 256, 512];

const choices = chooseDimensions(DIMENSIONS);
const bounds = worstQuality(choices, PARTS);

const text = `/**
 * The choices that make our Sobol sequence; written by test/numeric/writeSobolTable.ts, not by hand.
 *
 * Polynomials: 1 for the first dimension, then the primitive ones over GF(2) in rising order, bit i the coefficient of
 * x^i. Initial numbers: of ${CANDIDATES} random candidates the one with the smallest
 * Σ (1/(dimension − earlier) + 1/(earlier + 1)) Σ_m 4^t(m) over all earlier dimensions and all numbers of points 2^m,
 * m ≤ 20, where t(m) is the quality parameter of the pair (test/numeric/sobolSearch.ts).
 */

import type { SobolChoice } from './sobolDirections.ts';

const POLYNOMIALS = [
${lines(choices.map(({ polynomial }) => polynomial))}
];

const CANDIDATES = [
${lines(choices.map(({ candidate }) => candidate))}
];

/** What determines each dimension. */
export const SOBOL_CHOICES: readonly SobolChoice[] = POLYNOMIALS.map((polynomial, dimension) => ({
  polynomial,
  candidate: CANDIDATES[dimension] ?? 0,
}));

/**
 * The largest quality parameter t of any pair among the first so many dimensions, for any 2^m points, m ≤ 20: every
 * elementary interval of volume 2^(t−m) in the pair's square holds 2^t of them.
 */
export const PAIR_QUALITY: readonly { readonly dimensions: number; readonly t: number }[] = [
${bounds.map(({ dimensions, t }) => `  { dimensions: ${dimensions}, t: ${t} },`).join('\n')}
];
`;
writeFileSync(resolve(import.meta.dirname, '../../src/numeric/sobolTable.ts'), text);

/** Numbers in lines of at most 120 characters. */
function lines(numbers: readonly number[]): string {
  const done: string[] = [];
  let line = ' ';
  for (const number of numbers) {
    if (line.length + String(number).length + 2 > 120) {
      done.push(line);
      line = ' ';
    }
    line += ` ${number},`;
  }
  return [...done, line].join('\n');
}
