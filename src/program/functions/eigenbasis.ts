/**
 * Eigenvectors of symmetric matrices: what no fixed number of products gives, so that interpreters have a rule of their
 * own. SOAP reads gradients in them (theory 11).
 */

import { withoutDefinition } from '../errors.ts';
import type { NamedFunction } from './function.ts';

/** The name of the one function that has no definition in primitives. */
export const EIGENBASIS = 'eigenbasis';

/** Whether a call has a definition in primitives. */
export const hasDefinition = ({ name }: { readonly name: string }): boolean => name !== EIGENBASIS;

/** Throws {@link UserError} `program.no-definition` where it is to be written out. */
export const eigenbasis: NamedFunction = {
  define() {
    throw withoutDefinition(EIGENBASIS);
  },
};

/** Sweeps over all pairs; below ten are usual. */
const MOST_SWEEPS = 60;

/**
 * Orthonormal eigenvectors of a symmetric matrix [size, size], row-major, as columns by falling eigenvalue, by Jacobi
 * rotations: unique up to signs where eigenvalues differ.
 */
export function eigenvectors(symmetric: Float64Array, size: number): Float64Array {
  const a = Float64Array.from(symmetric);
  const vectors = new Float64Array(size * size);
  for (let k = 0; k < size; k++) vectors[k * size + k] = 1;
  const at = (m: Float64Array, row: number, column: number): number => m[row * size + column] as number; // inside
  const scale = Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        const overlap = at(a, p, q);
        const least = Number.EPSILON * Math.sqrt(Math.abs(at(a, p, p) * at(a, q, q)));
        // What is below rounding of the whole matrix too is noise: the space of the eigenvalue 0.
        if (Math.abs(overlap) <= Math.max(least, scale * Number.EPSILON * Number.EPSILON)) continue;
        rotated = true;
        rotate(a, vectors, size, p, q);
      }
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: size }, (_, k) => k).sort((j, k) => at(a, k, k) - at(a, j, j));
  return vectors.map((_, k) => at(vectors, Math.floor(k / size), order[k % size] as number)); // a permutation
}

/** One rotation in the plane of p and q, after which entry (p, q) is 0. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const at = (row: number, column: number): number => a[row * size + column] as number; // inside
  const slope = (at(q, q) - at(p, p)) / (2 * at(p, q));
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, cosine, sine);
  for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, cosine, sine);
  for (let k = 0; k < size; k++) turn(vectors, k * size + p, k * size + q, cosine, sine);
  a[p * size + q] = 0;
  a[q * size + p] = 0;
}

function turn(m: Float64Array, one: number, other: number, cosine: number, sine: number): void {
  const [x, y] = [m[one] as number, m[other] as number]; // inside
  m[one] = cosine * x - sine * y;
  m[other] = sine * x + cosine * y;
}
