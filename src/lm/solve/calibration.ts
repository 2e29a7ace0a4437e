/**
 * Probabilities of classes from scores: softmax(slope · scores), for two classes sigmoid(slope · score).
 *
 * Logistic regression has a likelihood of its own, so its slope is 1. Scores of least squares are not log-odds; their
 * slope is fitted on the dev examples by maximum likelihood, as Platt 1999 does ("Probabilistic outputs for support
 * vector machines"), but without his intercept: the predicted class stays the most probable one.
 *
 * What such a probability is worth: the slope is one number fitted on a few dozen examples, which may also have chosen
 * the solver, so probabilities are somewhat optimistic, and the more so the further test data are from dev data.
 */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import { classCount } from './kernelSplit.ts';
import { softplus } from './logistic.ts';

/** How scores become probabilities: by the softmax of a multiple of them. */
export interface Calibration {
  readonly slope: number;
  /** Where the slope is from: dev examples, the method's own likelihood, or without dev examples the coded targets. */
  readonly source: 'dev' | 'likelihood' | 'targets';
}

/** Halvings of an interval that holds the slope; 60 leave rounding. */
const HALVINGS = 60;

/**
 * The slope without dev examples. With targets ±1, least squares estimates the mean 2p − 1 of the target, and
 * p = (1 + score) / 2 has the value and slope of sigmoid(2 · score) at 0; for one-hot targets so has the softmax of two.
 */
export const TARGET_SLOPE = 2;

/**
 * The slope ≥ 0 of greatest likelihood for scores [examples · outputs] of examples of known classes.
 *
 * Targets are Platt's: an example of a class with N members counts as that class by (N + 1) / (N + C) and as each other
 * one by 1 / (N + C), the mean after N observations under a uniform prior over C classes (he has C = 2). So the slope is
 * finite on separable examples. It is 0, all classes equally probable, where scores say nothing or the wrong thing.
 */
export function fitSlope(scores: Float64Array, outputs: number, classes: readonly number[]): number {
  const count = classCount(outputs);
  const table = perClass(scores, outputs);
  const spread = largestSpread(table, count);
  if (!Number.isFinite(1 / spread)) return 0;
  const members = Array.from({ length: count }, (_, c) => classes.filter((label) => label === c).length);
  const targets = table.map((_, k) => {
    const label = required(classes[Math.floor(k / count)], 'class of an example');
    const own = required(members[label], `count of class ${label}`);
    return ((k % count === label ? own : 0) + 1) / (own + count);
  });
  // The log loss is convex in the slope; this is its derivative.
  const derivative = (slope: number): number =>
    softmax(table, count, slope).reduce((sum, p, k) => sum + (p - entry(targets, k)) * entry(table, k), 0);
  if (derivative(0) >= 0) return 0;
  let [low, high] = [0, 1 / spread];
  while (derivative(high) < 0) [low, high] = [high, 2 * high];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (derivative(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probabilities [examples · classes] at a slope; each example's sum to 1. */
export function softmaxOf(scores: Float64Array, outputs: number, slope: number): number[] {
  return [...softmax(perClass(scores, outputs), classCount(outputs), slope)];
}

/** Mean of −log p(class) over examples; finite for all finite scores. */
export function logLoss(scores: Float64Array, outputs: number, slope: number, classes: readonly number[]): number {
  const count = classCount(outputs);
  const table = perClass(scores, outputs);
  const losses = classes.map((label, k) => {
    const row = table.subarray(k * count, (k + 1) * count);
    // softplus keeps the small losses of two classes that a sum of exponentials would round away.
    if (count === 2) return softplus(slope * (entry(row, 1 - label) - entry(row, label)));
    const most = Math.max(...row);
    const sum = row.reduce((total, value) => total + Math.exp(slope * (value - most)), 0);
    return Math.log(sum) - slope * (entry(row, label) - most);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / classes.length;
}

/** Scores of all classes, each example's largest 0: one output stands for (0, score). */
function perClass(scores: Float64Array, outputs: number): Float64Array {
  const count = classCount(outputs);
  const examples = scores.length / outputs;
  const table = new Float64Array(examples * count);
  for (let k = 0; k < examples; k++) {
    if (outputs === 1) table[k * count + 1] = entry(scores, k);
    else table.set(scores.subarray(k * count, (k + 1) * count), k * count);
    const row = table.subarray(k * count, (k + 1) * count);
    const most = Math.max(...row);
    for (let c = 0; c < count; c++) row[c] = entry(row, c) - most;
  }
  return table;
}

function largestSpread(table: Float64Array, count: number): number {
  let spread = 0;
  for (let start = 0; start < table.length; start += count) {
    spread = Math.max(spread, -Math.min(...table.subarray(start, start + count)));
  }
  return spread;
}

/** For a table whose rows have the largest score 0. */
function softmax(table: Float64Array, count: number, slope: number): Float64Array {
  const result = table.map((value) => Math.exp(slope * value));
  for (let start = 0; start < result.length; start += count) {
    let sum = 0;
    for (let k = start; k < start + count; k++) sum += entry(result, k);
    for (let k = start; k < start + count; k++) result[k] = entry(result, k) / sum;
  }
  return result;
}
