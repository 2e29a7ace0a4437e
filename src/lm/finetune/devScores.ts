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
  /** Mean over the second half of the steps. */
  readonly trainingLoss: number;
}

/** Optimizers may begin with steps that they make good: what so few of them do says nothing. */
const LEAST_STEPS = 20;
/** The training loss must be above that at the start by so many standard errors. */
const ERRORS = 2;

/**
 * Whether the first evaluation after a few steps says that the rate is too large: dev examples are told worse than by the
 * model as it was, by score and by loss, and so are training examples: in the second half of the steps their loss is above
 * the loss at the start, which the dev examples tell best, for a mini-batch is few.
 */
export function tooLarge(scores: readonly DevScore[], losses: readonly number[]): TooLarge | undefined {
  const before = scores.find(({ step }) => step === 0);
  const after = scores.find(({ step }) => step >= LEAST_STEPS);
  if (before === undefined || after === undefined || after !== scores.at(-1)) return undefined;
  if (before.score === null || before.loss === null || after.score === null) return undefined;
  if (after.score >= before.score || (after.loss !== null && after.loss <= before.loss)) return undefined;
  const late = losses.slice(Math.floor(losses.length / 2));
  if (late.length < 2) return undefined;
  const deviation = required(standardDeviation(late), 'deviation of two losses or more');
  const error = deviation / Math.sqrt(late.length);
  return mean(late) > before.loss + ERRORS * error
    ? { step: after.step, before, after, trainingLoss: mean(late) }
    : undefined;
}
