/** How a training does on the dev examples: which state of it is the best, and whether its rate is too large. */

import { required } from '../../errors/index.ts';
import { mean, standardDeviation } from '../../numeric/index.ts';
import type { Evaluated, Evaluation } from '../../training/index.ts';
import { score } from '../data/metrics.ts';
import type { Metric } from '../data/tasks.ts';
import { predictedClasses } from '../solve/solvers.ts';
import { crossEntropy } from './textLogits.ts';

/** The model after so many steps. */
export interface DevScore {
  readonly step: number;
  /** Mean cross-entropy; null where it is not finite. */
  readonly loss: number | null;
  /** In the metric asked for; null where there are no dev examples. */
  readonly score: number | null;
}

/** Logits [texts × classes] against the actual classes, the score in the place of the accuracy. */
export function evaluationOf(logits: Float64Array, actual: readonly number[], metric: Metric): Evaluation {
  if (actual.length === 0) return { examples: 0, loss: null, accuracy: null };
  const loss = crossEntropy(logits, actual);
  const predicted = predictedClasses(logits, logits.length / actual.length);
  return {
    examples: actual.length,
    loss: Number.isFinite(loss) ? loss : null,
    accuracy: score(metric, predicted, actual),
  };
}

export const devScore = ({ step, loss, accuracy }: Evaluated): DevScore => ({ step, loss, score: accuracy });

/** Whether a is better than b: by score, where that is the same by loss. */
export function isBetter(a: Omit<DevScore, 'step'>, b: Omit<DevScore, 'step'>): boolean {
  const [one, other] = [a.score ?? Number.NEGATIVE_INFINITY, b.score ?? Number.NEGATIVE_INFINITY];
  if (one !== other) return one > other;
  return (a.loss ?? Number.POSITIVE_INFINITY) < (b.loss ?? Number.POSITIVE_INFINITY);
}

/** The best of some, the first of equals; undefined where there are none, or no dev examples. */
export function bestScore<S extends Omit<DevScore, 'step'>>(scores: readonly S[]): S | undefined {
  let best: S | undefined;
  for (const one of scores) if (one.score !== null && (best === undefined || isBetter(one, best))) best = one;
  return best;
}

/** Why a training was ended at its first evaluation. */
export interface TooLarge {
  readonly step: number;
  readonly before: DevScore;
  readonly after: DevScore;
  /** Mean training loss of the first and of the second half of the steps. */
  readonly losses: readonly [number, number];
}

/** By so many standard errors the loss of the second half of the steps must be above that of the first. */
const ERRORS = 2;

/**
 * Whether the first evaluation after the start says that the rate is too large: dev examples are told worse than by the
 * model as it was, by score and by loss, and the training loss grows instead of falling.
 */
export function tooLarge(scores: readonly DevScore[], losses: readonly number[]): TooLarge | undefined {
  const [before, after] = scores;
  if (before === undefined || after === undefined || scores.length > 2 || before.step !== 0) return undefined;
  const half = Math.floor(losses.length / 2);
  if (half < 2 || before.score === null || after.score === null || after.score >= before.score) return undefined;
  if (before.loss === null || (after.loss !== null && after.loss <= before.loss)) return undefined;
  const [first, second] = [losses.slice(0, half), losses.slice(half)];
  const error = Math.sqrt(squaredError(first) + squaredError(second));
  if (mean(second) <= mean(first) + ERRORS * error) return undefined;
  return { step: after.step, before, after, losses: [mean(first), mean(second)] };
}

/** Of a mean. */
function squaredError(values: readonly number[]): number {
  return required(standardDeviation(values), 'deviation of two values or more') ** 2 / values.length;
}
