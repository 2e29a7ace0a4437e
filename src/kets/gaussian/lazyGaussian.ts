/**
 * Gaussian matrices that are sampled only along the directions they are asked about.
 *
 * Given its products so far, even with vectors chosen by looking at them, a matrix W of independent entries N(0, σ²) is
 * Gaussian with explicit law. With X an orthonormal basis of the x that W met and Y one of the y that Wᵀ met,
 *
 *     W = W X Xᵀ + Y Yᵀ W (I − X Xᵀ) + (I − Y Yᵀ) W̃ (I − X Xᵀ),    W̃ an independent copy of W.
 *
 * So W q for a unit vector q orthogonal to X is Y (Gᵀ q) + (I − Y Yᵀ) z with G = Wᵀ Y, which is known, and fresh z of
 * entries N(0, σ²); then q is one more column of X. For Wᵀ the roles are exchanged. This is exact in law at every size,
 * takes O(n k) time and memory a product for k known directions, and gives one matrix: what is known is never drawn
 * again.
 *
 * The two terms are also the split of a ket |Wx⟩ into dot and hat (IVb 2.6.5). Write G = Ĝ + Ġ. The dot part is
 * Σ_y |y⟩ E[∂|x⟩/∂hat|Wᵀy⟩] over earlier y, by Stein's lemma Y (Ĝᵀ x) in the limit, for the columns of Ĝ are
 * independent with entries of variance σ². The dots Ġ lie in the span of earlier x, to which q is orthogonal, so Ĝᵀ q is
 * Gᵀ q; and hats and dots are linear in x. Neither σ nor the ratio of rows to columns enters.
 */

import { at, entry, matrix, multiply, symmetricEigen, transpose } from '../../numeric/index.ts';
import { badTolerance, shapeMismatch } from '../errors.ts';
import { addCombinations, type Column, combine, divided, gram, norms, scaled } from './columns.ts';
import { type Directions, negative, newDirections, stacked } from './directions.ts';
import { type Combinations, Met } from './met.ts';
import type { MatrixSource, NormalSource, RandomMatrix } from './randomMatrix.ts';
import { addOuters, type RankOne, Updates } from './updates.ts';

/** Products as sums of two parts: `hat`, Gaussian, and `dot`, a combination of what the transpose was applied to. */
export interface ImageParts {
  readonly hat: Column[];
  readonly dot: Column[];
}

/**
 * A Gaussian matrix that is known as far as it has been asked: in law the whole matrix, in time and memory of order n
 * for each product.
 */
export interface LazyGaussian extends RandomMatrix {
  /**
   * (W + Σ outer products) x, learning the same as {@link RandomMatrix.apply}. Outer products of columns that the matrix
   * has met stand in its directions already: however many there are, they cost as much as a matrix of their rank. They
   * are taken as combinations of directions, which leaves out of them what the tolerance left out.
   */
  applyUpdated(block: readonly Column[], updates: readonly RankOne[]): Column[];
  /** (W + Σ outer products)ᵀ y. */
  applyTransposedUpdated(block: readonly Column[], updates: readonly RankOne[]): Column[];
  /** W x, learning the same as {@link RandomMatrix.apply}, as hat + dot. */
  applyParts(block: readonly Column[]): ImageParts;
  applyTransposedParts(block: readonly Column[]): ImageParts;
  /** Directions that W and Wᵀ are known along. */
  readonly ranks: { readonly forward: number; readonly backward: number };
  /** Memory of the directions and their images. */
  readonly bytes: number;
  copy(source: MatrixSource): LazyGaussian;
}

export interface LazyGaussianOptions {
  readonly rows: number;
  readonly columns: number;
  /** Standard deviation σ of the entries. */
  readonly deviation: number;
  /** The k-th direction that W, or Wᵀ, is asked about takes column k. */
  readonly source: MatrixSource;
  /**
   * What is new in a column and shorter than this part of it counts as rounding and is dropped, an input perturbation
   * of that relative size; 1e-10 if left out, at least {@link LEAST_TOLERANCE}.
   */
  readonly tolerance?: number;
}

