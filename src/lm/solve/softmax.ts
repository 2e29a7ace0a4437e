/**
 * Softmax (multinomial logistic) regression of several classes on the rows of a kernel as features (lm.md, solvers).
 *
 * Notation: x_ic the features of class c of example i, row (i, c) of the kernel; f_ic = w·x_ic + b_c its score, with the
 * same w for all classes, as a kernel predictor has it. The fit minimizes ½ |w|² + strength · Σ_i −log softmax(f_i)_y(i).
 * Of a kernel k(i, j) times the identity of classes, features of classes do not overlap, w holds a vector for each, and
 * this is multinomial regression on the rows of k. Only differences of the scores of an example count: its features are
 * centered over classes, and Σ b_c = 0.
 */

import { required } from '../../errors/index.ts';
import { entry, type Matrix, matrix, multiply, singularDecomposition } from '../../numeric/index.ts';
import { minimize, type ScoreLoss } from './newton.ts';

/** w and b of a fit. */
export interface SoftmaxFit {
  /** [columns]. */
  readonly coefficients: Float64Array;
  /** [classes]; zeros without intercepts. */
  readonly intercepts: Float64Array;
}

/** The fits of one set of examples by strength. */
export type SoftmaxProblem = (strength: number) => SoftmaxFit;

/**
 * Prepares the fits of `classes`, whole numbers below `count`, by the rows of `features` [examples · count, columns]. As
 * in logistic.ts, Newton's method works in the principal axes of the features.
 */
export function softmaxProblem(
  features: Matrix,
  classes: readonly number[],
  count: number,
  withIntercepts = false,
): SoftmaxProblem {
  const { centered, means } = centeredOverClasses(features, count, withIntercepts);
  const { left, values, right } = singularDecomposition(centered);
  const length = Math.sqrt(features.data.reduce((sum, value) => sum + value * value, 0));
  const cutoff = Math.max(features.rows, features.columns) * Number.EPSILON * length;
  const rank = values.filter((value) => value > cutoff).length;
  const free = withIntercepts ? count - 1 : 0;
  const basis = matrix(features.rows, rank + free, new Float64Array(features.rows * (rank + free)));
  for (let row = 0; row < basis.rows; row++) {
    const start = row * left.columns;
    basis.data.set(left.data.subarray(start, start + rank), row * basis.columns);
    for (let c = 0; c < free; c++) basis.data[row * basis.columns + rank + c] = contrast(row % count, c, count);
  }
  const loss = softmaxLoss(classes, count);
  return (strength) => {
    const penalties = Float64Array.from({ length: rank + free }, (_, k) =>
      k < rank ? 1 / (strength * entry(values, k) ** 2) : 0,
    );
    const point = minimize({ basis, penalties, loss }, new Float64Array(rank + free));
    const coefficients = new Float64Array(features.columns);
    for (let column = 0; column < features.columns; column++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) {
        sum += (entry(right.data, column * right.columns + k) * entry(point, k)) / entry(values, k);
      }
      coefficients[column] = sum;
    }
    const shifts = multiply(means, matrix(coefficients.length, 1, coefficients)).data;
    const intercepts = shifts.map((shift, c) => {
      if (!withIntercepts) return 0;
      let sum = -shift;
      for (let k = 0; k < free; k++) sum += entry(point, rank + k) * contrast(c, k, count);
      return sum;
    });
    return { coefficients, intercepts };
  };
}

/** The k-th of count − 1 directions in which intercepts differ. */
const contrast = (c: number, k: number, count: number): number => (c === k ? 1 : 0) - 1 / count;

/** Features less their mean over the classes of an example, and then that of each class over examples, if asked for. */
function centeredOverClasses({ rows, columns, data }: Matrix, count: number, overExamples: boolean) {
  const centered = data.slice();
  const means = new Float64Array(count * columns);
  for (let start = 0; start < rows; start += count) {
    for (let column = 0; column < columns; column++) {
      let mean = 0;
      for (let c = 0; c < count; c++) mean += entry(data, (start + c) * columns + column) / count;
      for (let c = 0; c < count; c++) {
        const place = (start + c) * columns + column;
        centered[place] = entry(data, place) - mean;
        means[c * columns + column] = entry(means, c * columns + column) + (entry(centered, place) * count) / rows;
      }
    }
  }
  if (overExamples) {
    for (let place = 0; place < centered.length; place++) {
      centered[place] = entry(centered, place) - entry(means, place % means.length);
    }
  }
  return { centered: matrix(rows, columns, centered), means: matrix(count, columns, means) };
}

/** −log softmax of each example's class, of scores [examples · count]. */
function softmaxLoss(classes: readonly number[], count: number): ScoreLoss {
  const labelOf = (example: number): number => required(classes[example], `class of example ${example}`);
  /** Probabilities of an example; that of its class is 1 less the others, which `wrong` sums up. */
  const shares = (scores: Float64Array, example: number) => {
    const own = scores.subarray(example * count, (example + 1) * count);
    const most = own.reduce((highest, value) => Math.max(highest, value), Number.NEGATIVE_INFINITY);
    const raw = own.map((value) => Math.exp(value - most));
    const sum = raw.reduce((total, value) => total + value, 0);
    const p = raw.map((value) => value / sum);
    const label = labelOf(example);
    return { p, label, wrong: p.reduce((total, value, c) => total + (c === label ? 0 : value), 0) };
  };
  return {
    value: (scores) =>
      classes.reduce((total, label, example) => {
        const own = scores.subarray(example * count, (example + 1) * count);
        const most = own.reduce((highest, value) => Math.max(highest, value), Number.NEGATIVE_INFINITY);
        // The class's own term is 1 where it is the largest: log1p keeps what the others add.
        const place = own.indexOf(most);
        const others = own.reduce((sum, value, c) => sum + (c === place ? 0 : Math.exp(value - most)), 0);
        return total + (most - entry(own, label)) + Math.log1p(others);
      }, 0),
    slopes(scores) {
      const slopes = new Float64Array(scores.length);
      classes.forEach((_, example) => {
        const { p, label, wrong } = shares(scores, example);
        slopes.set(
          p.map((value, c) => (c === label ? -wrong : value)),
          example * count,
        );
      });
      return slopes;
    },
    // Σ_c p_c (row_c − mean)(row_c − mean)ᵀ, which stays semidefinite in rounding.
    addCurvature({ columns: size, data }, scores, hessian) {
      const mean = new Float64Array(size);
      const off = new Float64Array(size);
      classes.forEach((_, example) => {
        const { p } = shares(scores, example);
        mean.fill(0);
        p.forEach((share, c) => {
          const start = (example * count + c) * size;
          for (let k = 0; k < size; k++) mean[k] = entry(mean, k) + share * entry(data, start + k);
        });
        p.forEach((share, c) => {
          const start = (example * count + c) * size;
          for (let k = 0; k < size; k++) off[k] = entry(data, start + k) - entry(mean, k);
          for (let k = 0; k < size; k++) {
            const factor = share * entry(off, k);
            for (let l = 0; l <= k; l++) hessian[k * size + l] = entry(hessian, k * size + l) + factor * entry(off, l);
          }
        });
      });
    },
  };
}
