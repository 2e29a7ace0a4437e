/** Jointly Gaussian variables as linear functions of as few independent standard ones as carry them. */

import { required } from '../errors/index.ts';
import { at, entry } from '../numeric/index.ts';
import { type LinearCovariances, NOISE } from './covariance.ts';
import type { Linear } from './variates.ts';

/** Pivots of a feature set: a preferred one is taken first while this share of its variance is still unexplained. */
const ENOUGH = 1e-4;

/**
 * Independent standard Gaussian ξ with feature_f = Σ_k row_f[k] ξ_k, by Cholesky decomposition of the features'
 * correlations with pivots, ended where what is left is noise: singular covariances lower the dimension.
 *
 * `preferred` features (those with kinks) become the first pivots where they can, so that kinks lie across the first
 * coordinates and functions are smooth along the last ones.
 */
export class Whitening {
  readonly #covariances: LinearCovariances;
  readonly #pivots: Linear[] = [];
  /** Row k: Cov(pivot k, ξ). */
  readonly #lower: Float64Array[] = [];
  readonly #projections = new Map<number, Float64Array>();

  constructor(covariances: LinearCovariances, features: readonly Linear[], preferred: ReadonlySet<Linear> = new Set()) {
    this.#covariances = covariances;
    const left = new Map(
      features.flatMap((feature) => {
        const variance = covariances.of(feature, feature);
        return variance > 0 ? [[feature, { variance, unexplained: variance }] as const] : [];
      }),
    );
    for (;;) {
      let [pivot, share] = [undefined as Linear | undefined, NOISE];
      for (const [feature, { variance, unexplained }] of left) {
        const plain = unexplained / variance;
        const rank = plain > ENOUGH && preferred.has(feature) ? plain + 1 : plain;
        if (rank > share) [pivot, share] = [feature, rank];
      }
      if (pivot === undefined) return;
      this.#take(pivot, Math.sqrt(required(left.get(pivot), 'variance of a pivot').unexplained));
      left.delete(pivot);
      for (const [feature, state] of left) {
        const row = this.#solve(feature);
        const last = entry(row, row.length - 1);
        left.set(feature, { ...state, unexplained: state.unexplained - last * last });
      }
    }
  }

  get dimension(): number {
    return this.#pivots.length;
  }

  /** Cov(form, ξ), [dimension]: the coefficients of the regression of a form on ξ. */
  project(form: Linear): Float64Array {
    const known = this.#projections.get(form.id);
    if (known !== undefined) return known;
    const projection = this.#covariances.of(form, form) === 0 ? new Float64Array(this.dimension) : this.#solve(form);
    this.#projections.set(form.id, projection);
    return projection;
  }

  /**
   * Coefficients a with Cov(features, features) a = right, given on the pivots; features that are not pivots get none,
   * for they are combinations of those that are.
   */
  solve(right: (feature: Linear) => number): (readonly [feature: Linear, coefficient: number])[] {
    const size = this.dimension;
    const solution = new Float64Array(size);
    for (let k = 0; k < size; k++) {
      let rest = right(at(this.#pivots, k));
      for (let j = 0; j < k; j++) rest -= entry(at(this.#lower, k), j) * entry(solution, j);
      solution[k] = rest / entry(at(this.#lower, k), k);
    }
    for (let k = size - 1; k >= 0; k--) {
      let rest = entry(solution, k);
      for (let j = k + 1; j < size; j++) rest -= entry(at(this.#lower, j), k) * entry(solution, j);
      solution[k] = rest / entry(at(this.#lower, k), k);
    }
    return this.#pivots.map((pivot, k) => [pivot, entry(solution, k)]);
  }

  #take(pivot: Linear, deviation: number): void {
    const row = new Float64Array(this.#pivots.length + 1);
    row.set(this.#solve(pivot));
    row[this.#pivots.length] = deviation;
    this.#pivots.push(pivot);
    this.#lower.push(row);
  }

  /** Forward substitution over the pivots so far. */
  #solve(form: Linear): Float64Array {
    const result = new Float64Array(this.#pivots.length);
    this.#pivots.forEach((pivot, k) => {
      const row = at(this.#lower, k);
      let rest = this.#covariances.of(form, pivot);
      for (let j = 0; j < k; j++) rest -= entry(row, j) * entry(result, j);
      result[k] = rest / entry(row, k);
    });
    return result;
  }
}
