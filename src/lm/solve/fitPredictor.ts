/** Fits of predictors with settings that are known; fitOnDev.ts chooses them. Predictions are those of theory 9. */

import { entry, transpose } from '../../numeric/index.ts';
import { fitSlope, TARGET_SLOPE } from './calibration.ts';
import { crossValidatedLogistic, type StrengthFit } from './crossValidation.ts';
import type { LeastSquaresSettings } from './fittedSolver.ts';
import { checkSplit, checkTraining, type KernelSplit } from './kernelSplit.ts';
import { type KernelSystem, kernelSystem } from './kernelSystem.ts';
import { type LogisticProblem, logisticProblem } from './logistic.ts';
import { asymmetricFit, classMachineFit, type NormedKernel, regressionMachineFit } from './machineFits.ts';
import { type Fit, type Predictor, scaledInitial, scores } from './predictor.ts';
import { type SoftmaxProblem, softmaxProblem } from './softmax.ts';
import { absolute, checkChoice, type LogisticChoice, type SolverChoice } from './solverChoice.ts';
import { crossValidationOfSeveral } from './solverErrors.ts';
import { differenceTargets, oneHotTargets } from './solvers.ts';

/** Fits of one training kernel, which share its decompositions. */
export interface Fitter {
  fit(choice: SolverChoice): Fit;
}

/** Kernels of training examples, and the solver to fit on them. */
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
 * `lm.too-few-to-cross-validate`, `lm.needs-symmetric-kernel`, `lm.needs-asymmetric-kernel`, `lm.singular-machine`,
 * `lm.missing-signed-kernel`; UnsupportedError `lm.two-classes-only`.
 */
export function fitPredictor({ train, outputs, solver, dev }: FitPredictorOptions): Predictor {
  if (dev !== undefined) checkSplit('dev', dev, outputs, train.rows.columns);
  return calibrated(fitter(train, outputs).fit(solver), dev);
}

/** Checks the training examples and prepares fits of them; throws the errors of {@link fitPredictor}. */
export function fitter(train: KernelSplit, outputs: number): Fitter {
  checkTraining(train, outputs);
  const shared = sharedParts(train, outputs);
  return {
    fit(choice) {
      checkChoice(choice);
      switch (choice.method) {
        case 'least-squares':
          return leastSquaresFit(train, outputs, choice, shared);
        case 'logistic':
          return outputs === 1 ? logisticFit(train, choice, shared) : softmaxFit(outputs, choice, shared);
        case 'svc': {
          const { value: cost, ratio } = absolute(choice.cost, shared.norm());
          const { ridge, scheme } = choice;
          return classMachineFit(shared.kernel(), train.classes, outputs, { cost, ratio, ridge, scheme });
        }
        case 'svr': {
          const { value: cost, ratio } = absolute(choice.cost, shared.norm());
          const { epsilon, ridge, initialScale } = choice;
          const wanted = wantedOf(train, outputs, initialScale);
          return regressionMachineFit(shared.kernel(), wanted, outputs, { cost, ratio, epsilon, ridge, initialScale });
        }
        case 'asymmetric': {
          const { value: gamma, ratio } = absolute(choice.gamma, shared.norm());
          const { lambda, ridge } = choice;
          return asymmetricFit(shared.kernel(), train, outputs, { gamma, ratio, lambda, ridge });
        }
      }
    },
  };
}

/** What fits of one kernel have in common, each part made when first asked for. */
interface SharedParts {
  norm(): number;
  kernel(): NormedKernel;
  leastSquares(system: {
    readonly ridge: number;
    readonly transposed: boolean;
  }): (wanted: Float64Array) => Float64Array;
  logistic(withIntercept: boolean): LogisticProblem;
  softmax(withIntercept: boolean): SoftmaxProblem;
}

function sharedParts({ rows, classes }: KernelSplit, outputs: number): SharedParts {
  const systems = keeping((transposed: boolean): KernelSystem => kernelSystem(transposed ? transpose(rows) : rows));
  const solvers = keeping((ridge: number) => systems(false).solver(ridge));
  const transposedSolvers = keeping((ridge: number) => systems(true).solver(ridge));
  const norm = (): number => systems(false).norm;
  return {
    norm,
    kernel: () => ({ rows, norm: norm() }),
    leastSquares: ({ ridge, transposed }) => (transposed ? transposedSolvers : solvers)(ridge),
    logistic: keeping((withIntercept: boolean) => logisticProblem(rows, classes, withIntercept)),
    softmax: keeping((withIntercept: boolean) => softmaxProblem(rows, classes, outputs, withIntercept)),
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

/** Targets less f₀ / scale, [train · outputs]. */
function wantedOf({ classes, initial }: KernelSplit, outputs: number, initialScale: number | null): Float64Array {
  const targets = outputs === 1 ? differenceTargets(classes) : oneHotTargets(classes, outputs);
  const started = scaledInitial(initialScale, initial);
  return started === undefined ? targets : targets.map((target, k) => target - entry(started, k));
}

function leastSquaresFit(
  train: KernelSplit,
  outputs: number,
  { ridge, initialScale, transposed }: LeastSquaresSettings,
  { leastSquares }: SharedParts,
): Fit {
  const wanted = wantedOf(train, outputs, initialScale);
  const coefficients = plain(leastSquares({ ridge, transposed: transposed === true })(wanted));
  const settings = { ridge, initialScale, ...(transposed === true ? { transposed } : {}) };
  return { method: 'least-squares', settings, outputs, coefficients, intercepts: new Array<number>(outputs).fill(0) };
}

function logisticFit({ rows, classes }: KernelSplit, choice: LogisticChoice, { norm, logistic }: SharedParts): Fit {
  const { ridge, withIntercept } = choice;
  const fitted =
    ridge === null
      ? crossValidatedLogistic(rows, classes, withIntercept)
      : fittedAt(logistic(withIntercept), strengthOf(ridge, norm()));
  const { strength, coefficients, intercept } = fitted;
  const settings = { strength, ridge, withIntercept };
  return { method: 'logistic', settings, outputs: 1, coefficients: plain(coefficients), intercepts: [intercept] };
}

function softmaxFit(outputs: number, { ridge, withIntercept }: LogisticChoice, { norm, softmax }: SharedParts): Fit {
  if (ridge === null) throw crossValidationOfSeveral(outputs);
  const strength = strengthOf(ridge, norm());
  const { coefficients, intercepts } = softmax(withIntercept)(strength);
  const settings = { strength, ridge, withIntercept };
  return { method: 'logistic', settings, outputs, coefficients: plain(coefficients), intercepts: plain(intercepts) };
}

/** (ridge · norm)⁻²; a kernel of zeros has no features, and any strength gives the same fit. */
const strengthOf = (ridge: number, norm: number): number => (norm === 0 ? 1 : (ridge * norm) ** -2);

function fittedAt(problem: LogisticProblem, strength: number): StrengthFit {
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
  const slope = fitSlope(scores(fit, dev.rows, dev.initial, dev.signed), fit.outputs, dev.classes);
  return { ...fit, calibration: { slope, source: 'dev' } };
}
