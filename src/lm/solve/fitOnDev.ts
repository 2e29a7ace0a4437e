/**
 * The solver and its settings chosen on the dev examples (lm.md) from a grid (solverGrid.ts).
 *
 * The best score in the task's metric wins, of equals the smallest log loss of calibrated probabilities, of equals the
 * simplest: the candidates stand in that order, larger ridges first, f₀ left out before f₀ over a large scale, least
 * squares before logistic regression. Logistic regression is tried as the peer has it, its strength cross-validated on
 * the training examples, and at the strengths that the ridges stand for: the peer's are absolute, and at the usual size
 * of kernels even the weakest hardly restrains a fit.
 *
 * What is fitted is that of theory 9; the order among equals is ours.
 */

import { NexortError } from '../../errors/index.ts';
import { score } from '../data/metrics.ts';
import type { Metric } from '../data/tasks.ts';
import { logLoss } from './calibration.ts';
import { calibrated, type Fitter, fitter } from './fitPredictor.ts';
import { type FittedSolver, solverOf } from './fittedSolver.ts';
import { checkSplit, type KernelSplit } from './kernelSplit.ts';
import { type Fit, type Predictor, scores } from './predictor.ts';
import type { SolverChoice } from './solverChoice.ts';
import { noDevExamples } from './solverErrors.ts';
import { gridChoices, type SolverGrid } from './solverGrid.ts';
import { predictedClasses } from './solvers.ts';

/** Kernels of training and dev examples, and the grid to choose from. */
export interface FitOnDevOptions {
  /** Training examples; without f₀ only candidates that leave it out are tried. */
  readonly train: KernelSplit;
  readonly dev: KernelSplit;
  /** 1 for two classes (one logit difference), else the number of classes. */
  readonly outputs: number;
  readonly metric: Metric;
  /** What is tried; by default least squares, and for two classes logistic regression. */
  readonly grid?: SolverGrid;
}

/** A solver that was tried. */
export type Candidate = FittedSolver & {
  /** On the dev examples, in the task's metric. */
  readonly score: number;
  /** Of calibrated probabilities on the dev examples; least squares was calibrated on the same ones. */
  readonly logLoss: number;
  readonly chosen: boolean;
};

/** What was chosen on dev examples, and all that was tried. */
export interface DevChoice {
  readonly predictor: Predictor;
  /** In the order of preference among equals. */
  readonly candidates: readonly Candidate[];
}

/** Scores and losses closer than this, relative to 1 or the loss, are equal: the rest is rounding. */
const EQUAL = 1e-9;

/**
 * Fits every candidate and keeps the best; of a grid of one it is that, and dev examples are for its calibration alone.
 *
 * Throws UserError `lm.kernel-sizes`, `lm.not-finite`, `lm.one-class`, `lm.no-dev-examples`, and the errors of
 * `fitPredictor` for methods that the kernel does not fit.
 */
export function fitOnDev({ train, dev, outputs, metric, grid = {} }: FitOnDevOptions): DevChoice {
  const { classes, initial, signed } = train;
  const choices = gridChoices(grid, {
    outputs,
    classes,
    initial: initial !== undefined && (dev.initial !== undefined || dev.classes.length === 0),
    signed: signed !== undefined,
  });
  const [only] = choices;
  if (dev.classes.length === 0 && (choices.length !== 1 || only === undefined)) throw noDevExamples();
  checkSplit('dev', dev, outputs, train.rows.columns);
  const fits = fitter(train, outputs);
  if (choices.length === 1 && only !== undefined) return { predictor: calibrated(fits.fit(only), dev), candidates: [] };
  const tried = candidateFits(fits, choices).map((fit) => {
    const predictor = calibrated(fit, dev);
    const values = scores(predictor, dev.rows, dev.initial, dev.signed);
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

/** Fits of all choices but those at a pole of the asymmetric machine, unless all are. */
function candidateFits(fits: Fitter, choices: readonly SolverChoice[]): Fit[] {
  let pole: unknown;
  const found = choices.flatMap((choice) => {
    try {
      return [fits.fit(choice)];
    } catch (error) {
      if (!(error instanceof NexortError && error.code === 'lm.singular-machine')) throw error;
      pole = error;
      return [];
    }
  });
  if (found.length === 0 && pole !== undefined) throw pole;
  return found;
}
