/**
 * Gaussian means of functions of two or three variables with kinks: one-dimensional adaptive integrals inside one
 * another, cut so that every panel at every level sees a smooth function.
 */

import { at, entry, normalDensity } from '../numeric/index.ts';
import { curveCuts } from './curveCuts.ts';
import { type Cuts, cutsByLevel, edgesOf, planeCuts } from './cuts.ts';
import type { Integrand } from './integrand.ts';
import { type Estimate, integrate } from './panels.ts';

/** How far the integrals reach, in standard deviations. */
export const REACH = 14;
/** Ends of the first panels; few, for between cuts a function as smooth as the Gaussian needs no more. */
const GRID = [-REACH, -8, -2.7, 2.7, 8, REACH];
/** Error allowed to a panel of the innermost integral as a share of E |f|. */
const TOLERANCE = 1e-14;
/** By how much each level's tolerance exceeds that of the level inside it, whose errors it sees as noise. */
const NOISIER = 10;

/** E f(ξ) over `dimension` standard Gaussian coordinates; `magnitude` is E |f| to a few digits. */
export function nestedMean(f: Integrand, dimension: number, { planes, curves }: Cuts, magnitude: number): Estimate {
  const levels = cutsByLevel(planes, dimension);
  const point = new Float64Array(dimension);
  const last = dimension - 1;
  let lost = 0;
  const over = (level: number, density: number): Estimate => {
    const slice = (xs: Float64Array, values: Float64Array): void => {
      if (level === last) f(point, xs, values);
      for (let k = 0; k < xs.length; k++) {
        const x = entry(xs, k);
        const weight = normalDensity(x);
        if (level < last) {
          point[level] = x;
          const inner = over(level + 1, density * weight);
          lost = Math.max(lost, inner.error * density * weight);
          values[k] = inner.value;
        }
        values[k] = weight * entry(values, k);
      }
    };
    const cuts = planeCuts(at(levels, level), level, point);
    if (level === last) for (const curve of curves) cuts.push(...curveCuts(curve, point, REACH));
    return integrate(slice, edgesOf(cuts, GRID), (TOLERANCE * NOISIER ** (last - level) * magnitude) / density);
  };
  const { value, error } = over(0, 1);
  return { value, error: error + lost, magnitude };
}
