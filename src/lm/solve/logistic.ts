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

import {
  entry,
  type Matrix,
  matrix,
  multiply,
  singularDecomposition,
  solvePositiveDefinite,
} from '../../numeric/index.ts';
import { unaryFunctions } from '../../program/index.ts';

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

/** Newton steps; some ten are usual, and separable classes without a penalty take one for each e-fold of the loss. */
const MOST_STEPS = 1000;

/** Steps in a row that gain nothing but rounding and are not small either. */
const MOST_IDLE = 3;

/** A last step moves scores by less than this share of their size: convergence is quadratic, so it leaves about 1e-12. */
const LAST_STEP = 1e-6;

/** Sufficient decrease of a step (Armijo), as a share of what its slope promises. */
const DECREASE = 1e-4;

/** Rounding of the objective, a sum of positive terms, relative to its value and to the size of scores. */
const ROUNDING = 1e-14;

/** Prepares the fits of `classes` (0 or 1, both present) by the rows of `features` [examples, features]. */
export function logisticProblem(features: Matrix, classes: readonly number[], intercept = false): LogisticProblem {
  const axes = principalAxes(features, intercept);
  const signs = Float64Array.from(classes, (label) => (label === 1 ? 1 : -1));
  return {
    fit(strength, near) {
      const start = near === undefined ? new Float64Array(axes.basis.columns) : pointOf(axes, near);
      const penalties = start.map((_, k) => (k < axes.count ? 1 / (strength * entry(axes.stretches, k) ** 2) : 0));
      return fitOf(axes, minimize({ basis: axes.basis, signs, penalties }, start));
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

/** Minimize ½ Σ penalty z² + Σ_i log(1 + exp(−s_i f_i)) with f = basis z: the objective above over its strength. */
interface Objective {
  readonly basis: Matrix;
  readonly signs: Float64Array;
  readonly penalties: Float64Array;
}

/**
 * Newton's method with step halving.
 *
 * Where equal features have both labels and the rest is hardly penalized, weights W of examples range over more than f64
 * holds. Then the minimum is found to rounding of the objective, not of the scores: a long step that gains no more than
 * that is the noise of a flat direction, and the end.
 */
function minimize(objective: Objective, start: Float64Array): Float64Array {
  const { basis, signs, penalties } = objective;
  let point = start;
  if (point.length === 0) return point; // No feature is more than rounding: all scores are 0.
  let scores = times(basis, point);
  let value = valueAt(signs, penalties, point, scores);
  for (let [step, idle] = [0, 0]; step < MOST_STEPS && idle < MOST_IDLE; step++) {
    const { gradient, hessian } = derivatives(objective, point, scores);
    const direction = solvePositiveDefinite(hessian, matrix(gradient.length, 1, gradient)).data;
    const change = largest(times(basis, direction));
    if (change <= LAST_STEP * (1 + largest(scores))) return moved(point, direction, 1);
    const slope = dot(gradient, direction);
    let length = 1;
    let next = stepOf(objective, point, direction, length);
    while (next.value > value * (1 + ROUNDING) - DECREASE * length * slope) {
      length /= 2;
      if (length < Number.EPSILON) return point; // Nothing is left to gain in this precision.
      next = stepOf(objective, point, direction, length);
    }
    const gains = value - next.value > ROUNDING * value * (1 + largest(next.scores));
    if (!gains && length * change > 1) return point;
    idle = gains ? 0 : idle + 1;
    ({ point, scores, value } = next);
  }
  return point;
}

function stepOf({ basis, signs, penalties }: Objective, from: Float64Array, direction: Float64Array, length: number) {
  const point = moved(from, direction, length);
  const scores = times(basis, point);
  return { point, scores, value: valueAt(signs, penalties, point, scores) };
}

function valueAt(signs: Float64Array, penalties: Float64Array, point: Float64Array, scores: Float64Array): number {
  const loss = scores.reduce((sum, score, i) => sum + softplus(-entry(signs, i) * score), 0);
  return point.reduce((sum, value, k) => sum + (entry(penalties, k) * value * value) / 2, loss);
}

function derivatives({ basis, signs, penalties }: Objective, point: Float64Array, scores: Float64Array) {
  const size = basis.columns;
  const gradient = point.map((value, k) => entry(penalties, k) * value);
  const hessian = new Float64Array(size * size);
  scores.forEach((score, i) => {
    const wrong = sigmoid(-entry(signs, i) * score);
    const weight = wrong * sigmoid(entry(signs, i) * score);
    const row = basis.data.subarray(i * size, (i + 1) * size);
    for (let k = 0; k < size; k++) {
      gradient[k] = entry(gradient, k) - entry(signs, i) * wrong * entry(row, k);
      const factor = weight * entry(row, k);
      for (let l = 0; l <= k; l++) hessian[k * size + l] = entry(hessian, k * size + l) + factor * entry(row, l);
    }
  });
  for (let k = 0; k < size; k++) {
    const diagonal = entry(hessian, k * size + k) + entry(penalties, k);
    // A hair more than rounding on the diagonal keeps the decomposition from failing; the minimum does not feel it.
    hessian[k * size + k] = diagonal * (1 + 8 * size * Number.EPSILON);
    for (let l = 0; l < k; l++) hessian[l * size + k] = entry(hessian, k * size + l);
  }
  return { gradient, hessian: matrix(size, size, hessian) };
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, k) => sum + value * entry(b, k), 0);

const times = (basis: Matrix, point: Float64Array): Float64Array =>
  multiply(basis, matrix(point.length, 1, point)).data;

const moved = (from: Float64Array, direction: Float64Array, length: number): Float64Array =>
  from.map((value, k) => value - length * entry(direction, k));

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** 1 / (1 + e^−x), accurate at both ends. */
export const sigmoid = unaryFunctions.sigmoid.value;

/** log(1 + e^x), accurate at both ends. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}