/** What is known of W when new orthonormal directions q arrive, seen from either side. */
export interface KnownImages {
  /** Y, orthonormal columns. */
  readonly directions: readonly Column[];
  /** Gᵀ q, row-major [directions, new ones]. */
  readonly overlaps: Float64Array;
}

/** Turns fresh noise of entries N(0, σ²), a column for each new direction, into that direction's image, in place. */
export type ImageLaw = (known: KnownImages, noise: readonly Column[]) => void;

/** Rounding in a column that is known already stays below this part of it. */
export const LEAST_TOLERANCE = 1e-13;

const DEFAULT_TOLERANCE = 1e-10;
/** From this tolerance on, what is new in a column is told from 1 minus the squares of what is known. */
const PYTHAGORAS = 1e-6;
/** Norms between which products of columns with unit vectors neither overflow nor lose digits. */
const [SMALL, LARGE] = [1e-200, 1e200];
/** Coefficients above this part of the largest one are nearly it. */
const NEARLY = 0.9;
const BYTES = 8;

/**
 * A rows × columns matrix of independent entries N(0, `deviation`²), exact in law whatever it is applied to.
 *
 * A column whose norm is not finite has an image of NaN, and nothing is learned from it. Throws InvariantError
 * `kets.badTolerance` or, for columns of another length than the matrix asks for, `kets.shapeMismatch`.
 */
export function lazyGaussian(options: LazyGaussianOptions): LazyGaussian {
  return lazyMatrix(options, conditionalLaw);
}

/** Y (Gᵀ q) + (I − Y Yᵀ) z. */
export const conditionalLaw: ImageLaw = ({ directions, overlaps }, noise) => {
  const drawn = gram(directions, noise);
  addCombinations(
    noise,
    directions,
    overlaps.map((overlap, k) => overlap - entry(drawn, k)),
  );
};

/** {@link lazyGaussian} with another law of images, so that tests can plant wrong samplers. */
export function lazyMatrix(options: LazyGaussianOptions, law: ImageLaw): LazyGaussian {
  const { rows, columns, source, tolerance = DEFAULT_TOLERANCE } = options;
  if (!(tolerance >= LEAST_TOLERANCE && tolerance < 1)) throw badTolerance(tolerance, LEAST_TOLERANCE);
  return between(new Side(columns, rows, source.rows), new Side(rows, columns, source.columns), options, law);
}

/** The matrix of which these two sides are known. */
function between(forward: Side, backward: Side, options: LazyGaussianOptions, law: ImageLaw): LazyGaussian {
  const { rows, columns, tolerance = DEFAULT_TOLERANCE } = options;
  const learn = (from: Side, to: Side, block: readonly Column[]): Combinations =>
    from.learn(block, to, tolerance, options.deviation, law);
  const products = (from: Side, to: Side, block: readonly Column[]): Column[] =>
    combinedColumns(from.images, learn(from, to, block), from.imageLength);
  const parts = (from: Side, to: Side, block: readonly Column[]): ImageParts => {
    const known = learn(from, to, block);
    const dots = from.dotsOf(known, to.directions.length);
    const hats = { ...known, coefficients: stacked([known.coefficients, negative(dots.coefficients)]) };
    return {
      hat: combinedColumns([...from.images, ...to.directions], hats, from.imageLength),
      dot: combinedColumns(to.directions, dots, from.imageLength),
    };
  };
  const updates = new Updates(forward, backward);
  const updated = (from: Side, to: Side, block: readonly Column[], outers: readonly RankOne[]): Column[] => {
    const known = learn(from, to, block);
    const found = updates.times(outers, from === forward, known, rows);
    if (found === undefined) {
      const results = combinedColumns(from.images, known, from.imageLength);
      addOuters(results, outers, from === forward, block);
      return results;
    }
    const all = { ...known, coefficients: stacked([known.coefficients, found]) };
    return combinedColumns([...from.images, ...to.directions], all, from.imageLength);
  };
  return {
    rows,
    columns,
    apply: (block) => products(forward, backward, block),
    applyTransposed: (block) => products(backward, forward, block),
    applyUpdated: (block, outers) => updated(forward, backward, block, outers),
    applyTransposedUpdated: (block, outers) => updated(backward, forward, block, outers),
    applyParts: (block) => parts(forward, backward, block),
    applyTransposedParts: (block) => parts(backward, forward, block),
    get ranks() {
      return { forward: forward.directions.length, backward: backward.directions.length };
    },
    get bytes() {
      return BYTES * (rows + columns) * (forward.directions.length + backward.directions.length);
    },
    copy: (source) => between(forward.copy(source.rows), backward.copy(source.columns), { ...options, source }, law),
  };
}

