/** Fits of predictors with settings that are known; fitOnDev.ts chooses them. */

import { entry } from '../../numeric/index.ts';
import { fitSlope, TARGET_SLOPE } from './calibration.ts';
import { crossValidatedLogistic, type StrengthFit } from './crossValidation.ts';
import { checkSplit, checkTraining, type KernelSplit } from './kernelSplit.ts';
import { type KernelSystem, kernelSystem } from './kernelSystem.ts';
import { type LogisticProblem, logisticProblem } from './logistic.ts';
import {
  type Fit,
  type LeastSquaresSettings,
  type LogisticSettings,
  type Predictor,
  scaledInitial,
  scores,
} from './predictor.ts';
import * as errors from './solverErrors.ts';
import { differenceTargets, oneHotTargets } from './solvers.ts';

/** What to fit. */
export type SolverChoice = LeastSquaresChoice | LogisticChoice;

export type LeastSquaresChoice = { readonly method: 'least-squares' } & LeastSquaresSettings;

/** A `ridge` of null leaves the strength to cross-validation. */
export type LogisticChoice = { readonly method: 'logistic' } & Omit<LogisticSettings, 'strength'>;

/** Fits of one training kernel, which share its decompositions. */
export interface Fitter {
  fit(choice: SolverChoice): Fit;
}

export interface FitPredictorOptions {
  /** Training examples; their rows are square. */
  readonly train: KernelSplit;
  /** 1 for two classes (one logit difference), else the number of classes. */
  readonly outputs: number;
  readonly solver: SolverChoice;
  /** Examples that calibrate the probabilities of least squares. */
  readonly dev?: KernelSplit;
}

/**
 * Fits a predictor with settings that are known.
 *
 * Throws UserError `lm.kernel-sizes`, `lm.not-finite`, `lm.one-class`, `lm.bad-setting`, `lm.missing-initial`,
 * `lm.too-few-to-cross-validate`; UnsupportedError `lm.two-classes-only`.
 */
export function fitPredictor({ train, outputs, solver, dev }: FitPredictorOptions): Predictor {
  if (dev !== undefined) checkSplit('dev', dev, outputs, train.rows.columns);
  return calibrated(fitter(train, outputs).fit(solver), dev);
}

/** Checks the training examples and prepares fits of them; throws the errors of {@link fitPredictor}. */
export function fitter(train: KernelSplit, outputs: number): Fitter {
  checkTraining(train, outputs);
  const shared = sharedParts(train);
  return {
    fit(choice) {
      checkChoice(choice, outputs);
      return choice.method === 'logistic'
        ? logisticFit(train, choice, shared)
        : leastSquaresFit(train, outputs, choice, shared);
    },
  };
}

/** What fits of one kernel have in common, each part made when first asked for. */
interface SharedParts {
  norm(): number;
  leastSquares(ridge: number): (wanted: Float64Array) => Float64Array;
  logistic(withIntercept: boolean): LogisticProblem;
}

function sharedParts({ rows, classes }: KernelSplit): SharedParts {
  let made: KernelSystem | undefined;
  const system = (): KernelSystem => {
    made ??= kernelSystem(rows);
    return made;
  };
  return {
    norm: () => system().norm,
    leastSquares: keeping((ridge: number) => system().solver(ridge)),
    logistic: keeping((withIntercept: boolean) => logisticProblem(rows, classes, withIntercept)),
  };
}

/** A function that makes its result for each argument once. */
function keeping<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

function leastSquaresFit(
  { classes, initial }: KernelSplit,
  outputs: number,
  { ridge, initialScale }: LeastSquaresSettings,
  { leastSquares }: SharedParts,
): Fit {
  const targets = outputs === 1 ? differenceTargets(classes) : oneHotTargets(classes, outputs);
  const started = scaledInitial(initialScale, initial);
  const wanted = started === undefined ? targets : targets.map((target, k) => target - entry(started, k));
  const coefficients = plain(leastSquares(ridge)(wanted));
  return { method: 'least-squares', settings: { ridge, initialScale }, outputs, coefficients, intercept: 0 };
}

function logisticFit({ rows, classes }: KernelSplit, choice: LogisticChoice, { norm, logistic }: SharedParts): Fit {
  const { ridge, withIntercept } = choice;
  const fitted =
    ridge === null
      ? crossValidatedLogistic(rows, classes, withIntercept)
      : fittedAt(logistic(withIntercept), ridge * norm());
  const { strength, coefficients, intercept } = fitted;
  const settings = { strength, ridge, withIntercept };
  return { method: 'logistic', settings, outputs: 1, coefficients: plain(coefficients), intercept };
}

function fittedAt(problem: LogisticProblem, stretch: number): StrengthFit {
  // A kernel of zeros has no features, and any strength gives the same fit.
  const strength = stretch === 0 ? 1 : stretch ** -2;
  return { ...problem.fit(strength), strength };
}

/** Numbers that JSON gives back: it has no −0. */
const plain = (values: Float64Array): number[] => Array.from(values, (value) => value + 0);

/** A fit with the slope of its probabilities. */
export function calibrated(fit: Fit, dev?: KernelSplit): Predictor {
  if (fit.method === 'logistic') return { ...fit, calibration: { slope: 1, source: 'likelihood' } };
  if (dev === undefined || dev.classes.length === 0) {
    return { ...fit, calibration: { slope: TARGET_SLOPE, source: 'targets' } };
  }
  const slope = fitSlope(scores(fit, dev.rows, dev.initial), fit.outputs, dev.classes);
  return { ...fit, calibration: { slope, source: 'dev' } };
}

function checkChoice(choice: SolverChoice, outputs: number): void {
  if (choice.method === 'logistic' && outputs !== 1) throw errors.twoClassesOnly(outputs);
  const { ridge } = choice;
  if (choice.method === 'logistic' && ridge !== null && !(Number.isFinite(ridge) && ridge > 0)) {
    throw errors.badSetting('the ridge of logistic regression', ridge, 'a positive number, or null to cross-validate');
  }
  if (choice.method === 'logistic') return;
  const { initialScale } = choice;
  if (!(Number.isFinite(ridge) && Number(ridge) >= 0)) throw errors.badSetting('the ridge', ridge, 'a number from 0');
  if (initialScale !== null && !(Number.isFinite(initialScale) && initialScale > 0)) {
    throw errors.badSetting('the scale of initial outputs', initialScale, 'a positive number, or null for none');
  }
}
