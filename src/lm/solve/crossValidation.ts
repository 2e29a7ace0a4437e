/**
 * The strength of logistic regression by cross-validation on the training examples, as scikit-learn 0.24 does it with
 * `LogisticRegressionCV()`: ten strengths from 10⁻⁴ to 10⁴, five stratified folds without shuffling, the best mean
 * accuracy, the smaller of equals.
 */

import { required } from '../../errors/index.ts';
import { at, type Matrix, matrix, mean } from '../../numeric/index.ts';
import { accuracy } from '../data/metrics.ts';
import { type LogisticFit, logisticProblem, logisticScores } from './logistic.ts';
import { tooFewToCrossValidate } from './solverErrors.ts';

/** 10^−4 … 10^4 in ten equal ratios, to nine digits. */
export const STRENGTHS: readonly number[] = Array.from({ length: 10 }, (_, k) =>
  Number((10 ** (-4 + (8 * k) / 9)).toPrecision(9)),
);

const FOLDS = 5;

/** Mean accuracies closer than this are equal: they are sums of a few fractions. */
const EQUAL = 1e-9;

/** A fit and its strength. */
export interface StrengthFit extends LogisticFit {
  readonly strength: number;
}

/**
 * Fits two classes by rows of features with the strength that cross-validation prefers. With fewer than five examples
 * of a class there are as many folds as it has examples.
 *
 * Throws UserError `lm.too-few-to-cross-validate` when a class has fewer than two.
 */
export function crossValidatedLogistic(features: Matrix, classes: readonly number[], intercept = false): StrengthFit {
  const positive = classes.filter((label) => label === 1).length;
  const fewest = Math.min(positive, classes.length - positive);
  if (fewest < 2) throw tooFewToCrossValidate(fewest);
  const strength = bestStrength(features, classes, Math.min(FOLDS, fewest), intercept);
  return { ...logisticProblem(features, classes, intercept).fit(strength), strength };
}

function bestStrength(features: Matrix, classes: readonly number[], count: number, intercept: boolean): number {
  const folds = stratifiedFolds(classes, count);
  const accuracies = Array.from({ length: count }, (_, fold) => {
    const part = (inside: boolean) => folds.flatMap((own, k) => ((own === fold) === inside ? [k] : []));
    const [held, kept] = [part(true), part(false)];
    const wanted = held.map((k) => at(classes, k));
    const problem = logisticProblem(
      foldRows(features, kept),
      kept.map((k) => at(classes, k)),
      intercept,
    );
    const heldRows = foldRows(features, held);
    let fit: LogisticFit | undefined;
    return STRENGTHS.map((strength) => {
      fit = problem.fit(strength, fit);
      const scores = logisticScores(heldRows, fit);
      return accuracy(
        Array.from(scores, (score) => (score > 0 ? 1 : 0)),
        wanted,
      );
    });
  });
  const means = STRENGTHS.map((_, k) => mean(accuracies.map((row) => at(row, k))));
  const best = Math.max(...means);
  const chosen = means.findIndex((value) => value > best - EQUAL);
  return required(STRENGTHS[chosen], 'strength of the best accuracy');
}

/**
 * The fold of each example: classes, in the order in which they first appear, are dealt out to the folds in turn, which
 * says how many of each class a fold holds; its examples then fill the folds in their own order.
 */
export function stratifiedFolds(classes: readonly number[], count: number): number[] {
  const folds = new Array<number>(classes.length).fill(0);
  let dealt = 0;
  for (const label of new Set(classes)) {
    const members = classes.flatMap((own, k) => (own === label ? [k] : []));
    const shares = members.map(() => dealt++ % count).sort((a, b) => a - b);
    members.forEach((member, k) => {
      folds[member] = at(shares, k);
    });
  }
  return folds;
}

function foldRows(a: Matrix, rows: readonly number[]): Matrix {
  const data = new Float64Array(rows.length * a.columns);
  rows.forEach((row, k) => {
    data.set(a.data.subarray(row * a.columns, (row + 1) * a.columns), k * a.columns);
  });
  return matrix(rows.length, a.columns, data);
}
