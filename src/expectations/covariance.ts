/** Covariances of linear combinations of jointly Gaussian variables. */

import { type Perturbation, unperturbed } from './perturbation.ts';
import type { Linear } from './variates.ts';

/** Covariance of two variables by index. */
export type Covariance = (left: number, right: number) => number;

/**
 * What counts as rounding in a covariance relative to its own size: values come from quadrature exact to about 1e-14.
 * A variable whose variance given others is below this share counts as determined by them, and two variables of a
 * smaller correlation as independent; either changes means of smooth functions by no more than that.
 */
export const NOISE = 1e-13;

/** Covariances of linear combinations (their constants play no part), each computed once. */
export class LinearCovariances {
  readonly #of: Covariance;
  readonly #perturb: Perturbation;
  readonly #known = new Map<string, number>();

  constructor(of: Covariance, perturb: Perturbation = unperturbed) {
    this.#of = of;
    this.#perturb = perturb;
  }

  of(a: Linear, b: Linear): number {
    const [low, high] = a.id < b.id ? [a, b] : [b, a];
    const key = `${low.id},${high.id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = this.#compute(low, high);
    this.#known.set(key, value);
    return value;
  }

  #compute(a: Linear, b: Linear): number {
    let [value, size] = [0, 0];
    for (const [i, left] of a.parts) {
      for (const [j, right] of b.parts) {
        const part = left * right * this.#of(i, j);
        value += part;
        size += Math.abs(part);
      }
    }
    // A difference of equal variables is 0, not a variable of deviation 1e-8.
    if (a.id !== b.id || value > NOISE * size) return value;
    // Which of the two it is, rounding hides.
    return Math.abs(this.#perturb({ value: 0, error: value === 0 ? 0 : NOISE * size }));
  }
}
