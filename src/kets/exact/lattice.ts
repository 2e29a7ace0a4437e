/**
 * Gaussian means of smooth functions of a few variables by the trapezoidal rule on ever finer lattices.
 *
 * For a function that is analytic within ±ia of the real space, the rule with spacing h is wrong by about e^(-2πa/h)
 * (Trefethen and Weideman, SIAM Review 56, 2014): no rule made for polynomials, Gauss–Hermite included, does as well on
 * tanh, erf or a quotient, whose series end at a finite radius.
 */

import { entry } from '../../numeric/index.ts';
import type { Integrand } from './integrand.ts';
import { growsTooFast } from './notClosed.ts';
import type { Estimate } from './panels.ts';

const FIRST_SPACING = 0.6;
const SHRINK = 0.75;
/** Errors e of one spacing are e^(1/0.75) at the next: agreement to 1e-11 of the magnitude leaves about 2e-15. */
const AGREEMENT = 1e-11;
const CONVERGED = 1e-14;
/** Points lie in a ball that grows until its outermost shell holds no more than this share of the magnitude. */
const NEGLIGIBLE = 5e-13;
const SHELL = 0.5;
const FIRST_RADIUS = 8.8;
const LARGEST_RADIUS = 20;
/** Offsets by axis in units of the spacing, times the level: generic, so that no two lattices agree by symmetry. */
const OFFSETS = [0.1, 0.37, 0.73, 0.54];

interface LatticeSum {
  value: number;
  magnitude: number;
  shell: number;
}

/** E f(ξ), ξ standard Gaussian, within about `points` evaluations; the error tells whether it converged. */
export function latticeMean(f: Integrand, dimension: number, points: number): Estimate {
  let [radius, spacing, left] = [FIRST_RADIUS, FIRST_SPACING, points];
  let before: LatticeSum | undefined;
  for (let level = 1; ; level++) {
    left -= ballVolume(dimension) * (radius / spacing) ** dimension;
    if (left < 0 && before !== undefined) {
      return { value: before.value, error: before.magnitude, magnitude: before.magnitude };
    }
    const sum = latticeSum(f, dimension, spacing, radius, level);
    if (sum.shell > NEGLIGIBLE * sum.magnitude) {
      if (radius >= LARGEST_RADIUS) throw growsTooFast(dimension);
      radius += SHELL;
      continue;
    }
    if (before !== undefined && Math.abs(sum.value - before.value) <= AGREEMENT * sum.magnitude) {
      return { value: sum.value, error: CONVERGED * sum.magnitude, magnitude: sum.magnitude };
    }
    before = sum;
    spacing *= SHRINK;
  }
}

/** E |f(ξ)| over a ball to a few digits; throws Unclosed where much of it lies at the ball's edge. */
export function roughMagnitude(f: Integrand, dimension: number, radius: number): number {
  const { magnitude, shell } = latticeSum(f, dimension, FIRST_SPACING, radius, 1);
  if (shell > NEGLIGIBLE * magnitude) throw growsTooFast(dimension);
  return magnitude;
}

function latticeSum(f: Integrand, dimension: number, spacing: number, radius: number, level: number): LatticeSum {
  const point = new Float64Array(dimension);
  const factor = spacing / Math.sqrt(2 * Math.PI);
  const inner = (radius - SHELL) ** 2;
  const sum: LatticeSum = { value: 0, magnitude: 0, shell: 0 };
  const axes = Array.from({ length: dimension }, (_, axis) => {
    const offset = ((OFFSETS[axis % OFFSETS.length] ?? 0) * level) % 1;
    const first = Math.ceil(-radius / spacing - offset);
    const count = Math.floor(radius / spacing - offset) - first + 1;
    const xs = Float64Array.from({ length: count }, (_, k) => (first + k + offset) * spacing);
    return { xs, weights: xs.map((x) => factor * Math.exp(-0.5 * x * x)) };
  });
  const values = new Float64Array(Math.ceil((2 * radius) / spacing) + 1);
  const visit = (axis: number, weight: number, square: number): void => {
    const { xs, weights } = axes[axis] ?? { xs: values, weights: values };
    let [low, high] = [0, xs.length];
    while (low < high && entry(xs, low) ** 2 > radius * radius - square) low++;
    while (high > low && entry(xs, high - 1) ** 2 > radius * radius - square) high--;
    if (axis < dimension - 1) {
      for (let k = low; k < high; k++) {
        const x = entry(xs, k);
        point[axis] = x;
        visit(axis + 1, weight * entry(weights, k), square + x * x);
      }
      return;
    }
    f(point, xs.subarray(low, high), values);
    for (let k = low; k < high; k++) {
      const value = weight * entry(weights, k) * entry(values, k - low);
      sum.value += value;
      sum.magnitude += Math.abs(value);
      if (square + entry(xs, k) ** 2 > inner) sum.shell += Math.abs(value);
    }
  };
  visit(0, 1, 0);
  return sum;
}

/** V_d = V_(d−2) · 2π/d. */
function ballVolume(dimension: number): number {
  return dimension === 0 ? 1 : dimension === 1 ? 2 : (ballVolume(dimension - 2) * 2 * Math.PI) / dimension;
}
