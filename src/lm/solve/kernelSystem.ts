/**
 * Linear systems of one kernel with several ridges: (K + ridge · ‖K‖ · I) α = y, least squares of minimum norm, ‖K‖ the
 * operator norm (lm.md, solvers).
 *
 * Kernels of SGD and SignGD are symmetric: one spectral form serves all ridges. Others need a singular value
 * decomposition for each ridge.
 */

import { required } from '../../errors/index.ts';
import {
  entry,
  type Matrix,
  matrix,
  pseudoInverse,
  singularDecomposition,
  solve,
  spectralForm,
} from '../../numeric/index.ts';

/** One kernel's systems. */
export interface KernelSystem {
  /** Operator norm: the largest singular value. */
  readonly norm: number;
  /** The map from right sides y to α for a ridge, itself a multiple of the norm. */
  solver(ridge: number): (wanted: Float64Array) => Float64Array;
  /** Whether no direction of the system with a ridge counts as zero. */
  invertible(ridge: number): boolean;
  /** The blocks [size, size] along the diagonal of the inverse of an invertible system, one after the other. */
  inverseBlocks(ridge: number, size: number): Float64Array;
}

/**
 * Largest asymmetry, relative to the largest entry, that is averaged out as rounding: kernels are sums of products of
 * f32 gradients, with errors of 2^-24 that partly cancel. An asymmetric kernel differs from its transpose by far more.
 */
const ASYMMETRY = 1e-6;

/** The systems of a square kernel of finite entries. */
export function kernelSystem(kernel: Matrix): KernelSystem {
  const symmetric = symmetricKernel(kernel);
  return symmetric === undefined ? generalSystem(kernel) : symmetricSystem(symmetric);
}

/** Eigenvalues up to n · 2^-52 · largest count as zero, the cutoff of the general case. */
function symmetricSystem(kernel: Matrix): KernelSystem {
  const { values, toSpectral, fromSpectral, eigenvectors } = spectralForm(kernel);
  const norm = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const inverseOf = (ridge: number): Float64Array => {
    const shifted = values.map((value) => value + ridge * norm);
    const largest = shifted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const cutoff = values.length * Number.EPSILON * largest;
    return shifted.map((value) => (Math.abs(value) > cutoff ? 1 / value : 0));
  };
  return {
    norm,
    invertible: (ridge) => inverseOf(ridge).every((value) => value !== 0),
    solver(ridge) {
      const inverse = inverseOf(ridge);
      return (wanted) => fromSpectral(toSpectral(wanted).map((component, k) => component * entry(inverse, k)));
    },
    inverseBlocks(ridge, size) {
      const inverse = inverseOf(ridge);
      const n = values.length;
      const vectors = eigenvectors().data;
      const blocks = new Float64Array(n * size);
      for (let k = 0; k < n; k++) {
        const vector = vectors.subarray(k * n, (k + 1) * n);
        for (let place = 0; place < blocks.length; place++) {
          const [row, column] = placeIn(place, size);
          blocks[place] = entry(blocks, place) + entry(inverse, k) * entry(vector, row) * entry(vector, column);
        }
      }
      return blocks;
    },
  };
}

function generalSystem(kernel: Matrix): KernelSystem {
  const plain = singularDecomposition(kernel);
  const norm = required(plain.values[0], 'singular value');
  const known = new Map([[0, plain]]);
  const decomposed = (ridge: number) => {
    const size = kernel.columns;
    const data = (): Float64Array =>
      kernel.data.map((value, k) => (k % (size + 1) === 0 ? value + ridge * norm : value));
    const found = known.get(ridge) ?? singularDecomposition({ ...kernel, data: data() });
    known.set(ridge, found);
    return found;
  };
  return {
    norm,
    invertible: (ridge) => decomposed(ridge).values.length === kernel.columns,
    solver(ridge) {
      const inverse = pseudoInverse(decomposed(ridge));
      return (wanted) => inverse(matrix(wanted.length, 1, wanted)).data;
    },
    inverseBlocks(ridge, size) {
      const n = kernel.rows;
      const identity = new Float64Array(n * n);
      for (let k = 0; k < n; k++) identity[k * (n + 1)] = 1;
      const data = kernel.data.map((value, k) => value + ridge * norm * entry(identity, k));
      const inverse = solve({ ...kernel, data }, matrix(n, n, identity)).data;
      return Float64Array.from({ length: n * size }, (_, place) => {
        const [row, column] = placeIn(place, size);
        return entry(inverse, row * n + column);
      });
    },
  };
}

/** The row and column of a matrix where an entry of its diagonal blocks [size, size], one after the other, is. */
function placeIn(place: number, size: number): readonly [row: number, column: number] {
  const row = Math.floor(place / size);
  return [row, row - (row % size) + (place % size)];
}

/** A symmetric kernel to the bit, where its entries and those across differ by rounding; any other matrix as it is. */
export function evened(kernel: Matrix): Matrix {
  return kernel.rows === kernel.columns ? (symmetricKernel(kernel) ?? kernel) : kernel;
}

/** The mean of the kernel and its transpose, unless they are more than rounding apart. */
export function symmetricKernel({ rows: n, data }: Matrix): Matrix | undefined {
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const mean = new Float64Array(data.length);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const [lower, upper] = [entry(data, row * n + column), entry(data, column * n + row)];
      if (Math.abs(lower - upper) > ASYMMETRY * largest) return undefined;
      mean[row * n + column] = (lower + upper) / 2;
      mean[column * n + row] = (lower + upper) / 2;
    }
  }
  return matrix(n, n, mean);
}