/** What is known of one of W and Wᵀ. */
class Side {
  readonly length: number;
  readonly imageLength: number;
  readonly directions: Column[] = [];
  readonly images: Column[] = [];
  /** The dot part of each image: coefficients of those of the other side's directions that were known before it. */
  readonly #dots: Float64Array[] = [];
  readonly #source: NormalSource;
  readonly met = new Met();

  constructor(length: number, imageLength: number, source: NormalSource) {
    this.length = length;
    this.imageLength = imageLength;
    this.#source = source;
  }

  /** What is known here, to be known further with fresh columns of another source. */
  copy(source: NormalSource): Side {
    const copy = new Side(this.length, this.imageLength, source);
    copy.directions.push(...this.directions);
    copy.images.push(...this.images);
    copy.#dots.push(...this.#dots);
    return copy;
  }

  /** Takes in what is new in a block, so that all of its columns are combinations of the directions. */
  learn(block: readonly Column[], other: Side, tolerance: number, deviation: number, law: ImageLaw): Combinations {
    const wrong = block.find((column) => column.length !== this.length);
    if (wrong !== undefined)
      throw shapeMismatch('lazyGaussian', `a column of ${wrong.length} entries`, `${this.length}`);
    // What is small in a column is judged by that column's norm.
    const lengths = norms(block);
    // Products of columns of ordinary size can be divided by their norms instead of the columns.
    const ordinary = tolerance >= PYTHAGORAS && lengths.every((length) => length > SMALL && length < LARGE);
    const units = ordinary ? block : block.map((column, k) => unit(column, entry(lengths, k)));
    const raw = gram(this.directions, units);
    const old = ordinary ? raw.map((value, place) => value / entry(lengths, place % block.length)) : raw;
    const places = Array.from(lengths.keys()).filter((k) => !this.#isKnown(old, k, block.length, tolerance));
    const rest = places.map((k) => (ordinary ? unit(at(units, k), entry(lengths, k)) : at(units, k)));
    addCombinations(rest, this.directions, negative(columnsAt(old, block.length, places)));
    const room = this.length - this.directions.length;
    const { directions, coefficients: added } = principal(newDirections(this.directions, rest, tolerance, room));
    const coefficients = columnsTo(added, block.length, places);

    const overlaps = gram(other.images, directions);
    const known = this.images.length;
    const images = directions.map((_, k) => scaled(this.#fresh(known + k), deviation));
    law({ directions: other.directions, overlaps }, images);
    this.directions.push(...directions);
    this.images.push(...images);
    this.#dots.push(...directions.map((_, k) => matrixColumn(overlaps, directions.length, k)));
    const found = { coefficients: stacked([old, coefficients]), lengths };
    this.met.add(block, found);
    return found;
  }

  /** Whether a unit column has nothing new, by Pythagoras: where that is above rounding. */
  #isKnown(old: Float64Array, column: number, columns: number, tolerance: number): boolean {
    if (tolerance < PYTHAGORAS) return false;
    let squares = 0;
    for (let place = column; place < old.length; place += columns) squares += entry(old, place) ** 2;
    return 1 - squares < tolerance ** 2;
  }

  /** The dot parts of combinations of images, by the other side's directions. */
  dotsOf({ coefficients, lengths }: Combinations, directions: number): Combinations {
    const columns = lengths.length;
    const result = new Float64Array(directions * columns);
    this.#dots.forEach((dots, image) => {
      dots.forEach((dot, direction) => {
        for (let k = 0; k < columns; k++) {
          const place = direction * columns + k;
          result[place] = entry(result, place) + dot * entry(coefficients, image * columns + k);
        }
      });
    });
    return { coefficients: result, lengths };
  }

