/**
 * Newton's method with step halving for regressions on orthonormal features (logistic.ts says why those):
 *
 *   minimize ½ Σ penalty z² + loss(basis z).
 *
 * Where equal features have both labels and the rest is hardly penalized, weights of examples range over more than f64
 * holds. Then the minimum is found to rounding of the objective, not of the scores: a long step that gains no more than
 * that is the noise of a flat direction, and the end.
 */

import { entry, type Matrix, matrix, multiply, solvePositiveDefinite } from '../../numeric/index.ts';

/** A convex, smooth loss of scores, a sum of positive terms. */
export interface ScoreLoss {
  value(scores: Float64Array): number;
  /** The derivative by each score. */
  slopes(scores: Float64Array): Float64Array;
  /** Adds basisᵀ W basis, W the second derivatives, to the lower triangle of a square matrix. */
  addCurvature(basis: Matrix, scores: Float64Array, hessian: Float64Array): void;
}

export interface PenalizedLoss {
  readonly basis: Matrix;
  readonly penalties: Float64Array;
  readonly loss: ScoreLoss;
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

/** The minimum, searched for from `start`. */
export function minimize(objective: PenalizedLoss, start: Float64Array): Float64Array {
  const { basis } = objective;
  let point = start;
  if (point.length === 0) return point; // No feature is more than rounding: all scores are 0.
  let scores = times(basis, point);
  let value = valueAt(objective, point, scores);
  for (let [step, idle] = [0, 0]; step < MOST_STEPS && idle < MOST_IDLE; step++) {
    const { gradient, hessian } = derivatives(objective, point, scores);
    const direction = solvePositiveDefinite(hessian, matrix(gradient.length, 1, gradient)).data;
    const change = largest(times(basis, direction));
    if (change <= LAST_STEP * (1 + largest(scores))) return moved(point, direction, 1);
    const slope = gradient.reduce((sum, part, k) => sum + part * entry(direction, k), 0);
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

function stepOf(objective: PenalizedLoss, from: Float64Array, direction: Float64Array, length: number) {
  const point = moved(from, direction, length);
  const scores = times(objective.basis, point);
  return { point, scores, value: valueAt(objective, point, scores) };
}

function valueAt({ penalties, loss }: PenalizedLoss, point: Float64Array, scores: Float64Array): number {
  return point.reduce((sum, value, k) => sum + (entry(penalties, k) * value * value) / 2, loss.value(scores));
}

function derivatives({ basis, penalties, loss }: PenalizedLoss, point: Float64Array, scores: Float64Array) {
  const size = basis.columns;
  const gradient = point.map((value, k) => entry(penalties, k) * value);
  loss.slopes(scores).forEach((slope, i) => {
    for (let k = 0; k < size; k++) gradient[k] = entry(gradient, k) + slope * entry(basis.data, i * size + k);
  });
  const hessian = new Float64Array(size * size);
  loss.addCurvature(basis, scores, hessian);
  for (let k = 0; k < size; k++) {
    const diagonal = entry(hessian, k * size + k) + entry(penalties, k);
    // A hair more than rounding on the diagonal keeps the decomposition from failing; the minimum does not feel it.
    hessian[k * size + k] = diagonal * (1 + 8 * size * Number.EPSILON);
    for (let l = 0; l < k; l++) hessian[l * size + k] = entry(hessian, k * size + l);
  }
  return { gradient, hessian: matrix(size, size, hessian) };
}

const times = (basis: Matrix, point: Float64Array): Float64Array =>
  multiply(basis, matrix(point.length, 1, point)).data;

const moved = (from: Float64Array, direction: Float64Array, length: number): Float64Array =>
  from.map((value, k) => value - length * entry(direction, k));

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
