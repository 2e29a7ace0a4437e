/** How the choices in src/numeric/sobolTable.ts are made, and the quality of point sets by which they are judged. */

import { at } from '../../src/numeric/arrays.ts';
import { DIGITS, generatorColumns, type SobolChoice } from '../../src/numeric/sobolDirections.ts';

/** Point sets of 2 … 2^LEVELS points are judged. */
export const LEVELS = 20;

/** Initial numbers tried for each dimension. */
export const CANDIDATES = 512;

/** The primitive polynomials over GF(2) in rising order, bit i the coefficient of x^i, from x + 1 on. */
export function primitivePolynomials(count: number): number[] {
  const found: number[] = [];
  for (let polynomial = 3; found.length < count; polynomial += 2) {
    if (isPrimitive(polynomial)) found.push(polynomial);
  }
  return found;
}

/** Whether x generates the nonzero residues of the polynomial: its order is 2^degree − 1 and no proper divisor of it. */
function isPrimitive(polynomial: number): boolean {
  const degree = 31 - Math.clz32(polynomial);
  const order = 2 ** degree - 1;
  if (powerOfX(order, polynomial, degree) !== 1) return false;
  return primeFactors(order).every((prime) => powerOfX(order / prime, polynomial, degree) !== 1);
}

function powerOfX(exponent: number, polynomial: number, degree: number): number {
  let result = 1;
  for (let bit = 31 - Math.clz32(exponent); bit >= 0; bit--) {
    result = timesModulo(result, result, polynomial, degree);
    if ((exponent >>> bit) & 1) result = timesModulo(result, 2, polynomial, degree);
  }
  return result;
}

function timesModulo(a: number, b: number, polynomial: number, degree: number): number {
  let product = 0;
  for (let bit = degree; bit >= 0; bit--) {
    product <<= 1;
    if ((product >>> degree) & 1) product ^= polynomial;
    if ((b >>> bit) & 1) product ^= a;
    if ((product >>> degree) & 1) product ^= polynomial;
  }
  return product;
}

function primeFactors(number: number): number[] {
  const factors: number[] = [];
  let rest = number;
  for (let prime = 2; prime * prime <= rest; prime++) {
    if (rest % prime === 0) factors.push(prime);
    while (rest % prime === 0) rest /= prime;
  }
  return rest > 1 ? [...factors, rest] : factors;
}

/** The first {@link LEVELS} columns of the inverse of an upper triangular matrix with ones on its diagonal. */
export function inverseColumns(columns: Uint32Array): Uint32Array {
  const inverse = new Uint32Array(LEVELS);
  for (let k = 0; k < LEVELS; k++) {
    // C x = e_k from the last row up: x has a one where the rest of the right side has its last one.
    let rest = digit(k);
    let solution = 0;
    for (let row = k; row >= 0; row--) {
      if ((rest & digit(row)) === 0) continue;
      solution |= digit(row);
      rest ^= at(columns, row);
    }
    inverse[k] = solution;
  }
  return inverse;
}

/**
 * The quality parameters t of a pair of dimensions, entry m that of its first 2^m points, m ≤ {@link LEVELS}: every
 * elementary interval of volume 2^(t−m) holds 2^t of them, and no smaller t will do.
 *
 * With D = C₂C₁⁻¹ the first a rows of C₁ and b of C₂ are independent exactly if the first b rows of D are on the last
 * m − a columns. Rows are reduced by those above them until their last ones are in different columns; if that of row i
 * is the p_i-th column from the right, the rank of every such corner of D is the number of i ≤ b with p_i ≤ m − a, and
 * t = max(0, max_i (p_i − i)).
 */
