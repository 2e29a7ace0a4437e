/**
 * Gaussian means of smooth functions of a few variables by the trapezoidal rule on ever finer lattices.
 *
 * For a function that is analytic within ±ia of the real space, the rule with spacing h is wrong by about e^(-2πa/h)
 * (Trefethen and Weideman, SIAM Review 56, 2014): no rule made for polynomials, Gauss–Hermite included, does as well on
 * tanh, erf or a quotient, whose series end at a finite radius.
 */

import { at, entry } from '../numeric/index.ts';
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

/** A ball in which all but a negligible part of E |f| lies. */
export interface Ball {
  readonly radius: number;
  /** E |f| to a few digits. */
  readonly magnitude: number;
}

/** The smallest ball that will do; throws Unclosed for a function that grows too fast for any. */
export function ballOf(f: Integrand, dimension: number, largest: number = LARGEST_RADIUS): Ball {
  const point = new Float64Array(dimension);
  for (let radius = FIRST_RADIUS; ; radius = Math.min(radius * 1.1, largest)) {
    const { magnitude, shell } = new Lattice(dimension, 0, { spacing: FIRST_SPACING, radius, level: 1 }).sum(f, point);
    if (shell <= NEGLIGIBLE * magnitude) return { radius, magnitude };
    if (radius === largest) throw growsTooFast(dimension);
  }
}

/** E f(ξ) over a ball within about `points` evaluations; the error tells whether it converged. */
export function latticeMean(f: Integrand, dimension: number, { radius, magnitude }: Ball, points: number): Estimate {
  let left = points;
  return refined(magnitude, (spacing, level) => {
    left -= ballVolume(dimension) * (radius / spacing) ** dimension;
    if (left < 0) return undefined;
    const { value } = new Lattice(dimension, 0, { spacing, radius, level }).sum(f, new Float64Array(dimension));
    return { value, error: 0 };
  });
}

/** The values of ever finer lattices until two agree, or until there is none. */
export function refined(
  magnitude: number,
  compute: (spacing: number, level: number) => { readonly value: number; readonly error: number } | undefined,
): Estimate {
  let before: number | undefined;
  for (let [spacing, level] = [FIRST_SPACING, 1]; ; spacing *= SHRINK, level++) {
    const sum = compute(spacing, level);
    if (sum === undefined) return { value: before ?? 0, error: magnitude, magnitude };
    if (before !== undefined && Math.abs(sum.value - before) <= AGREEMENT * magnitude) {
      return { value: sum.value, error: sum.error + CONVERGED * magnitude, magnitude };
    }
    before = sum.value;
  }
}

/** Which lattice: its spacing, the radius of the ball, and what tells it from others of the same spacing. */
export interface LatticeOptions {
  readonly spacing: number;
  readonly radius: number;
  readonly level: number;
}

interface LatticeSum {
  value: number;
  magnitude: number;
  shell: number;
}

/** Points in the coordinates from `first` on. */
export class Lattice {
  readonly #radius: number;
  readonly #axes: readonly { readonly xs: Float64Array; readonly weights: Float64Array }[];
  readonly #values: Float64Array;

  constructor(dimension: number, first: number, { spacing, radius, level }: LatticeOptions) {
    const factor = spacing / Math.sqrt(2 * Math.PI);
    this.#radius = radius;
    this.#values = new Float64Array(Math.ceil((2 * radius) / spacing) + 1);
    this.#axes = Array.from({ length: dimension }, (_, axis) => {
      if (axis < first) return { xs: new Float64Array(0), weights: new Float64Array(0) };
      const offset = (at(OFFSETS, axis % OFFSETS.length) * level) % 1;
      const low = Math.ceil(-radius / spacing - offset);
      const count = Math.floor(radius / spacing - offset) - low + 1;
      const xs = Float64Array.from({ length: count }, (_, k) => (low + k + offset) * spacing);
      return { xs, weights: xs.map((x) => factor * Math.exp(-0.5 * x * x)) };
    });
  }

  /** The rule over the lattice's coordinates; the others are those of `point`. */
  sum(f: Integrand, point: Float64Array, first = 0): LatticeSum {
    const sum: LatticeSum = { value: 0, magnitude: 0, shell: 0 };
    const square = this.#radius * this.#radius;
    const inner = (this.#radius - SHELL) ** 2;
    const last = this.#axes.length - 1;
    const visit = (axis: number, weight: number, outer: number): void => {
      const { xs, weights } = at(this.#axes, axis);
      let [low, high] = [0, xs.length];
      while (low < high && entry(xs, low) ** 2 > square - outer) low++;
      while (high > low && entry(xs, high - 1) ** 2 > square - outer) high--;
      if (axis < last) {
        for (let k = low; k < high; k++) {
          const x = entry(xs, k);
          point[axis] = x;
          visit(axis + 1, weight * entry(weights, k), outer + x * x);
        }
        return;
      }
      f(point, xs.subarray(low, high), this.#values);
      for (let k = low; k < high; k++) {
        const value = weight * entry(weights, k) * entry(this.#values, k - low);
        sum.value += value;
        sum.magnitude += Math.abs(value);
        if (outer + entry(xs, k) ** 2 > inner) sum.shell += Math.abs(value);
      }
    };
    visit(first, 1, 0);
    return sum;
  }
}

/** V_d = V_(d−2) · 2π/d. */
function ballVolume(dimension: number): number {
  return dimension === 0 ? 1 : dimension === 1 ? 2 : (ballVolume(dimension - 2) * 2 * Math.PI) / dimension;
}
