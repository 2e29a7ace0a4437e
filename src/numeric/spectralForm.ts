/**
 * A symmetric matrix as A = V diag(values) Vᵀ with V kept as the reflections and rotations that make it, so that any
 * function of A is applied to vectors in O(n²).
 *
 * Householder reflections bring A to tridiagonal form, implicit QL with Wilkinson's shift diagonalizes that (Golub and
 * Van Loan, Matrix Computations, 4th edition, 8.3). This takes 4/3 n³ operations; multiplying V out, as an
 * eigendecomposition does, takes about 7 n³ more, which systems with a few right sides, such as all ridges of one
 * kernel, do not need. Only + − × ÷ √ are used, so that results agree bit for bit on all platforms.
 */

import { required } from '../errors/index.ts';
import { entry } from './arrays.ts';
import { notConverged, notFinite, notSymmetric, sizeMismatch } from './errors.ts';
import type { Matrix } from './matrix.ts';
import { rotateRows } from './rotateRows.ts';

/** Eigenvalues [n], in no particular order, and products of vectors [n] with the orthonormal eigenvectors V [n, n]. */
export interface SpectralForm {
  readonly values: Float64Array;
  /** Vᵀ x: the components of a vector along the eigenvectors. */
  toSpectral(vector: ArrayLike<number>): Float64Array;
  /** V z: the vector of such components. */
  fromSpectral(components: ArrayLike<number>): Float64Array;
  /** Vᵀ [n, n]: eigenvectors as rows, in the order of the values; multiplied out at each call. */
  eigenvectors(): Matrix;
}

/** Reflections I − factor · v vᵀ: v of the k-th in row k, from column k + 1 on. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Below the diagonal, followed by a zero. */
  readonly below: Float64Array;
  readonly factors: Float64Array;
  readonly reflectors: Float64Array;
}

/** Sweeps of QL for one eigenvalue; two are usual. */
const MOST_SWEEPS = 60;

/** Largest asymmetry, relative to the largest entry, that counts as rounding and is averaged out. */
const SYMMETRY_TOLERANCE = 1e-10;

/**
 * The spectral form of a symmetric matrix [n, n], backward stable: its values are those of a matrix within a small
 * multiple of n · 2^-53 · ‖A‖.
 *
 * Throws InvariantError for a matrix that is not square, finite and symmetric to 1e-10 of its largest entry.
 */
export function spectralForm(a: Matrix): SpectralForm {
  const { scaled, scale } = scaledToOne(a);
  const form = tridiagonalize(scaled, a.rows);
  const rotations = new Rotations();
  diagonalize(form, rotations);
  return {
    values: form.diagonal.map((value) => value * scale),
    toSpectral(vector) {
      const x = checked(vector, a.rows);
      for (let k = 0; k < a.rows - 2; k++) applyReflector(form, k, x);
      rotations.forward(x);
      return x;
    },
    fromSpectral(components) {
      const x = checked(components, a.rows);
      rotations.backward(x);
      for (let k = a.rows - 3; k >= 0; k--) applyReflector(form, k, x);
      return x;
    },
    eigenvectors() {
      const n = a.rows;
      const rows = new Float64Array(n * n);
      for (let k = 0; k < n; k++) rows[k * (n + 1)] = 1;
      for (let k = 0; k < n - 2; k++) reflectRows(form, k, rows);
      rotations.turnRows(rows, n);
      return { rows: n, columns: n, data: rows };
    },
  };
}

/** The mean of the matrix and its transpose over its largest entry, so that no square below over- or underflows. */
function scaledToOne(a: Matrix): { scaled: Float64Array; scale: number } {
  const n = a.rows;
  if (n !== a.columns) throw sizeMismatch('spectralForm', `${n} × ${a.columns}`, 'a square matrix');
  const bad = a.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw notFinite('spectralForm', bad, entry(a.data, bad));
  const largest = a.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest === 0 ? 1 : largest;
  const scaled = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const [lower, upper] = [entry(a.data, row * n + column) / scale, entry(a.data, column * n + row) / scale];
      if (Math.abs(lower - upper) > SYMMETRY_TOLERANCE) throw notSymmetric('spectralForm');
      scaled[row * n + column] = (lower + upper) / 2;
    }
  }
  return { scaled, scale };
}

