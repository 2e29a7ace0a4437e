/**
 * Scores of predicted classes, as LM-BFF has them: accuracy; F1 (beside accuracy) for mrpc and qqp, whose positive class
 * is `equivalent` and `duplicate`, label 1 of GLUE; Matthews' correlation for cola (`glue_compute_metrics` of the
 * transformers library, whose F1 and correlation are scikit-learn's).
 */

import { at, mean, standardDeviation } from '../../numeric/index.ts';
import type { Metric } from './tasks.ts';

/** Counts of a two-way table, the second class positive. */
function table(predicted: readonly number[], actual: readonly number[]) {
  const count = (p: number, a: number): number => actual.filter((label, k) => label === a && predicted[k] === p).length;
  return {
    truePositive: count(1, 1),
    falsePositive: count(1, 0),
    falseNegative: count(0, 1),
    trueNegative: count(0, 0),
  };
}

/** Share, 0 to 1, of examples predicted right; predicted and actual classes [examples]. */
export function accuracy(predicted: readonly number[], actual: readonly number[]): number {
  return actual.filter((label, k) => predicted[k] === label).length / actual.length;
}

/** 2 TP / (2 TP + FP + FN); 0 where nothing is positive. */
function f1(predicted: readonly number[], actual: readonly number[]): number {
  const { truePositive, falsePositive, falseNegative } = table(predicted, actual);
  const sum = 2 * truePositive + falsePositive + falseNegative;
  return sum === 0 ? 0 : (2 * truePositive) / sum;
}

/** The correlation of two binary variables (Matthews 1975); 0 where one of them is constant. */
function matthews(predicted: readonly number[], actual: readonly number[]): number {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn } = table(predicted, actual);
  const norm = Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
  return norm === 0 ? 0 : (tp * tn - fp * fn) / norm;
}

/** A score by its name, of predicted and actual classes [examples]. */
export function score(metric: Metric, predicted: readonly number[], actual: readonly number[]): number {
  return { accuracy, f1, matthews }[metric](predicted, actual);
}

/**
 * The best score of a constant answer, which ignores the text: the share of the most frequent label for accuracy, the F1
 * of always giving the second, correlation 0. `counts` are the evaluated examples of each label.
 */
export function constantScore(metric: Metric, counts: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  switch (metric) {
    case 'accuracy':
      return Math.max(...counts) / all;
    case 'f1': {
      const positive = at(counts, 1) / all;
      return (2 * positive) / (1 + positive);
    }
    case 'matthews':
      return 0;
  }
}

/** Standard errors on each side within which a score counts as chance. */
export const CHANCE_ERRORS = 2;

/** A score over draws. */
export interface MeanScore {
  /** By draw; a single value where all draws share it. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Sample standard deviation, 0 for a single value. */
  readonly std: number;
}

/**
 * Standard error of a mean score from the draws and, for accuracy, from the evaluated examples, which all draws share:
 * √(std²/draws + p(1 − p)/evaluated). Undefined where neither is known.
 */
export function standardError(
  { values, mean: center, std }: MeanScore,
  { metric, evaluated }: { readonly metric: Metric; readonly evaluated: number },
): number | undefined {
  const draws = values.length > 1 ? std ** 2 / values.length : undefined;
  const examples = metric === 'accuracy' ? (center * (1 - center)) / evaluated : undefined;
  if (draws === undefined && examples === undefined) return undefined;
  return Math.sqrt((draws ?? 0) + (examples ?? 0));
}

/**
 * Mean and sample standard deviation (0 for a single value) over seeds, of one value for each. Throws InvariantError
 * for none.
 */
export function summarize(values: readonly number[]): { readonly mean: number; readonly std: number } {
  return { mean: mean(values), std: standardDeviation(values) ?? 0 };
}
