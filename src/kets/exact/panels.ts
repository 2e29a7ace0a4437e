/**
 * Integrals over an interval by Fejér's second rule (Fejér 1933; Waldvogel, BIT 46, 2006) on panels.
 *
 * The 3, 7, 15, 31 and 63 points of a panel are nested, and none is an end: a panel may end on a jump. A rule's error is
 * taken to be its distance from the rule before, which is honest also where an integrand lives on two scales and errors
 * do not fall geometrically. A panel on which all rules fail is halved; at a singularity that converges geometrically.
 */

import { entry } from '../../numeric/index.ts';

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

const RULES = [3, 7, 15, 31, 63].map((points, k, all) => rule(points, all.slice(0, k)));
const POINTS = 63;

/** A share of a panel's own size that is rounding. */
const ROUNDING = 8 * Number.EPSILON;
/** Panels below this length, relative to their place, are not halved. */
const SHORTEST = 1e-15;
/** Most halvings of a panel: a jump inside is then found to 2^-52 of it. */
const DEEPEST = 52;

/**
 * ∫ f from the first to the last of the rising `edges`, every one an end of panels. `tolerance` is the error allowed to
 * one panel, absolute.
 */
export function integrate(f: Sampled, edges: readonly number[], tolerance: number): Estimate {
  const total = { value: 0, error: 0, magnitude: 0 };
  for (let k = 1; k < edges.length; k++) refine(f, edges[k - 1] ?? 0, edges[k] ?? 0, tolerance, 0, total);
  return total;
}

/** ∫ |f| to a few digits, as the first panels show it: to set a tolerance by. */
export function firstMagnitude(f: Sampled, edges: readonly number[]): number {
  let total = 0;
  for (let k = 1; k < edges.length; k++) {
    total += panelOf(f, edges[k - 1] ?? 0, edges[k] ?? 0, 0).magnitude;
  }
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
  const [center, half] = [(low + high) / 2, (high - low) / 2];
  const values = new Float64Array(POINTS);
  let best: Estimate | undefined;
  for (const rule of RULES) {
    const { value, magnitude } = sample(f, rule, center, half, values);
    const error = best === undefined ? Number.POSITIVE_INFINITY : Math.abs(value - best.value);
    best = { value, error, magnitude };
    if (error <= Math.max(allowed, ROUNDING * magnitude)) return best;
  }
  return best ?? { value: 0, error: 0, magnitude: 0 };
}

/** Adds the values at a rule's fresh nodes to those before, and applies the rule. */
function sample(f: Sampled, { fresh, weights }: Rule, center: number, half: number, values: Float64Array) {
  const added = values.subarray(weights.length - fresh.length, weights.length);
  f(
    fresh.map((node) => center + half * node),
    added,
  );
  let [value, magnitude] = [0, 0];
  for (let k = 0; k < weights.length; k++) {
    const weighted = half * entry(weights, k) * entry(values, k);
    value += weighted;
    magnitude += Math.abs(weighted);
  }
  return { value, magnitude };
}

/** Nodes cos(kπ/(points + 1)), k = 1 … points, those of the rules `before` first. */
function rule(points: number, before: readonly number[]): Rule {
  const all = Array.from({ length: points }, (_, k) => k + 1);
  const level = (k: number): number => before.findIndex((fewer) => k % ((points + 1) / (fewer + 1)) === 0);
  const rank = (k: number): number => (level(k) < 0 ? before.length : level(k));
  const order = [...all].sort((a, b) => rank(a) - rank(b) || a - b);
  const fresh = order.filter((k) => level(k) < 0).map((k) => Math.cos((k * Math.PI) / (points + 1)));
  return { fresh: Float64Array.from(fresh), weights: Float64Array.from(order, (k) => weight(k, points)) };
}

function weight(k: number, points: number): number {
  const angle = (k * Math.PI) / (points + 1);
  let sum = 0;
  for (let j = 1; j <= (points + 1) / 2; j++) sum += Math.sin((2 * j - 1) * angle) / (2 * j - 1);
  return (4 * Math.sin(angle) * sum) / (points + 1);
}
