/** Zeros of a function along a line. */

import { entry } from '../numeric/index.ts';
import type { Integrand } from './integrand.ts';

/** Where the signs are compared: two zeros nearer than this are missed, which costs the integral time, not accuracy. */
const SPACING = 0.35;
/** Halvings from the spacing of the grid to the last bit. */
const MOST_STEPS = 60;

/** The zeros along the last coordinate, within ±reach, at which `f` changes its sign. */
export function curveCuts(f: Integrand, point: Float64Array, reach: number): number[] {
  const grid = Float64Array.from({ length: Math.ceil((2 * reach) / SPACING) + 1 }, (_, k) => k * SPACING - reach);
  const values = new Float64Array(grid.length);
  f(point, grid, values);
  const [probe, value] = [new Float64Array(1), new Float64Array(1)];
  const at = (x: number): number => {
    probe[0] = x;
    f(point, probe, value);
    return entry(value, 0);
  };
  const cuts: number[] = [];
  for (let k = 1; k < grid.length; k++) {
    const [left, right] = [entry(values, k - 1), entry(values, k)];
    if (left < 0 !== right < 0) cuts.push(zeroBetween(at, [entry(grid, k - 1), left], [entry(grid, k), right]));
  }
  return cuts;
}

type Sample = readonly [x: number, value: number];

/** Regula falsi with the Illinois weights (Dowell and Jarratt, BIT 11, 1971), with a halving wherever it is slow. */
function zeroBetween(f: (x: number) => number, from: Sample, to: Sample): number {
  let [[low, atLow], [high, atHigh]] = [from, to];
  for (let step = 0; step < MOST_STEPS; step++) {
    const secant = (low * atHigh - high * atLow) / (atHigh - atLow);
    const middle = step % 3 === 2 || !(secant > low && secant < high) ? (low + high) / 2 : secant;
    if (middle === low || middle === high) break;
    const value = f(middle);
    if (value === 0) return middle;
    if (value < 0 === atLow < 0) {
      [low, atLow] = [middle, value];
      atHigh /= 2;
    } else {
      [high, atHigh] = [middle, value];
      atLow /= 2;
    }
    if (high - low <= 2 * Number.EPSILON * Math.abs(middle)) break;
  }
  return (low + high) / 2;
}
