/**
 * The solver and its settings chosen on the dev examples (lm.md): least squares over ridges and scales of f₀, and for
 * two classes logistic regression.
 *
 * The best score in the task's metric wins, of equals the smallest log loss of calibrated probabilities, of equals the
 * simplest: the candidates stand in that order, larger ridges first, f₀ left out before f₀ over a large scale, least
 * squares before logistic regression. Logistic regression is tried as the peer has it, its strength cross-validated on
 * the training examples, and at the strengths that the ridges stand for: the peer's are absolute, and at the usual size
 * of kernels even the weakest hardly restrains a fit.
 */

import { score } from '../data/metrics.ts';
import type { Metric } from '../data/tasks.ts';
import { logLoss } from './calibration.ts';
import { calibrated, fitter, type SolverChoice } from './fitPredictor.ts';
import { checkSplit, type KernelSplit } from './kernelSplit.ts';
import { type FittedSolver, type Predictor, scores, solverOf } from './predictor.ts';
import { noDevExamples } from './solverErrors.ts';
import { predictedClasses } from './solvers.ts';

/** lm.md's grid, in the order of preference. */
export const RIDGES: readonly number[] = [1, 0.1, 0.01, 0.001, 0];

/** Scales of f₀ in the order of preference; null stands for ∞, which leaves f₀ out. */
export const INITIAL_SCALES: readonly (number | null)[] = [null, 10000, 1000, 100, 10];

export interface FitOnDevOptions {
  /** Training examples; without f₀ only candidates that leave it out are tried. */
  readonly train: KernelSplit;
  readonly dev: KernelSplit;
  /** 1 for two classes (one logit difference), else the number of classes. */
  readonly outputs: number;
  readonly metric: Metric;
}

/** A solver that was tried. */
export type Candidate = FittedSolver & {
  /** On the dev examples, in the task's metric. */
  readonly score: number;
  /** Of calibrated probabilities on the dev examples; least squares was calibrated on the same ones. */
  readonly logLoss: number;
  readonly chosen: boolean;
};

export interface DevChoice {
  readonly predictor: Predictor;
  /** In the order of preference among equals. */
  readonly candidates: readonly Candidate[];
}

/**
 * Training examples up to which logistic regression is cross-validated: its fifty fits take time as the third power of
 * their number, a few seconds for 128 and minutes for a thousand. Its fits at the ridges stay.
 */
const MOST_CROSS_VALIDATED = 256;

/** Scores and losses closer than this, relative to 1 or the loss, are equal: the rest is rounding. */
const EQUAL = 1e-9;

/**
 * Fits every candidate and keeps the best. Cross-validated logistic regression needs two training examples of each
 * class; it is left out with fewer, and with more than 256 examples in all.
 *
 * Throws UserError `lm.kernel-sizes`, `lm.not-finite`, `lm.one-class`, `lm.no-dev-examples`.
 */
export function fitOnDev({ train, dev, outputs, metric }: FitOnDevOptions): DevChoice {
  if (dev.classes.length === 0) throw noDevExamples();
  checkSplit('dev', dev, outputs, train.rows.columns);
  const fits = fitter(train, outputs);
  const tried = choices(train, dev, outputs).map((choice) => {
    const predictor = calibrated(fits.fit(choice), dev);
    const values = scores(predictor, dev.rows, dev.initial);
    return {
      predictor,
      score: score(metric, predictedClasses(values, outputs), dev.classes),
      logLoss: logLoss(values, outputs, predictor.calibration.slope, dev.classes),
    };
  });
  const highest = Math.max(...tried.map((one) => one.score));
  const best = tried.filter((one) => one.score >= highest - EQUAL);
  const lowest = Math.min(...best.map((one) => one.logLoss));
  const chosen = best.find((one) => one.logLoss <= lowest * (1 + EQUAL)) ?? best[0];
  if (chosen === undefined) throw noDevExamples();
  const candidates = tried.map(({ predictor, ...figures }) => ({
    ...solverOf(predictor),
    ...figures,
    chosen: predictor === chosen.predictor,
  }));
  return { predictor: chosen.predictor, candidates };
}

function choices(train: KernelSplit, dev: KernelSplit, outputs: number): SolverChoice[] {
  const scales = INITIAL_SCALES.filter(
    (scale) => scale === null || (train.initial !== undefined && dev.initial !== undefined),
  );
  const leastSquares = RIDGES.flatMap((ridge) =>
    scales.map((initialScale): SolverChoice => ({ method: 'least-squares', ridge, initialScale })),
  );
  if (outputs !== 1) return leastSquares;
  const logistic = (ridge: number | null): SolverChoice => ({ method: 'logistic', ridge, withIntercept: false });
  const restrained = RIDGES.filter((ridge) => ridge > 0).map(logistic);
  const fewest = Math.min(...[0, 1].map((label) => train.classes.filter((own) => own === label).length));
  const crossValidated = fewest >= 2 && train.classes.length <= MOST_CROSS_VALIDATED ? [logistic(null)] : [];
  return [...leastSquares, ...restrained, ...crossValidated];
}
