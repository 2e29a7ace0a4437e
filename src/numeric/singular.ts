/**
 * Singular value decompositions by one-sided Jacobi rotations, after a QR decomposition with column pivoting (Drmač and
 * Veselić, "New fast and accurate Jacobi SVD algorithm", SIAM Journal on Matrix Analysis and Applications 29, 2008).
 *
 * It ends on every finite matrix, of low rank too, where the Golub–Kahan iteration of `ml-matrix` may run for ever (on
 * the kernel of a hundred examples of only two kinds, for one). Pivoting leaves out what is rounding noise from the
 * start and orders the rest by size, after which a few sweeps are enough.
 */

import { required } from '../errors/index.ts';
import { entry } from './arrays.ts';
import { notConverged } from './errors.ts';
import { rotateRows } from './rotateRows.ts';

/** A P = Q R, R upper triangular with `rank` rows; row j of `columns` holds column j of R above the reflector of Q. */
interface PivotedQr {
  readonly columns: Float64Array;
  readonly factors: Float64Array;
  /** Column of A that became column j. */
  readonly order: Int32Array;
  readonly rank: number;
}

/** Columns of the same number for each of `values`, one after the other. */
export interface SingularTriples {
  /** [values, rows]. */
  readonly left: Float64Array;
  /** Falling. */
  readonly values: Float64Array;
  /** [values, columns]. */
  readonly right: Float64Array;
}

/** Sweeps over all pairs of columns; below ten are usual. */
const MOST_SWEEPS = 60;

/**
 * The singular values above max(rows, columns) · 2^-52 · largest, and their vectors, of a finite row-major matrix.
 *
 * Throws InvariantError if sixty sweeps are not enough, which no matrix is known to need.
 */
export function singularTriples(data: Float64Array, rows: number, columns: number): SingularTriples {
  const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (scale === 0) return { left: new Float64Array(0), values: new Float64Array(0), right: new Float64Array(0) };
  const qr = pivotedQr(transposed(data, rows, columns, scale), rows, columns);
  const { rank } = qr;
  // Rᵀ = W diag(values) Jᵀ, so that A P = Q J diag(values) Wᵀ: rotate the columns of Rᵀ until they are orthogonal.
  const lower = new Float64Array(rank * columns);
  const turned = new Float64Array(rank * rank);
  for (let k = 0; k < rank; k++) {
    turned[k * rank + k] = 1;
    for (let j = k; j < columns; j++) lower[k * columns + j] = entry(qr.columns, j * rows + k);
  }
  orthogonalize(lower, columns, turned, rank);
  const lengths = Float64Array.from({ length: rank }, (_, k) => Math.sqrt(squared(lower, k * columns, columns)));
  const cutoff = Math.max(rows, columns) * Number.EPSILON * Math.max(...lengths);
  const kept = [...lengths.keys()]
    .filter((k) => entry(lengths, k) > cutoff)
    .sort((a, b) => entry(lengths, b) - entry(lengths, a));
  const left = new Float64Array(kept.length * rows);
  const right = new Float64Array(kept.length * columns);
  kept.forEach((k, place) => {
    left.set(turned.subarray(k * rank, (k + 1) * rank), place * rows);
    for (let step = rank - 1; step >= 0; step--) reflect(qr, rows, step, left, place * rows);
    for (let j = 0; j < columns; j++) {
      right[place * columns + required(qr.order[j], 'place of a column')] =
        entry(lower, k * columns + j) / entry(lengths, k);
    }
  });
  return { left, values: Float64Array.from(kept, (k) => entry(lengths, k) * scale), right };
}

/** Householder's QR decomposition, each step on the longest column that is left, until none is more than rounding. */
function pivotedQr(columns: Float64Array, rows: number, count: number): PivotedQr {
  const order = Int32Array.from({ length: count }, (_, j) => j);
  const factors = new Float64Array(Math.min(rows, count));
  const qr = { columns, factors, order };
  let longest = 0;
  for (let step = 0; step < factors.length; step++) {
    let [pivot, most] = [step, 0];
    for (let j = step; j < count; j++) {
      const length = squared(columns, j * rows + step, rows - step);
      if (length > most) [pivot, most] = [j, length];
    }
    longest = Math.max(longest, Math.sqrt(most));
    if (Math.sqrt(most) <= Number.EPSILON * longest) return { ...qr, rank: step };
    exchange(columns, rows, order, step, pivot);
    const start = step * rows + step;
    const first = entry(columns, start);
    const image = first > 0 ? -Math.sqrt(most) : Math.sqrt(most);
    factors[step] = (image - first) / image;
    for (let row = 1; row < rows - step; row++) columns[start + row] = entry(columns, start + row) / (first - image);
    for (let j = step + 1; j < count; j++) reflect(qr, rows, step, columns, j * rows);
    columns[start] = image;
  }
  return { ...qr, rank: factors.length };
}

function exchange(columns: Float64Array, rows: number, order: Int32Array, a: number, b: number): void {
  if (a === b) return;
  const kept = columns.slice(a * rows, (a + 1) * rows);
  columns.copyWithin(a * rows, b * rows, (b + 1) * rows);
  columns.set(kept, b * rows);
  const place = required(order[a], 'place of a column');
  order[a] = required(order[b], 'place of a column');
  order[b] = place;
}

/** Applies I − factor · v vᵀ to the vector that starts at `target`; v is 1, then what column `step` holds below R. */
function reflect(
  { columns, factors }: Omit<PivotedQr, 'rank'>,
  rows: number,
  step: number,
  vectors: Float64Array,
  target: number,
): void {
  const v = step * rows;
  let overlap = entry(vectors, target + step);
  for (let row = step + 1; row < rows; row++) overlap += entry(columns, v + row) * entry(vectors, target + row);
  overlap *= entry(factors, step);
  vectors[target + step] = entry(vectors, target + step) - overlap;
  for (let row = step + 1; row < rows; row++) {
    vectors[target + row] = entry(vectors, target + row) - overlap * entry(columns, v + row);
  }
}

/** Rotates pairs of the vectors [rank, length] until all are orthogonal to rounding, and `turned` [rank, rank] along. */
function orthogonalize(vectors: Float64Array, length: number, turned: Float64Array, rank: number): void {
  const tolerance = Number.EPSILON * Math.sqrt(length);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotated = false;
    const squares = Float64Array.from({ length: rank }, (_, k) => squared(vectors, k * length, length));
    for (let p = 0; p < rank - 1; p++) {
      for (let q = p + 1; q < rank; q++) {
        const [a, b] = [entry(squares, p), entry(squares, q)];
        const overlap = rowProduct(vectors, p * length, q * length, length);
        if (Math.abs(overlap) <= tolerance * Math.sqrt(Math.abs(a * b))) continue;
        rotated = true;
        const slope = (b - a) / (2 * overlap);
        const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        rotateRows(vectors, p * length, q * length, length, cosine, cosine * tangent);
        rotateRows(turned, p * rank, q * rank, rank, cosine, cosine * tangent);
        squares[p] = a - tangent * overlap;
        squares[q] = b + tangent * overlap;
      }
    }
    if (!rotated) return;
  }
  throw notConverged('singularDecomposition', MOST_SWEEPS);
}

function rowProduct(x: Float64Array, p: number, q: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += entry(x, p + k) * entry(x, q + k);
  return sum;
}

const squared = (x: Float64Array, start: number, length: number): number => rowProduct(x, start, start, length);

function transposed(data: Float64Array, rows: number, columns: number, scale: number): Float64Array {
  const result = new Float64Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = entry(data, row * columns + column) / scale;
    }
  }
  return result;
}
