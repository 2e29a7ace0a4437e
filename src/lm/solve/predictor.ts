/**
 * Fitted predictors: from rows of a kernel to scores, probabilities and the contributions of training examples.
 *
 * A predictor is plain data. With a row K[e, train] of an example and, where the fit started from them, the model's own
 * outputs f₀(e), its scores are Σ_j K[e, j] coefficient_j + intercept + f₀(e) / scale, for least squares and logistic
 * regression alike. Scores are those of the classes, or for two classes the second's against the first's.
 */

import { entry, type Matrix, matrix, multiply } from '../../numeric/index.ts';
import { type Calibration, softmaxOf } from './calibration.ts';
import { checkFinite, checkFiniteOutputs } from './kernelSplit.ts';
import { kernelSizes, missingInitial } from './solverErrors.ts';

export interface LeastSquaresSettings {
  /** Added to the diagonal as a multiple of the kernel's operator norm; 0 is the pseudo-inverse. */
  readonly ridge: number;
  /** f₀ is divided by this, subtracted from the targets and added to the scores; null leaves it out. */
  readonly initialScale: number | null;
}

export interface LogisticSettings {
  /** Weight of the loss against ½ |w|². */
  readonly strength: number;
  /** Where the strength is (ridge · operator norm)⁻²; null where cross-validation chose it. */
  readonly ridge: number | null;
  readonly withIntercept: boolean;
}

/** A solver with all its settings, chosen ones included. */
export type FittedSolver =
  | { readonly method: 'least-squares'; readonly settings: LeastSquaresSettings }
  | { readonly method: 'logistic'; readonly settings: LogisticSettings };

/** The solver alone, of something that holds more. */
export function solverOf(fitted: FittedSolver): FittedSolver {
  return fitted.method === 'logistic'
    ? { method: fitted.method, settings: fitted.settings }
    : { method: fitted.method, settings: fitted.settings };
}

/** Coefficients before they are calibrated. */
export type Fit = FittedSolver & {
  /** Outputs of an example: 1 for two classes, else their number. */
  readonly outputs: number;
  /** [train · outputs]. */
  readonly coefficients: readonly number[];
  /** Added to every score; 0 for least squares. */
  readonly intercept: number;
};

/** All that classifying needs beside the kernel; survives JSON unchanged. */
export type Predictor = Fit & { readonly calibration: Calibration };

/**
 * Scores [eval · outputs] of examples by their rows of the kernel [eval · outputs, train · outputs] and f₀ [eval ·
 * outputs], which only a predictor that started from it looks at.
 *
 * Throws UserError `lm.kernel-sizes`, `lm.not-finite`, `lm.missing-initial`.
 */
export function scores(predictor: Fit, rows: Matrix, initial?: Float64Array): Float64Array {
  const started = checkedInitial(predictor, rows, initial);
  const { coefficients, intercept } = predictor;
  const fitted = multiply(rows, matrix(coefficients.length, 1, Float64Array.from(coefficients))).data;
  return fitted.map((value, k) => value + intercept + (started === undefined ? 0 : entry(started, k)));
}

/** Where the scores of one example are from; for each output, sum = Σ perExample + intercept + initial. */
export interface Contributions {
  /** [outputs, train]: positive speaks for the output's class, for two classes for the second. */
  readonly perExample: Float64Array;
  readonly intercept: number;
  /** f₀ / scale, [outputs]; zeros where the predictor leaves it out. */
  readonly initial: Float64Array;
  /** The scores, [outputs]. */
  readonly sum: Float64Array;
}

/**
 * What each training example adds to the scores of one example, of which `row` [outputs, train · outputs] is the kernel
 * and `initial` [outputs] is f₀: all outputs of the training example together, Σ_c K[e, (j, c)] coefficient_(j, c).
 * How far example j speaks for one of several classes against another is the difference of its two contributions.
 *
 * Throws the errors of {@link scores}.
 */
export function contributions(predictor: Fit, row: Matrix, initial?: Float64Array): Contributions {
  const { outputs, intercept } = predictor;
  const coefficients = Float64Array.from(predictor.coefficients);
  if (row.rows !== outputs) throw kernelSizes([`rows of one example are ${row.rows}, expected ${outputs}`]);
  const started = checkedInitial(predictor, row, initial) ?? new Float64Array(outputs);
  const train = coefficients.length / outputs;
  const perExample = new Float64Array(outputs * train);
  row.data.forEach((value, k) => {
    const column = k % row.columns;
    const place = Math.floor(k / row.columns) * train + Math.floor(column / outputs);
    perExample[place] = entry(perExample, place) + value * entry(coefficients, column);
  });
  const sum = started.map((start, output) =>
    perExample.subarray(output * train, (output + 1) * train).reduce((total, part) => total + part, start + intercept),
  );
  return { perExample, intercept, initial: started, sum };
}

/** Probabilities [eval · classes] of scores [eval · outputs]; each example's sum to 1. */
export function probabilities({ outputs, calibration }: Predictor, values: Float64Array): number[] {
  return softmaxOf(values, outputs, calibration.slope);
}

/** f₀ / scale; nothing where f₀ is left out. */
export function scaledInitial(scale: number | null, initial: Float64Array | undefined): Float64Array | undefined {
  if (scale === null) return undefined;
  if (initial === undefined) throw missingInitial(scale);
  return initial.map((value) => value / scale);
}

function checkedInitial(predictor: Fit, rows: Matrix, initial: Float64Array | undefined): Float64Array | undefined {
  const { outputs, coefficients } = predictor;
  const started =
    predictor.method === 'least-squares' ? scaledInitial(predictor.settings.initialScale, initial) : undefined;
  const problems: string[] = [];
  if (rows.columns !== coefficients.length) {
    problems.push(`rows have ${rows.columns} columns, expected ${coefficients.length}, one for each coefficient`);
  }
  if (rows.rows % outputs !== 0) {
    problems.push(`there are ${rows.rows} rows, expected a multiple of the ${outputs} outputs`);
  }
  if (started !== undefined && started.length !== rows.rows) {
    problems.push(`initial outputs are ${started.length}, expected ${rows.rows}, one for each row`);
  }
  if (problems.length > 0) throw kernelSizes(problems);
  checkFinite('the kernel', rows);
  if (started !== undefined) checkFiniteOutputs(started);
  return started;
}
