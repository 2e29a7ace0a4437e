/**
 * Gaussian means of functions with kinks across the first coordinates only: adaptive integrals over those, lattices over
 * the coordinates along which everything is smooth. One coordinate with kinks then costs as much as some two hundred
 * lattices of one dimension less.
 */

import { entry } from '../numeric/index.ts';
import type { Cuts, Plane } from './cuts.ts';
import type { Integrand } from './integrand.ts';
import { type Ball, Lattice, refined } from './lattice.ts';
import { nestedMean } from './nested.ts';
import type { Estimate } from './panels.ts';

/** How many coordinates, from the first on, planes lie across. */
export function cutCoordinates(planes: readonly Plane[]): number {
  return planes.reduce((most, { normal }) => Math.max(most, normal.findLastIndex((x) => x !== 0) + 1), 0);
}

/** E f(ξ), where `cuts` are planes across the first coordinates, fewer than all. */
export function mixedMean(f: Integrand, dimension: number, { planes }: Cuts, { radius, magnitude }: Ball): Estimate {
  const first = cutCoordinates(planes);
  const cuts = { planes: planes.map((plane) => ({ ...plane, normal: plane.normal.subarray(0, first) })), curves: [] };
  return refined(magnitude, (spacing, level) => {
    const lattice = new Lattice(dimension, first, { spacing, radius, level });
    const point = new Float64Array(dimension);
    const smoothed: Integrand = (outer, xs, values) => {
      point.set(outer);
      for (let k = 0; k < xs.length; k++) {
        point[first - 1] = entry(xs, k);
        values[k] = lattice.sum(f, point, first).value;
      }
    };
    return nestedMean(smoothed, first, cuts, magnitude);
  });
}