export function pairQuality(columns: Uint32Array, inverse: Uint32Array): Uint8Array {
  const rows = productRows(columns, inverse);
  const quality = new Uint8Array(LEVELS + 1);
  for (let m = 1; m <= LEVELS; m++) {
    reduced.fill(0);
    let t = 0;
    for (let i = 0; i < m; i++) {
      let row = (rows[i] ?? 0) >>> (LEVELS - m);
      let place = lastOne(row);
      for (let above = reduced[place]; above !== 0 && above !== undefined; above = reduced[place]) {
        row ^= above;
        place = lastOne(row);
      }
      reduced[place] = row;
      t = Math.max(t, place - i);
    }
    quality[m] = t;
  }
  return quality;
}

/** Rows by the place of their last one; shared, for the search spends its time here. */
const reduced = new Int32Array(LEVELS);

function lastOne(row: number): number {
  return 31 - Math.clz32(row & -row);
}

/** The leading rows of C₂C₁⁻¹, the first column as bit LEVELS − 1. */
function productRows(columns: Uint32Array, inverse: Uint32Array): Uint32Array {
  const rows = new Uint32Array(LEVELS);
  for (let k = 0; k < LEVELS; k++) {
    let product = 0;
    const combination = inverse[k] ?? 0;
    for (let j = 0; j <= k; j++) if (combination & digit(j)) product ^= columns[j] ?? 0;
    for (let i = 0; i <= k; i++) if (product & digit(i)) rows[i] = (rows[i] ?? 0) | (1 << (LEVELS - 1 - k));
  }
  return rows;
}

function digit(index: number): number {
  return 1 << (DIGITS - 1 - index);
}

/** Weight of the pair of a dimension with an earlier one: most for neighbors and for the first dimensions. */
function pairWeight(dimension: number, earlier: number): number {
  return 1 / (dimension - earlier) + 1 / (earlier + 1);
}

/**
 * The candidate of a dimension, best against the earlier ones: least Σ weight Σ_m 4^t(m), the first one of equals.
 *
 * @param earlier The inverses of the earlier dimensions' matrices.
 */
export function bestCandidate(dimension: number, polynomial: number, earlier: readonly Uint32Array[]): SobolChoice {
  const order = earlier
    .map((inverse, index) => ({ inverse, weight: pairWeight(dimension, index) }))
    .sort((a, b) => b.weight - a.weight);
  let best = { polynomial, candidate: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const columns = generatorColumns(dimension, { polynomial, candidate });
    let cost = 0;
    for (let pair = 0; pair < order.length && cost < least; pair++) {
      const { inverse, weight } = at(order, pair);
      for (const t of pairQuality(columns, inverse)) cost += weight * 4 ** t;
    }
    if (cost < least) [best, least] = [{ polynomial, candidate }, cost];
  }
  return best;
}

/** The choices of the first dimensions; the first dimension of all is that of van der Corput. */
export function chooseDimensions(count: number): SobolChoice[] {
  const choices: SobolChoice[] = [];
  const inverses: Uint32Array[] = [];
  for (const [dimension, polynomial] of [1, ...primitivePolynomials(count - 1)].entries()) {
    const choice = dimension === 0 ? { polynomial, candidate: 0 } : bestCandidate(dimension, polynomial, inverses);
    choices.push(choice);
    inverses.push(inverseColumns(generatorColumns(dimension, choice)));
  }
  return choices;
}

/** The largest t of a pair among the first so many dimensions, over all numbers of points. */
export function worstQuality(
  choices: readonly SobolChoice[],
  parts: readonly number[],
): { readonly dimensions: number; readonly t: number }[] {
  const columns = choices.map((choice, dimension) => generatorColumns(dimension, choice));
  const inverses = columns.map(inverseColumns);
  // Entry d: the worst pair of dimension d with an earlier one.
  const worst = columns.map((column, later) =>
    inverses.slice(0, later).reduce((t, inverse) => Math.max(t, ...pairQuality(column, inverse)), 0),
  );
  return parts.map((dimensions) => ({ dimensions, t: Math.max(...worst.slice(0, dimensions)) }));
}
