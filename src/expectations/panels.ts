/**
 * Integrals over an interval by the rule of Clenshaw and Curtis (Numerische Mathematik 2, 1960) on panels.
 *
 * The 3, 5, 9 … 65 points of a panel are nested, ends included, so that a kink just inside an end does not escape. A
 * rule's error is taken to be its distance from the rule before, which is honest also where an integrand lives on two
 * scales and errors do not fall geometrically. A panel on which all rules fail is halved; at a singularity that converges
 * geometrically.
 */

import { required } from '../errors/index.ts';
import { at, entry } from '../numeric/index.ts';

/** An integral, a likely bound of its error, and the integral of the absolute value. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
  readonly magnitude: number;
}

/** Sets `values[k]` to the value at `xs[k]`. */
export type Sampled = (xs: Float64Array, values: Float64Array) => void;

/** A rule on [-1, 1]: the nodes that the rule before lacks, and the weights of all, in the order of their coming. */
interface Rule {
  readonly fresh: Float64Array;
  readonly weights: Float64Array;
}

const RULES: readonly Rule[] = [2, 4, 8, 16, 32, 64].map(rule);
const POINTS = 65;

/** Ends are read so far inside, relative to the panel, and by so many roundings: jumps and infinities may lie on them. */
const INSIDE = 1e-12;
const INSIDE_ROUNDINGS = 4;
/** A share of a panel's own size that is rounding. */
const ROUNDING = 8 * Number.EPSILON;
/** Panels below this length, relative to their place, are not halved. */
const SHORTEST = 1e-14;
/** Most halvings of a panel: a jump inside is then found to 2^-52 of it. */
const DEEPEST = 52;

/**
 * ∫ f from the first to the last of the rising `edges`, every one an end of panels. `tolerance` is the error allowed to
 * one panel, absolute.
 */
export function integrate(f: Sampled, edges: readonly number[], tolerance: number): Estimate {
  const total = { value: 0, error: 0, magnitude: 0 };
  for (let k = 1; k < edges.length; k++) refine(f, at(edges, k - 1), at(edges, k), tolerance, 0, total);
  return total;
}

/** ∫ |f| to a few digits, as the first panels show it: to set a tolerance by. */
export function firstMagnitude(f: Sampled, edges: readonly number[]): number {
  let total = 0;
  for (let k = 1; k < edges.length; k++) total += panelOf(f, at(edges, k - 1), at(edges, k), 0).magnitude;
  return total;
}

interface Running {
  value: number;
  error: number;
  magnitude: number;
}

function refine(f: Sampled, low: number, high: number, allowed: number, depth: number, total: Running): void {
  const { value, error, magnitude } = panelOf(f, low, high, allowed);
  const middle = (low + high) / 2;
  const short = depth === DEEPEST || high - low <= SHORTEST * Math.abs(middle);
  if (error <= Math.max(allowed, ROUNDING * magnitude) || short) {
    total.value += value;
    total.error += error;
    total.magnitude += magnitude;
    return;
  }
  refine(f, low, middle, allowed, depth + 1, total);
  refine(f, middle, high, allowed, depth + 1, total);
}

/** The first rule that is good enough for a panel, or the last. */
function panelOf(f: Sampled, low: number, high: number, allowed: number): Estimate {
  const half = (high - low) / 2;
  const values = new Float64Array(POINTS);
  let best: Estimate | undefined;
  for (const { fresh, weights } of RULES) {
    f(placed(fresh, low, high), values.subarray(weights.length - fresh.length, weights.length));
    let [value, magnitude] = [0, 0];
    for (let k = 0; k < weights.length; k++) {
      const weighted = half * entry(weights, k) * entry(values, k);
      value += weighted;
      magnitude += Math.abs(weighted);
    }
    const error = best === undefined ? Number.POSITIVE_INFINITY : Math.abs(value - best.value);
    best = { value, error, magnitude };
    if (error <= Math.max(allowed, ROUNDING * magnitude)) return best;
  }
  return required(best, 'rule of a panel');
}

/** Nodes of [-1, 1] on a panel, its ends a little inside. */
function placed(nodes: Float64Array, low: number, high: number): Float64Array {
  const [center, half] = [(low + high) / 2, (high - low) / 2];
  const inside = (end: number): number => INSIDE * half + INSIDE_ROUNDINGS * Number.EPSILON * Math.abs(end);
  return nodes.map((node) => {
    if (node === 1) return Math.max(center, high - inside(high));
    return node === -1 ? Math.min(center, low + inside(low)) : center + half * node;
  });
}

/** Nodes cos(kπ/n), k = 0 … n, those of the rule for n/2 first. */
function rule(n: number): Rule {
  const order = orderOf(n);
  const fresh = n === 2 ? order : oddBelow(n);
  return {
    // Exactly 0 in the middle, and ±1 at the ends.
    fresh: Float64Array.from(fresh, (k) => (2 * k === n ? 0 : Math.cos((k * Math.PI) / n))),
    weights: Float64Array.from(order, (k) => weight(k, n)),
  };
}

function orderOf(n: number): readonly number[] {
  return n === 2 ? [0, 1, 2] : [...orderOf(n / 2).map((k) => 2 * k), ...oddBelow(n)];
}

function oddBelow(n: number): readonly number[] {
  return Array.from({ length: n / 2 }, (_, k) => 2 * k + 1);
}

function weight(k: number, n: number): number {
  let sum = 1;
  for (let j = 1; j <= n / 2; j++) {
    sum -= ((2 * j === n ? 1 : 2) / (4 * j * j - 1)) * Math.cos((2 * j * k * Math.PI) / n);
  }
  return ((k === 0 || k === n ? 1 : 2) * sum) / n;
}
