/**
 * Means of pairs as series in the correlation (Mehler): with h_k the Hermite polynomials of norm 1 under the normal law,
 *
 *     E f(u) g(v) = Σ_k a_k b_k c^k,   a_k = E f(σ z) h_k(z),   b_k = E g(τ z) h_k(z),
 *
 * for u of deviation σ, v of deviation τ and correlation c. The a_k are of one input; a pair takes a sum of products. By
 * Cauchy and Schwarz what is left out from term K on is at most |c|^K √(Σ_(k ≥ K) a_k² · Σ_(k ≥ K) b_k²), and the sum of all
 * a_k² is E f²: so that each pair knows whether its terms were enough.
 */

import { entry } from '../../numeric/index.ts';
import type { SmoothFunction } from './smooth.ts';
import { type LineGrid, type Sampled, sampled } from './trapezoid.ts';

/** Numbers in front of the coefficients of a row: 1/σ, how much is left out, the bytes of the terms that are enough. */
export const SERIES_HEAD = 4;
/** Terms come in this many: turns of the compiled loop. */
export const SERIES_TURN = 8;
const MOST_TERMS = 512;
/** What may be left out, over the roots of the mean squares. */
const LEFT_OUT = 1e-12;
/** The share of the mean square beyond which further terms are not worth it. */
const ENOUGH = 1e-13;
/** What rounding leaves of a sum of squares. */
const ROUNDING = 1e-16;
/**
 * The widest step between points. Over every second point E f² is found, so that f has no frequency above π/step; h_k times
 * the density has few above √k + 4, and both together stay below 2π/step for all k < 512.
 */
const WIDEST = 2 ** -3;

/** How many terms are enough whatever the correlation, for inputs up to a variance and as far as that is worth it. */
export function termsOf(f: SmoothFunction, variance: number): number {
  const found = sampled(f, Math.sqrt(variance), WIDEST);
  return found === undefined ? SERIES_TURN : enough(found, coefficientsOf(found, MOST_TERMS)).terms;
}

/** The first turns after which little is left of the mean square, or all, and its share that is left. */
function enough(
  { meanSquare }: Sampled,
  coefficients: Float64Array,
): { readonly terms: number; readonly rest: number } {
  let [terms, sum] = [0, 0];
  while (terms < coefficients.length) {
    for (const end = terms + SERIES_TURN; terms < end; terms++) sum += entry(coefficients, terms) ** 2;
    if (meanSquare - sum <= ENOUGH * meanSquare) break;
  }
  return { terms, rest: meanSquare === 0 ? 0 : Math.max(ROUNDING, (meanSquare - sum) / meanSquare) };
}

/**
 * Writes a row with room for so many terms: 1/σ, √(Σ_(k ≥ K) a_k² / (1e-12 E f²)), the bytes of K terms, and a_0 …
 * A pair takes as many terms as the longer of its rows; what is left out of it counts where |c|^K times the second numbers
 * of both rows is more than 1.
 */
export function writeSeries(
  f: SmoothFunction,
  variance: number,
  { terms, into, from }: { readonly terms: number; readonly into: Float64Array; readonly from: number },
): void {
  const deviation = Math.sqrt(variance);
  const found = sampled(f, deviation, WIDEST);
  const length = new Int32Array(into.buffer, into.byteOffset + (from + 2) * Float64Array.BYTES_PER_ELEMENT, 2);
  if (found === undefined) {
    into.fill(Number.NaN, from, from + SERIES_HEAD + terms);
    length.set([SERIES_TURN * Float64Array.BYTES_PER_ELEMENT, 0]);
    return;
  }
  const coefficients = coefficientsOf(found, terms);
  const own = enough(found, coefficients);
  into[from] = deviation === 0 ? 0 : 1 / deviation;
  into[from + 1] = Math.sqrt(own.rest / LEFT_OUT);
  length.set([own.terms * Float64Array.BYTES_PER_ELEMENT, 0]);
  into.set(coefficients, from + SERIES_HEAD);
}

/** The values of Hermite polynomials with the weights of a grid, from its middle outward, term after term. */
interface Basis {
  readonly count: number;
  readonly terms: number;
  readonly data: Float64Array;
}

const bases = new Map<LineGrid, Basis>();

/** h_(k+1) = (z h_k − √k h_(k−1)) / √(k + 1), which is stable in k. */
function basisOf(grid: LineGrid, terms: number): Basis {
  const known = bases.get(grid);
  if (known !== undefined && known.terms >= terms) return known;
  const middle = (grid.points.length - 1) / 2;
  const count = middle + 1;
  const data = new Float64Array(terms * count);
  for (let j = 0; j < count; j++) {
    const z = entry(grid.points, middle + j);
    let [before, own] = [0, entry(grid.weights, middle + j)];
    for (let k = 0; k < terms; k++) {
      data[k * count + j] = own;
      [before, own] = [own, (z * own - Math.sqrt(k) * before) / Math.sqrt(k + 1)];
    }
  }
  const basis: Basis = { count, terms, data };
  bases.set(grid, basis);
  return basis;
}

/** a_0 … a_(terms − 1). Polynomials of even degree meet the even part of the function, others the odd part. */
function coefficientsOf({ grid, values }: Sampled, terms: number): Float64Array {
  const { count, data } = basisOf(grid, terms);
  const middle = count - 1;
  const [even, odd] = [new Float64Array(count), new Float64Array(count)];
  for (let j = 0; j < count; j++) {
    const [right, left] = [values[middle + j] as number, values[middle - j] as number]; // in range
    even[j] = j === 0 ? right : right + left;
    odd[j] = right - left;
  }
  const coefficients = new Float64Array(terms);
  for (let k = 0; k < terms; k++) {
    const part = k % 2 === 0 ? even : odd;
    let sum = 0;
    for (let j = 0, at = k * count; j < count; j++, at++) sum += (part[j] as number) * (data[at] as number); // in range
    coefficients[k] = sum;
  }
  return coefficients;
}
