/**
 * Logistic regression of two classes on the rows of a kernel as features (lm.md, solvers): what LM-Kernel-FT does with
 * scikit-learn's `LogisticRegressionCV`, here solved to rounding.
 *
 * Notation: x_i the features of example i, s_i = ±1 its class (+1 the second), f_i = w·x_i + b its score. The fit
 * minimizes ½ |w|² + strength · Σ_i log(1 + exp(−s_i f_i)); the intercept b is free, or left out. Out is the default: a
 * kernel predictor has none, and the peer's stays at 10⁻⁶ or less, for beside features of 10⁴ its gradient is within
 * the tolerance of its optimizer from the start.
 *
 * Kernel entries are squared norms of gradients, 10⁴ and more, so that w is often hardly penalized at all and its
 * Hessian has condition numbers beyond f64. Newton's method therefore works in other coordinates: with the features
 * X = U diag(stretch) Vᵀ (centered before, if there is an intercept) and w = V diag(stretch)⁻¹ v, scores are f = U v,
 * columns of U are orthonormal, and the penalty is ½ Σ (v / stretch)²: all the bad scaling is in one diagonal, which a
 * Cholesky decomposition does not mind.
 */

import { entry, type Matrix, matrix, multiply, singularDecomposition } from '../../numeric/index.ts';
import { unaryFunctions } from '../../program/index.ts';
import { evened } from './kernelSystem.ts';
import { minimize, type ScoreLoss } from './newton.ts';

/** w and b of a fit. */
export interface LogisticFit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** The fits of one set of examples. */
export interface LogisticProblem {
  /** The fit of a strength; starting near it saves steps and changes nothing else. */
  fit(strength: number, near?: LogisticFit): LogisticFit;
}

/** Prepares the fits of `classes` (0 or 1, both present) by the rows of `features` [examples, features]. */
export function logisticProblem(features: Matrix, classes: readonly number[], intercept = false): LogisticProblem {
  const axes = principalAxes(evened(features), intercept);
  const signs = Float64Array.from(classes, (label) => (label === 1 ? 1 : -1));
  return {
    fit(strength, near) {
      const start = near === undefined ? new Float64Array(axes.basis.columns) : pointOf(axes, near);
      const penalties = start.map((_, k) => (k < axes.count ? 1 / (strength * entry(axes.stretches, k) ** 2) : 0));
      return fitOf(axes, minimize({ basis: axes.basis, penalties, loss: twoClassLoss(signs) }, start));
    },
  };
}

/** Σ_k w_k x_k + b for each row of features. */
export function logisticScores(features: Matrix, { coefficients, intercept }: LogisticFit): Float64Array {
  return multiply(features, matrix(coefficients.length, 1, coefficients)).data.map((value) => value + intercept);
}

interface Axes {
  /** Directions that are not rounding noise. */
  readonly count: number;
  /** U, and with an intercept a last column of ones, [examples, count or count + 1]. */
  readonly basis: Matrix;
  readonly stretches: Float64Array;
  /** V, [features, count]. */
  readonly directions: Matrix;
  /** What centering took out; zeros without an intercept. */
  readonly mean: Float64Array;
}

function principalAxes(features: Matrix, intercept: boolean): Axes {
  const { rows, columns, data } = features;
  const mean = new Float64Array(columns);
  if (intercept) {
    data.forEach((value, k) => {
      mean[k % columns] = entry(mean, k % columns) + value / rows;
    });
  }
  const centered = data.map((value, k) => value - entry(mean, k % columns));
  const { left, values, right } = singularDecomposition(matrix(rows, columns, centered));
  // The cutoff of least squares, but against the features before the mean was taken out: that left its rounding.
  const size = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
  const cutoff = Math.max(rows, columns) * Number.EPSILON * size;
  const small = values.findIndex((value) => value <= cutoff);
  const count = small < 0 ? values.length : small;
  const basis = firstColumns(left, count, intercept ? 1 : 0);
  return { count, basis, stretches: values.subarray(0, count), directions: firstColumns(right, count, 0), mean };
}

/** w and b of a point (v, shift), shift the score where all features are at their means. */
function fitOf({ count, stretches, directions, mean, basis }: Axes, point: Float64Array): LogisticFit {
  const stretched = point.subarray(0, count).map((value, k) => value / entry(stretches, k));
  const coefficients = multiply(directions, matrix(count, 1, stretched)).data;
  return { coefficients, intercept: basis.columns > count ? entry(point, count) - dot(coefficients, mean) : 0 };
}

function pointOf({ count, stretches, directions, mean, basis }: Axes, fit: LogisticFit): Float64Array {
  const point = new Float64Array(basis.columns).fill(fit.intercept + dot(fit.coefficients, mean));
  point.set(multiply(matrix(1, fit.coefficients.length, fit.coefficients), directions).data);
  for (let k = 0; k < count; k++) point[k] = entry(point, k) * entry(stretches, k);
  return point;
}

/** The first columns of a matrix, followed by columns of ones. */
function firstColumns(a: Matrix, count: number, ones: number): Matrix {
  const data = new Float64Array(a.rows * (count + ones)).fill(1);
  for (let row = 0; row < a.rows; row++) {
    const start = row * a.columns;
    data.set(a.data.subarray(start, start + count), row * (count + ones));
  }
  return matrix(a.rows, count + ones, data);
}

/** Σ_i log(1 + exp(−s_i f_i)), one score for each example. */
function twoClassLoss(signs: Float64Array): ScoreLoss {
  return {
    value: (scores) => scores.reduce((sum, score, i) => sum + softplus(-entry(signs, i) * score), 0),
    slopes: (scores) => scores.map((score, i) => -entry(signs, i) * sigmoid(-entry(signs, i) * score)),
    addCurvature(basis, scores, hessian) {
      const weights = scores.map((score) => sigmoid(-score) * sigmoid(score));
      addWeightedSquares(basis, weights, hessian);
    },
  };
}

/** Rows that are added together, so that sums are read and written as many times less often. */
const TOGETHER = 4;

/** Adds Σ_i weight_i row_i row_iᵀ to the lower triangle of a square matrix. */
function addWeightedSquares({ rows, columns: size, data }: Matrix, weights: Float64Array, sums: Float64Array): void {
  const none = new Float64Array(size);
  for (let first = 0; first < rows; first += TOGETHER) {
    const rowOf = (k: number): Float64Array => (k < rows ? data.subarray(k * size, (k + 1) * size) : none);
    const weightOf = (k: number): number => (k < rows ? entry(weights, k) : 0);
    const [a, b, c, d] = [rowOf(first), rowOf(first + 1), rowOf(first + 2), rowOf(first + 3)];
    for (let k = 0; k < size; k++) {
      const wa = weightOf(first) * entry(a, k);
      const wb = weightOf(first + 1) * entry(b, k);
      const wc = weightOf(first + 2) * entry(c, k);
      const wd = weightOf(first + 3) * entry(d, k);
      const start = k * size;
      for (let l = 0; l <= k; l++) {
        const added = wa * entry(a, l) + wb * entry(b, l) + wc * entry(c, l) + wd * entry(d, l);
        sums[start + l] = entry(sums, start + l) + added;
      }
    }
  }
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, k) => sum + value * entry(b, k), 0);

/** 1 / (1 + e^−x), accurate at both ends. */
export const sigmoid = unaryFunctions.sigmoid.value;

/** log(1 + e^x), accurate at both ends. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}
