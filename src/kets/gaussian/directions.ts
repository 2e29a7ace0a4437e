/**
 * Orthonormal bases that grow: what a block of columns adds to the directions that are known.
 *
 * Column-pivoted Gram–Schmidt by blocks: pivoted Cholesky decompositions of matrices of inner products choose the
 * columns, as Gram–Schmidt with pivots would, largest remainder first, and each round's directions are made orthogonal
 * twice (Giraud, Langou and Rozložník, "The loss of orthogonality in the Gram–Schmidt orthogonalization process",
 * Computers & Mathematics with Applications 50, 2005: twice is enough). Column by column the same would be several
 * times as slow, for a column alone keeps no value in a register.
 */

import { at, entry } from '../../numeric/index.ts';
import { addCombinations, type Column, combine, gram } from './columns.ts';

/** Orthonormal columns and what the given ones are in them, row-major [directions, columns]. */
export interface Directions {
  readonly directions: readonly Column[];
  readonly coefficients: Float64Array;
}

/**
 * A squared remainder of a column below this part of what it was at a round's start waits for the next round: rounding
 * in its inner products, 2^-53 of what it was, would leave fewer than half of the digits.
 */
const ROUND = 2 ** -24;

/**
 * A remainder below this part of its column is made orthogonal to the basis once more; in a longer one, what rounding
 * left there the first time, a few 2^-53 of the column, is below 10^-13 of it.
 */
const TWICE = 2 ** -5;

/**
 * The directions that columns add to an orthonormal basis: all of their span that is longer than `tolerance`, and at
 * most `room`. The columns, of norm at most 1 and orthogonal to the basis but for rounding, are left with what is shorter.
 */
export function newDirections(
  basis: readonly Column[],
  columns: readonly Column[],
  tolerance: number,
  room: number,
): Directions {
  const directions: Column[] = [];
  const rounds: Float64Array[] = [];
  while (directions.length < room && columns.length > 0) {
    const products = gram(columns, columns);
    const factors = cholesky(products, largestFirst(products, tolerance ** 2, room - directions.length));
    if (factors.pivots.length === 0) break;
    const known = factors.smallest < TWICE ? [...basis, ...directions] : [];
    const added = orthonormal(known, transformed(columns, factors));
    const coefficients = gram(added, columns);
    addCombinations(columns, added, negative(coefficients));
    directions.push(...added);
    rounds.push(coefficients);
    if (added.length === columns.length) break;
  }
  return { directions, coefficients: stacked(rounds) };
}

/** The coefficients times −1. */
export function negative(coefficients: Float64Array): Float64Array {
  return coefficients.map((value) => -value);
}

/** Row-major matrices of as many columns one below the other. */
export function stacked(matrices: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(matrices.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const matrix of matrices) {
    result.set(matrix, start);
    start += matrix.length;
  }
  return result;
}

/** The second pass, over columns that are orthonormal but for the digits that the first one lost. */
function orthonormal(basis: readonly Column[], columns: readonly Column[]): Column[] {
  addCombinations(columns, basis, negative(gram(basis, columns)));
  return transformed(columns, cholesky(gram(columns, columns), inOrder(columns.length)));
}

/** S[pivots, pivots] = Rᵀ R with R upper triangular; `inverse` is R⁻¹, row-major, `smallest` on R's diagonal. */
interface Cholesky {
  readonly pivots: readonly number[];
  readonly smallest: number;
  readonly inverse: Float64Array;
}

/** The next pivot, by what remains of the diagonal and how many there are, or none. */
type Choice = (remaining: Float64Array, chosen: number) => number | undefined;

const inOrder =
  (size: number): Choice =>
  (_, chosen) =>
    chosen < size ? chosen : undefined;

function largestFirst(products: Float64Array, floor: number, most: number): Choice {
  const bounds = diagonalOf(products).map((value) => Math.max(floor, ROUND * value));
  return (remaining, chosen) => {
    if (chosen === most) return undefined;
    let found: number | undefined;
    for (let k = 0; k < remaining.length; k++) {
      const value = entry(remaining, k);
      if (value > entry(bounds, k) && (found === undefined || value > entry(remaining, found))) found = k;
    }
    return found;
  };
}

function cholesky(products: Float64Array, choose: Choice): Cholesky {
  const remaining = diagonalOf(products);
  const size = remaining.length;
  const pivots: number[] = [];
  const rows: Float64Array[] = [];
  let smallest = Number.POSITIVE_INFINITY;
  for (let pivot = choose(remaining, 0); pivot !== undefined; pivot = choose(remaining, pivots.length)) {
    const row = products.slice(pivot * size, (pivot + 1) * size);
    for (const earlier of rows) {
      const factor = entry(earlier, pivot);
      for (let k = 0; k < size; k++) row[k] = entry(row, k) - factor * entry(earlier, k);
    }
    const diagonal = Math.sqrt(entry(remaining, pivot));
    smallest = Math.min(smallest, diagonal);
    for (let k = 0; k < size; k++) {
      row[k] = k === pivot ? diagonal : entry(row, k) / diagonal;
      remaining[k] = entry(remaining, k) - entry(row, k) ** 2;
    }
    remaining[pivot] = 0;
    rows.push(row);
    pivots.push(pivot);
  }
  return { pivots, smallest, inverse: inverseOf(pivots, rows) };
}

function diagonalOf(products: Float64Array): Float64Array {
  const size = Math.sqrt(products.length);
  return Float64Array.from({ length: size }, (_, k) => entry(products, k * size + k));
}

/** R⁻¹ for R[i, j] = rows[i][pivots[j]], i ≤ j: each column from the diagonal up. */
function inverseOf(pivots: readonly number[], rows: readonly Float64Array[]): Float64Array {
  const size = pivots.length;
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    for (let i = column; i >= 0; i--) {
      const row = at(rows, i);
      let sum = i === column ? 1 : 0;
      for (let k = i + 1; k <= column; k++) sum -= entry(row, at(pivots, k)) * entry(inverse, k * size + column);
      inverse[i * size + column] = sum / entry(row, at(pivots, i));
    }
  }
  return inverse;
}

/** The pivots' columns times R⁻¹. */
function transformed(columns: readonly Column[], { pivots, inverse }: Cholesky): Column[] {
  const chosen = pivots.map((pivot) => at(columns, pivot));
  return combine(chosen, inverse, pivots.length, at(chosen, 0).length);
}
