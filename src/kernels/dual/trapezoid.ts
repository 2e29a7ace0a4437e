/** Means of analytic functions of one and of two Gaussian variables: the trapezoid rule, halved until nothing changes. */

import { entry, normalDensity } from '../../numeric/index.ts';
import type { SmoothFunction } from './smooth.ts';

/** Points −reach … reach, `step` apart, with their share of the normal law; the one in the middle is 0. */
export interface LineGrid {
  readonly step: number;
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/** Deviations beyond which nothing counts: e^(−z²/4) is below 1e-18 there, so that Hermite functions vanish as well. */
const REACH = 13;
/** The same where nothing but the law counts. */
const PLANE_REACH = 9;
/** Steps between points are 2^−1 … 2^−6 of a deviation, in a plane 2^−1 … 2^−5. */
const [STEPS, PLANE_STEPS] = [6, 5];
/** How near the mean over every second point must be, over the root of the mean square. */
const NEAR = 1e-12;
/** What the ends may share in the mean square. */
const ENDS = 1e-16;
/** Correlations that are as near to ±1 are ±1, as in closed forms. */
const NOISE = 1e-13;

const ones = ({ points }: LineGrid): Float64Array => new Float64Array(points.length).fill(1);

const gridsOf = (reach: number, count: number): readonly LineGrid[] =>
  Array.from({ length: count }, (_, level) => {
    const step = 2 ** -(level + 1);
    const side = reach / step;
    const points = Float64Array.from({ length: 2 * side + 1 }, (_own, k) => (k - side) * step);
    return { step, points, weights: points.map((z) => step * normalDensity(z)) };
  });

let made: { readonly line: readonly LineGrid[]; readonly plane: readonly LineGrid[] } | undefined;

function grids(): NonNullable<typeof made> {
  made ??= { line: gridsOf(REACH, STEPS), plane: gridsOf(PLANE_REACH, PLANE_STEPS) };
  return made;
}

/** Values of a function on the grid that is fine enough for its square. */
export interface Sampled {
  readonly grid: LineGrid;
  readonly values: Float64Array;
  readonly meanSquare: number;
}

/** f(deviation · z) on the first grid over every second point of which E f² is the same; undefined where none is. */
export function sampled(f: SmoothFunction, deviation: number, widest = 1): Sampled | undefined {
  for (const grid of grids().line) {
    if (grid.step > widest) continue;
    const values = f.at(stretched(grid.points, deviation));
    const { whole: meanSquare, half } = sums(grid, values, values);
    if (!Number.isFinite(meanSquare)) return undefined;
    if (Math.abs(meanSquare - half) > NEAR * meanSquare) continue;
    const [first, last] = [0, values.length - 1].map((k) => entry(values, k) ** 2 * entry(grid.weights, k));
    return Number(first) + Number(last) > ENDS * meanSquare ? undefined : { grid, values, meanSquare };
  }
  return undefined;
}

/** E f(u), undefined where the rule does not find it. */
export function meanOnLine(f: SmoothFunction, variance: number): number | undefined {
  const found = sampled(f, Math.sqrt(variance));
  if (found === undefined) return undefined;
  const { grid, values, meanSquare } = found;
  const { whole, half } = sums(grid, values, ones(grid));
  return Math.abs(whole - half) <= NEAR * Math.sqrt(meanSquare) ? rounded(whole, Math.sqrt(meanSquare)) : undefined;
}

/** E f(u) g(v) by Var u, Cov(u, v), Var v; undefined where the rule does not find it. */
export function meanInPlane(
  f: SmoothFunction,
  g: SmoothFunction,
  uu: number,
  uv: number,
  vv: number,
): number | undefined {
  const [s, t] = [Math.sqrt(uu), Math.sqrt(vv)];
  const [own, other] = [sampled(f, s), sampled(g, t)];
  if (own === undefined || other === undefined) return undefined;
  const size = Math.sqrt(own.meanSquare * other.meanSquare);
  const c = s * t > 0 ? Math.min(1, Math.max(-1, uv / (s * t))) : 0;
  if (1 - Math.abs(c) <= NOISE) return onDiagonal(f, g, s, Math.sign(c) * t, size);
  const rest = Math.sqrt((1 - c) * (1 + c));
  for (const { points, weights } of grids().plane) {
    const first = f.at(stretched(points, s));
    let [whole, quarter] = [0, 0];
    for (let i = 0; i < points.length; i++) {
      const shift = c * entry(points, i);
      const values = g.at(points.map((z) => t * (shift + rest * z)));
      let [line, half] = [0, 0];
      for (let k = 0; k < values.length; k++) {
        const part = (values[k] as number) * (weights[k] as number); // in range
        line += part;
        if (k % 2 === 0) half += part;
      }
      const weight = entry(first, i) * entry(weights, i);
      whole += weight * line;
      if (i % 2 === 0) quarter += weight * half;
    }
    if (Math.abs(whole - 4 * quarter) <= NEAR * size) return rounded(whole, size);
  }
  return undefined;
}

/** E f(s z) g(t z). */
function onDiagonal(f: SmoothFunction, g: SmoothFunction, s: number, t: number, size: number): number | undefined {
  for (const grid of grids().line) {
    const [a, b] = [f.at(stretched(grid.points, s)), g.at(stretched(grid.points, t))];
    const { whole, half } = sums(grid, a, b);
    if (Math.abs(whole - half) <= NEAR * size) return rounded(whole, size);
  }
  return undefined;
}

/** Means of odd functions are 0, not rounding. */
function rounded(value: number, size: number): number {
  return Math.abs(value) <= Number.EPSILON * size ? 0 : value;
}

function stretched(points: Float64Array, deviation: number): Float64Array {
  const values = new Float64Array(points.length);
  for (let k = 0; k < points.length; k++) values[k] = deviation * (points[k] as number); // in range
  return values;
}

/** Σ weights · a · b over a grid, and over every second point, the one in the middle among them. */
function sums(
  { weights }: LineGrid,
  a: Float64Array,
  b: Float64Array,
): { readonly whole: number; readonly half: number } {
  const last = weights.length - 1;
  const share = (k: number): number => (weights[k] as number) * (a[k] as number) * (b[k] as number); // in range
  let [even, odd] = [share(last / 2), 0];
  // From both ends on, so that what is odd cancels to the bit.
  for (let k = 0; 2 * k < last; k += 2) {
    even += share(k) + share(last - k);
    odd += share(k + 1) + share(last - k - 1);
  }
  return { whole: even + odd, half: 2 * even };
}
