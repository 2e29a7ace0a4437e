/**
 * Linear probing: a linear head on frozen features, by the logistic regression of crossValidation.ts with an intercept.
 *
 * Of two classes the head is ∓half of the regression each (lm.md), so that the difference of its logits is that of the
 * regression. Of several, each class has its own regression against all others, whose score is its logit.
 */

import { type Matrix, matrix } from '../../numeric/index.ts';
import { crossValidatedLogistic } from './crossValidation.ts';

/** W [classes, features] and b [classes] of a linear head. */
export interface LinearHead {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Fits a head to features [examples, features] of `classes`, whole numbers below `count`. Throws UserError
 * `lm.too-few-to-cross-validate` when a class has fewer than two examples.
 */
export function linearProbe(features: Matrix, classes: readonly number[], count: number): LinearHead {
  const { columns } = features;
  const weight = matrix(count, columns, new Float64Array(count * columns));
  const bias = new Float64Array(count);
  const add = (row: number, factor: number, fit: ReturnType<typeof crossValidatedLogistic>): void => {
    weight.data.set(
      fit.coefficients.map((value) => factor * value),
      row * columns,
    );
    bias[row] = factor * fit.intercept;
  };
  if (count === 2) {
    const fit = crossValidatedLogistic(features, classes, true);
    add(0, -0.5, fit);
    add(1, 0.5, fit);
  } else {
    for (let row = 0; row < count; row++) {
      const own = classes.map((label) => (label === row ? 1 : 0));
      add(row, 1, crossValidatedLogistic(features, own, true));
    }
  }
  return { weight: Float32Array.from(weight.data), bias: Float32Array.from(bias) };
}
