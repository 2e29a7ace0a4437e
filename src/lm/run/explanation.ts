/**
 * Why a predictor gives a text its label: the logit of the label as a sum over training examples.
 *
 * Logits are the predictor's scores times the slope of its calibration, so that probabilities are their softmax; of two
 * classes, the logit is that of one against the other, ln(p / (1 − p)).
 */

import { required } from '../../errors/index.ts';
import { entry, type Matrix } from '../../numeric/index.ts';
import type { Example } from '../data/example.ts';
import type { Task } from '../data/tasks.ts';
import { byVotes, contributions, probabilities, scores } from '../solve/predictor.ts';
import { predictedClasses } from '../solve/solvers.ts';
import type { DrawFit } from './kernelScores.ts';
import { partsDoNotAddUp } from './predictErrors.ts';

/** What one training example adds. */
export interface Contribution extends Omit<Example, 'label'> {
  readonly label: string;
  /** Added to the logit of the predicted label: positive speaks for it, negative against it. */
  readonly weight: number;
}

/** A label with its reasons; logit = Σ weight + intercept + initial, unless votes of pairs of labels decide. */
export interface Explanation {
  readonly label: string;
  /** By label, in the task's order; the sum is 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Of the predicted label. */
  readonly logit: number;
  /** Every training example, the largest weights first, whatever their sign; none where votes of pairs decide. */
  readonly contributions: readonly Contribution[];
  /** What is added for any text. */
  readonly intercept: number;
  /** What the model says before any fit, as far as the fit starts from it. */
  readonly initial: number;
}

export interface ExplainOptions {
  readonly task: Task;
  readonly draw: DrawFit;
  /** The text's rows of the kernel, [outputs, train · outputs]. */
  readonly rows: Matrix;
  /** The model's own outputs f₀ of the text, [outputs]. */
  readonly initial: Float64Array;
  /** The same rows signed on the evaluated side, for an asymmetric machine that looks at them. */
  readonly signed?: Matrix;
}

/** What the parts of a logit may miss of it, as a share of their absolute values: sums of some thousand f64 numbers. */
const ROUNDING = 1e-9;

/** Explains one text's label. Throws the errors of {@link scores}; {@link InvariantError} `lm.parts-do-not-add-up`. */
export function explain({ task, draw, rows, initial, signed }: ExplainOptions): Explanation {
  const { predictor, train } = draw;
  const { outputs, calibration } = predictor;
  const values = scores(predictor, rows, initial, signed);
  const place = required(predictedClasses(values, outputs)[0], 'predicted class');
  // One output speaks for the second class.
  const output = outputs === 1 ? 0 : place;
  const factor = outputs === 1 && place === 0 ? -calibration.slope : calibration.slope;
  const share = (value: number): number => factor * value + 0; // no −0
  const answer = {
    label: required(task.labels[place], `label ${place}`).name,
    probabilities: byLabel(task, probabilities(predictor, values)),
    logit: share(entry(values, output)),
  };
  if (byVotes(predictor)) return { ...answer, contributions: [], intercept: 0, initial: 0 };
  const parts = contributions(predictor, rows, initial, signed);
  const weighted = train.map((example, k) => ({
    ...example,
    weight: share(entry(parts.perExample, output * train.length + k)),
  }));
  const explanation = {
    ...answer,
    contributions: weighted.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    intercept: share(entry(parts.intercepts, output)),
    initial: share(entry(parts.initial, output)),
  };
  checkSum(explanation);
  return explanation;
}

function byLabel({ labels }: Task, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(labels.map(({ name }, k) => [name, required(values[k], `probability of label ${k}`)]));
}

function checkSum({ logit, contributions: all, intercept, initial }: Explanation): void {
  const parts = [...all.map(({ weight }) => weight), intercept, initial];
  const sum = parts.reduce((total, part) => total + part, 0);
  const size = parts.reduce((total, part) => total + Math.abs(part), 0);
  if (!(Math.abs(sum - logit) <= ROUNDING * size)) throw partsDoNotAddUp(sum, logit);
}