/**
 * Works on the lower triangle of `a`, row by row: each step reflects the column below the diagonal onto its first entry
 * and applies H A H = A − v wᵀ − w vᵀ to the rest. The vectors v go to the upper triangle, which is free.
 */
function tridiagonalize(a: Float64Array, n: number): Tridiagonal {
  const below = new Float64Array(n);
  const factors = new Float64Array(n);
  const product = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    const v = a.subarray(k * n, (k + 1) * n);
    const first = entry(a, (k + 1) * n + k);
    let rest = 0;
    for (let row = k + 2; row < n; row++) rest += entry(a, row * n + k) ** 2;
    if (rest === 0) {
      below[k] = first;
      continue;
    }
    const image = first > 0 ? -Math.sqrt(first * first + rest) : Math.sqrt(first * first + rest);
    const factor = (image - first) / image;
    v[k + 1] = 1;
    for (let row = k + 2; row < n; row++) v[row] = entry(a, row * n + k) / (first - image);
    below[k] = image;
    factors[k] = factor;
    multiplyLower(a, n, k + 1, v, product);
    let overlap = 0;
    for (let row = k + 1; row < n; row++) overlap += entry(product, row) * entry(v, row);
    // w = factor · A v − (factor² / 2) (vᵀ A v) v.
    const part = (factor * factor * overlap) / 2;
    for (let row = k + 1; row < n; row++) product[row] = factor * entry(product, row) - part * entry(v, row);
    for (let row = k + 1; row < n; row++) {
      const [vRow, wRow, start] = [entry(v, row), entry(product, row), row * n];
      for (let column = k + 1; column <= row; column++) {
        a[start + column] = entry(a, start + column) - vRow * entry(product, column) - wRow * entry(v, column);
      }
    }
  }
  if (n > 1) below[n - 2] = entry(a, (n - 1) * n + n - 2);
  const diagonal = Float64Array.from({ length: n }, (_, k) => entry(a, k * n + k));
  return { diagonal, below, factors, reflectors: a };
}

/** A v for the symmetric matrix whose lower triangle, from row and column `first` on, is in `a`. */
function multiplyLower(a: Float64Array, n: number, first: number, v: Float64Array, product: Float64Array): void {
  product.fill(0, first);
  for (let row = first; row < n; row++) {
    const start = row * n;
    const vRow = entry(v, row);
    let sum = entry(a, start + row) * vRow;
    for (let column = first; column < row; column++) {
      const value = entry(a, start + column);
      sum += value * entry(v, column);
      product[column] = entry(product, column) + value * vRow;
    }
    product[row] = sum;
  }
}

function applyReflector({ factors, reflectors }: Tridiagonal, k: number, x: Float64Array): void {
  const n = x.length;
  const start = k * n;
  let overlap = 0;
  for (let row = k + 1; row < n; row++) overlap += entry(reflectors, start + row) * entry(x, row);
  overlap *= entry(factors, k);
  for (let row = k + 1; row < n; row++) x[row] = entry(x, row) - overlap * entry(reflectors, start + row);
}

/** Applies the k-th reflection to every column of a matrix [n, n]. */
function reflectRows({ factors, reflectors }: Tridiagonal, k: number, rows: Float64Array): void {
  const n = factors.length;
  const overlaps = new Float64Array(n);
  for (let row = k + 1; row < n; row++) {
    const [part, start] = [entry(reflectors, k * n + row), row * n];
    for (let j = 0; j < n; j++) overlaps[j] = entry(overlaps, j) + part * entry(rows, start + j);
  }
  for (let row = k + 1; row < n; row++) {
    const [part, start] = [entry(factors, k) * entry(reflectors, k * n + row), row * n];
    for (let j = 0; j < n; j++) rows[start + j] = entry(rows, start + j) - part * entry(overlaps, j);
  }
}

