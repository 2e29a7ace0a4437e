/** Gaussian means of functions of one variable. */

import { entry, normalDensity } from '../numeric/index.ts';
import { curveCuts } from './curveCuts.ts';
import { type Cuts, edgesOf, planeCuts } from './cuts.ts';
import type { Integrand } from './integrand.ts';
import { type Estimate, firstMagnitude, integrate } from './panels.ts';

/** All that f64 can tell from 0, in standard deviations: the mean of e^(20ξ) is found. */
export const LINE_REACH = 37;
const GRID = [-LINE_REACH, -14, -8, -2.7, 2.7, 8, 14, LINE_REACH];
/** Error allowed to a panel as a share of E |f|. */
const TOLERANCE = 1e-16;

/** E f(ξ), ξ standard Gaussian. */
export function lineMean(f: Integrand, { planes, curves }: Cuts): Estimate {
  const point = new Float64Array(1);
  const weighted = (xs: Float64Array, values: Float64Array): void => {
    f(point, xs, values);
    for (let k = 0; k < xs.length; k++) values[k] = entry(values, k) * normalDensity(entry(xs, k));
  };
  const cuts = planeCuts(planes, 0, point);
  for (const curve of curves) cuts.push(...curveCuts(curve, point, LINE_REACH));
  const edges = edgesOf(cuts, GRID);
  const magnitude = firstMagnitude(weighted, edges);
  return magnitude === 0 ? { value: 0, error: 0, magnitude } : integrate(weighted, edges, TOLERANCE * magnitude);
}
