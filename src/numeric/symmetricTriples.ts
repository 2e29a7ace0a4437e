/** Singular value decompositions of large symmetric matrices, by their eigenvectors, which takes less time than Jacobi rotations. */

import { entry } from './arrays.ts';
import type { Matrix } from './matrix.ts';
import type { SingularTriples } from './singular.ts';
import { spectralForm } from './spectralForm.ts';

/** Whether a matrix is its own transpose, to the bit. */
export function isSymmetric({ rows: n, columns, data }: Matrix): boolean {
  if (n !== columns) return false;
  for (let row = 1; row < n; row++) {
    for (let column = 0; column < row; column++) {
      if (data[row * n + column] !== data[column * n + row]) return false;
    }
  }
  return true;
}

/** What `singularTriples` gives of a symmetric matrix of finite entries: sizes of eigenvalues, and their eigenvectors. */
export function symmetricTriples(a: Matrix): SingularTriples {
  const n = a.rows;
  const form = spectralForm(a);
  const vectors = form.eigenvectors().data;
  const sizes = form.values.map(Math.abs);
  const cutoff = n * Number.EPSILON * sizes.reduce((most, size) => Math.max(most, size), 0);
  const kept = [...sizes.keys()]
    .filter((k) => entry(sizes, k) > cutoff)
    .sort((k, l) => entry(sizes, l) - entry(sizes, k));
  const left = new Float64Array(kept.length * n);
  const right = new Float64Array(kept.length * n);
  kept.forEach((k, place) => {
    const vector = vectors.subarray(k * n, (k + 1) * n);
    const sign = Math.sign(entry(form.values, k));
    left.set(vector, place * n);
    right.set(
      vector.map((value) => sign * value),
      place * n,
    );
  });
  return { left, values: Float64Array.from(kept, (k) => entry(sizes, k)), right };
}
