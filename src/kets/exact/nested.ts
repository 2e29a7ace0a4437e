/**
 * Gaussian means of functions with kinks on planes: one-dimensional adaptive integrals inside one another.
 *
 * The innermost integral is cut where its line meets a plane. What it gives is smooth in the other coordinates but where
 * two of those cuts cross or a plane runs along the line; these sets are again planes, of one dimension less, and so on
 * outward. So every panel at every level sees a smooth function.
 */

import { at, entry, normalDensity } from '../../numeric/index.ts';
import { curveCuts } from './curveCuts.ts';
import type { Integrand } from './integrand.ts';
import { type Estimate, firstMagnitude, integrate } from './panels.ts';

/** normal · ξ + offset = 0: a kink, or, if `sharp`, the middle of a layer of unknown width where the value changes fast. */
export interface Plane {
  readonly normal: Float64Array;
  readonly offset: number;
  readonly sharp: boolean;
}

/** Where a function is not smooth: on planes, and on the zeros of other functions. */
export interface Cuts {
  readonly planes: readonly Plane[];
  readonly curves: readonly Integrand[];
}

/** How far the integrals reach, in standard deviations: with one variable there is time for all that f64 can tell from 0. */
export const REACH = 14;
export const LINE_REACH = 37;
/** Ends of the first panels. */
const GRID = [-REACH, -8, -4.8, -1.6, 1.6, 4.8, 8, REACH];
const LINE_GRID = [-LINE_REACH, -20, -14, -10, -7, -4.5, -2.2, 2.2, 4.5, 7, 10, 14, 20, LINE_REACH];
/** Ends of panels around the middle of a layer: one that is narrow and lies at the end of a wide panel would not be seen. */
const LAYER = [-8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8].map(
  (k) => (Math.sign(k) * 3) / 10 ** Math.abs(k),
);
/** Error allowed to a panel of the innermost integral as a share of the mean of |f|. */
const TOLERANCE = 3e-15;
/** By how much each level's tolerance exceeds that of the level inside it, whose errors it sees as noise. */
const NOISIER = 10;
/** What is smaller than this share of a plane's normal is rounding. */
const PARALLEL = 1e-14;
/** Cuts nearer than this are one. */
const SAME = 1e-13;

/** E f(ξ) over `dimension` standard Gaussian coordinates; `magnitude` is E |f| to a few digits, if known. */
export function nestedMean(f: Integrand, dimension: number, { planes, curves }: Cuts, magnitude?: number): Estimate {
  const levels = cutsByLevel(planes, dimension);
  const point = new Float64Array(dimension);
  const last = dimension - 1;
  let lost = 0;
  const over = (level: number, density: number, size: number): Estimate => {
    const slice = (xs: Float64Array, values: Float64Array): void => {
      if (level === last) f(point, xs, values);
      for (let k = 0; k < xs.length; k++) {
        const x = entry(xs, k);
        const weight = normalDensity(x);
        if (level < last) {
          point[level] = x;
          const inner = over(level + 1, density * weight, size);
          lost = Math.max(lost, inner.error * density * weight);
          values[k] = inner.value;
        }
        values[k] = weight * entry(values, k);
      }
    };
    const reach = dimension === 1 ? LINE_REACH : REACH;
    const cuts = planeCuts(at(levels, level), level, point);
    if (level === last) for (const curve of curves) cuts.push(...curveCuts(curve, point, reach));
    const edges = edgesOf(cuts, dimension === 1 ? LINE_GRID : GRID);
    const seen = Number.isNaN(size) ? firstMagnitude(slice, edges) : size;
    return integrate(slice, edges, (TOLERANCE * NOISIER ** (last - level) * seen) / density);
  };
  const outer = over(0, 1, magnitude ?? Number.NaN);
  return { ...outer, error: outer.error + lost };
}

/** Where the line through `point` along coordinate `level` meets planes. */
function planeCuts(planes: readonly Plane[], level: number, point: Float64Array): number[] {
  return planes.flatMap(({ normal, offset, sharp }) => {
    let rest = offset;
    for (let k = 0; k < level; k++) rest += entry(normal, k) * entry(point, k);
    const cut = -rest / entry(normal, level);
    return sharp ? [cut, ...LAYER.map((distance) => cut + distance)] : [cut];
  });
}

/** Cuts within the grid and the grid between them, in order. */
function edgesOf(all: readonly number[], grid: readonly number[]): number[] {
  const [low, high] = [grid[0] ?? 0, grid[grid.length - 1] ?? 0];
  const cuts = all.filter((cut) => cut > low && cut < high);
  // Grid points next to a cut would make panels that nothing needs.
  const free = grid.filter((x) => x === low || x === high || cuts.every((cut) => Math.abs(cut - x) > 0.8));
  const edges = [...free, ...cuts].sort((a, b) => a - b);
  return edges.filter((x, k) => k === 0 || x - (edges[k - 1] ?? 0) > SAME);
}

/** Planes that cut lines along coordinate k, as planes in coordinates 0 … k, for every k. */
function cutsByLevel(planes: readonly Plane[], dimension: number): Plane[][] {
  const levels: Plane[][] = [];
  let current = distinct(planes);
  for (let level = dimension - 1; level >= 0; level--) {
    const cutting = current.filter(({ normal }) => Math.abs(entry(normal, level)) > PARALLEL);
    levels[level] = cutting;
    const outer = current.filter(({ normal }) => Math.abs(entry(normal, level)) <= PARALLEL);
    cutting.forEach((p, k) => {
      for (const q of cutting.slice(k + 1)) outer.push(crossing(p, q, level));
    });
    current = distinct(outer.map((plane) => ({ ...plane, normal: plane.normal.subarray(0, level) })));
  }
  return levels;
}

/** Where two planes cut the line along a coordinate in the same point. */
function crossing(p: Plane, q: Plane, level: number): Plane {
  const [a, b] = [entry(q.normal, level), -entry(p.normal, level)];
  return {
    normal: p.normal.map((x, k) => a * x + b * entry(q.normal, k)),
    offset: a * p.offset + b * q.offset,
    sharp: p.sharp || q.sharp,
  };
}

/** Planes scaled to a unit normal of fixed sign, each once, without those that are no planes. */
function distinct(planes: readonly Plane[]): Plane[] {
  const kept: Plane[] = [];
  for (const { normal, offset, sharp } of planes) {
    const largest = normal.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
    if (Math.abs(largest) <= PARALLEL) continue;
    const plane = { normal: normal.map((x) => x / largest), offset: offset / largest, sharp };
    if (!kept.some((other) => samePlane(plane, other))) kept.push(plane);
  }
  return kept;
}

function samePlane(a: Plane, b: Plane): boolean {
  return (
    a.sharp === b.sharp &&
    Math.abs(a.offset - b.offset) <= SAME &&
    a.normal.every((x, k) => Math.abs(x - entry(b.normal, k)) <= SAME)
  );
}