/** Turns `diagonal` into the eigenvalues of the tridiagonal matrix, entering the plane rotations that do it. */
function diagonalize({ diagonal: d, below: e }: Tridiagonal, rotations: Rotations): void {
  const size = d.reduce((most, value, k) => Math.max(most, Math.abs(value) + Math.abs(entry(e, k))), 0);
  // Against the neighbours on the diagonal instead, sweeps would not end where those are rounding noise of rank 0.
  const negligible = (Number.EPSILON / 2) * size;
  for (let first = 0; first < d.length; first++) {
    for (let sweep = 0; ; sweep++) {
      let last = first;
      while (last < d.length - 1 && Math.abs(entry(e, last)) > negligible) last++;
      if (last === first) break;
      if (sweep === MOST_SWEEPS) throw notConverged('spectralForm', MOST_SWEEPS);
      sweepBlock(d, e, first, last, rotations);
    }
  }
}

/** One implicit QL step on rows first … last, chasing the bulge upward. */
function sweepBlock(d: Float64Array, e: Float64Array, first: number, last: number, rotations: Rotations): void {
  const slope = (entry(d, first + 1) - entry(d, first)) / (2 * entry(e, first));
  const root = Math.sqrt(slope * slope + 1);
  let g = entry(d, last) - entry(d, first) + entry(e, first) / (slope + (slope < 0 ? -root : root));
  let [sine, cosine, shift] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sine * entry(e, i);
    const b = cosine * entry(e, i);
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      // The block has split by itself: finish here and start again on its parts.
      d[i + 1] = entry(d, i + 1) - shift;
      e[last] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = entry(d, i + 1) - shift;
    const turned = (entry(d, i) - g) * sine + 2 * cosine * b;
    shift = sine * turned;
    d[i + 1] = g + shift;
    g = cosine * turned - b;
    rotations.add(i, cosine, sine);
  }
  d[first] = entry(d, first) - shift;
  e[first] = g;
  e[last] = 0;
}

/** A product of rotations of the planes (i, i + 1), in the order in which they were added. */
class Rotations {
  #count = 0;
  #planes = new Int32Array(1024);
  #cosines = new Float64Array(1024);
  #sines = new Float64Array(1024);

  add(plane: number, cosine: number, sine: number): void {
    if (this.#count === this.#planes.length) this.#grow();
    this.#planes[this.#count] = plane;
    this.#cosines[this.#count] = cosine;
    this.#sines[this.#count] = sine;
    this.#count++;
  }

  forward(x: Float64Array): void {
    for (let k = 0; k < this.#count; k++) this.#rotate(x, k, entry(this.#sines, k));
  }

  backward(x: Float64Array): void {
    for (let k = this.#count - 1; k >= 0; k--) this.#rotate(x, k, -entry(this.#sines, k));
  }

  /** Turns every column of a matrix [n, n]. */
  turnRows(rows: Float64Array, n: number): void {
    for (let k = 0; k < this.#count; k++) {
      const low = required(this.#planes[k], 'plane of a rotation') * n;
      rotateRows(rows, low, low + n, n, entry(this.#cosines, k), entry(this.#sines, k));
    }
  }

  #rotate(x: Float64Array, k: number, sine: number): void {
    const i = required(this.#planes[k], 'plane of a rotation');
    const cosine = entry(this.#cosines, k);
    const [low, high] = [entry(x, i), entry(x, i + 1)];
    x[i] = cosine * low - sine * high;
    x[i + 1] = sine * low + cosine * high;
  }

  #grow(): void {
    const size = this.#count * 2;
    const planes = new Int32Array(size);
    planes.set(this.#planes);
    this.#planes = planes;
    this.#cosines = larger(this.#cosines, size);
    this.#sines = larger(this.#sines, size);
  }
}

function larger(array: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(size);
  copy.set(array);
  return copy;
}

function checked(vector: ArrayLike<number>, length: number): Float64Array {
  if (vector.length !== length) throw sizeMismatch('spectralForm', `${vector.length} entries`, `${length}`);
  return Float64Array.from(vector);
}
