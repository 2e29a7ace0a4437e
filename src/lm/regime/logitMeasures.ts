/**
 * The linear model's logits beside the fine-tuned model's, example by example. That they agree is half of kernel
 * behavior (Malladi et al. 2023, definition 3.2).
 */

import { entry } from '../../numeric/index.ts';
import { score } from '../data/metrics.ts';
import type { Metric } from '../data/tasks.ts';
import { predictedClasses } from '../solve/solvers.ts';

/** Logits of the same examples, [examples × classes], row-major. */
export interface ThreeLogits {
  /** f(θ_0). */
  readonly initial: Float64Array;
  /** f(θ_0) + ⟨∇f(θ_0), θ_T − θ_0⟩. */
  readonly linearized: Float64Array;
  /** f(θ_T). */
  readonly trained: Float64Array;
}

/** How well the linear model explains the fine-tuned one. */
export interface LinearizationMeasure {
  /** Scores in the task's metric. */
  readonly zeroShot: number;
  readonly linearized: number;
  readonly trained: number;
  /** Root mean square of f(θ_T) − f(θ_0) over examples. */
  readonly moved: number;
  /** ‖linearized − trained‖ / ‖trained − initial‖ over all examples: 0 of a linear model, 1 of one that says nothing moves. */
  readonly logitError: number;
  /** Share of examples that both models give the same class. */
  readonly agreement: number;
}

/**
 * What classes are told apart by: of two classes the difference of their logits, else logits less their mean, for what all
 * logits of an example share bears on nothing. [examples × outputs].
 */
export function classOutputs(logits: Float64Array, classes: number): Float64Array {
  if (classes === 2) {
    return Float64Array.from({ length: logits.length / 2 }, (_, k) => entry(logits, 2 * k + 1) - entry(logits, 2 * k));
  }
  const outputs = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const own = logits.subarray(start, start + classes);
    const center = own.reduce((sum, value) => sum + value, 0) / classes;
    outputs.set(
      own.map((value) => value - center),
      start,
    );
  }
  return outputs;
}

/** Compares the two models, by logits [examples × classes], on examples of known classes [examples]. */
export function measureLinearization(
  { initial, linearized, trained }: ThreeLogits,
  actual: readonly number[],
  metric: Metric,
): LinearizationMeasure {
  const classes = initial.length / actual.length;
  const start = classOutputs(initial, classes);
  const line = classOutputs(linearized, classes);
  const end = classOutputs(trained, classes);
  const told = predictedClasses(linearized, classes);
  const after = predictedClasses(trained, classes);
  return {
    zeroShot: score(metric, predictedClasses(initial, classes), actual),
    linearized: score(metric, told, actual),
    trained: score(metric, after, actual),
    moved: distance(end, start) / Math.sqrt(actual.length),
    logitError: distance(line, end) / distance(end, start),
    agreement: told.filter((one, k) => one === after[k]).length / actual.length,
  };
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value, k) => sum + (value - entry(b, k)) ** 2, 0));
}
