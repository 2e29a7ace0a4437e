/**
 * Where functions of a few coordinates are not smooth, as the lines of a nested integral meet it.
 *
 * Planes cut the innermost lines. What the innermost integral gives is smooth in the other coordinates but where two of
 * those cuts cross or a plane runs along the line; these sets are again planes, of one dimension less, and so on outward.
 */

import { required } from '../errors/index.ts';
import { at, entry } from '../numeric/index.ts';
import type { Integrand } from './integrand.ts';

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

/** Ends of panels around the middle of a layer: one that is narrow and lies at the end of a wide panel would not be seen. */
const LAYER = [-8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8].map(
  (k) => (Math.sign(k) * 3) / 10 ** Math.abs(k),
);
/** What is smaller than this share of a plane's normal is rounding. */
const PARALLEL = 1e-14;
/** Cuts nearer than this are one. */
const SAME = 1e-13;
/** Grid points nearer than this to a cut would make panels that nothing needs. */
const CROWDED = 0.8;

/** Where the line through `point` along coordinate `level` meets planes. */
export function planeCuts(planes: readonly Plane[], level: number, point: Float64Array): number[] {
  return planes.flatMap(({ normal, offset, sharp }) => {
    let rest = offset;
    for (let k = 0; k < level; k++) rest += entry(normal, k) * entry(point, k);
    const cut = -rest / entry(normal, level);
    return sharp ? [cut, ...LAYER.map((distance) => cut + distance)] : [cut];
  });
}

/** Cuts within the grid and the grid between them, in order. */
export function edgesOf(all: readonly number[], grid: readonly number[]): number[] {
  const [low, high] = [required(grid[0], 'start of a grid'), required(grid.at(-1), 'end of a grid')];
  const cuts = all.filter((cut) => cut > low && cut < high);
  const free = grid.filter((x) => x === low || x === high || cuts.every((cut) => Math.abs(cut - x) > CROWDED));
  const edges = [...free, ...cuts].sort((a, b) => a - b);
  return edges.filter((x, k) => k === 0 || x - at(edges, k - 1) > SAME);
}

/** Planes that cut lines along coordinate k, as planes in coordinates 0 … k, for every k. */
export function cutsByLevel(planes: readonly Plane[], dimension: number): Plane[][] {
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