  #fresh(index: number): Column {
    const column = this.#source.column(index);
    if (column.length === this.imageLength) return column;
    throw shapeMismatch('lazyGaussian', `${column.length} fresh normals`, `${this.imageLength}`);
  }
}

/**
 * The same span by its principal directions, those along which the columns extend most first: a sequence whose first
 * dimensions are its best ones is spent where it matters.
 */
function principal({ directions, coefficients }: Directions): Directions {
  const count = directions.length;
  const [first] = directions;
  if (first === undefined || count < 2) return { directions, coefficients };
  const columns = coefficients.length / count;
  const rows = matrix(count, columns, coefficients);
  const { values, vectors } = symmetricEigen(multiply(rows, transpose(rows)));
  const order = Array.from(values.keys()).sort((i, j) => entry(values, j) - entry(values, i));
  const rotated = (signs: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: count * count }, (_, place) => {
      const k = place % count;
      return at(signs, k) * entry(vectors.data, Math.floor(place / count) * count + at(order, k));
    });
  const unsigned = multiply(transpose(matrix(count, count, rotated(new Float64Array(count).fill(1)))), rows);
  const signs = Array.from({ length: count }, (_, k) => signOf(unsigned.data.subarray(k * columns, (k + 1) * columns)));
  return {
    directions: combine(directions, rotated(signs), count, first.length),
    coefficients: unsigned.data.map((value, place) => value * at(signs, Math.floor(place / columns))),
  };
}

/**
 * The sign of the first of the coefficients that are nearly the largest. An eigenvector has no sign of its own; with this
 * one, runs that differ by rounding, or by their widths, give the same fresh column to the same direction.
 */
function signOf(coefficients: Float64Array): number {
  const largest = coefficients.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (coefficients.find((value) => Math.abs(value) >= NEARLY * largest) ?? 0) < 0 ? -1 : 1;
}

function combinedColumns(
  columns: readonly Column[],
  { coefficients, lengths }: Combinations,
  length: number,
): Column[] {
  const outputs = lengths.length;
  const scales = lengths.map((value) => (Number.isFinite(value) ? value : 0));
  const results = combine(
    columns,
    coefficients.map((value, k) => value * entry(scales, k % outputs)),
    outputs,
    length,
  );
  return results.map((column, k) => (Number.isFinite(entry(lengths, k)) ? column : column.fill(Number.NaN)));
}

/** A copy of norm 1; of a column without a finite norm above 0, a zero column, in which nothing is new. */
function unit(column: Column, norm: number): Column {
  return norm > 0 && Number.isFinite(norm) ? divided(column, norm) : new Float64Array(column.length);
}

/** Some columns of a row-major matrix. */
function columnsAt(matrix: Float64Array, columns: number, places: readonly number[]): Float64Array {
  if (places.length === columns) return matrix;
  return Float64Array.from({ length: (matrix.length / columns) * places.length }, (_, k) =>
    entry(matrix, Math.floor(k / places.length) * columns + at(places, k % places.length)),
  );
}

/** The row-major matrix of which these are some columns, the others 0. */
function columnsTo(some: Float64Array, columns: number, places: readonly number[]): Float64Array {
  if (places.length === columns || places.length === 0) return some;
  const result = new Float64Array((some.length / places.length) * columns);
  some.forEach((value, k) => {
    result[Math.floor(k / places.length) * columns + at(places, k % places.length)] = value;
  });
  return result;
}

function matrixColumn(matrix: Float64Array, columns: number, column: number): Float64Array {
  return Float64Array.from({ length: matrix.length / columns }, (_, row) => entry(matrix, row * columns + column));
}
