/**
 * Fitted predictors: from rows of a kernel to scores, probabilities and the contributions of training examples.
 *
 * A predictor is plain data. With a row K[e, train] of an example and, where the fit started from them, the model's own
 * outputs f₀(e), its scores are Σ_j K[e, j] coefficient_j + intercept + f₀(e) / scale. Scores are those of the classes, or
 * for two classes the second's against the first's. Machines of one class against the rest and asymmetric ones look at
 * the kernel of each class's own logit alone; machines of pairs give votes, which are no such sum.
 *
 * Predictions are those of theory 9.
 */

import { required } from '../../errors/index.ts';
import { entry, type Matrix, matrix, multiply } from '../../numeric/index.ts';
import { type Calibration, softmaxOf } from './calibration.ts';
import type { FittedSolver } from './fittedSolver.ts';
import { checkFinite, checkFiniteOutputs } from './kernelSplit.ts';
import { classPairs, pairScores, votesOf } from './pairVotes.ts';
import { kernelSizes, missingInitial, missingSigned, noSumOfParts } from './solverErrors.ts';

/** Coefficients before they are calibrated. */
export type Fit = FittedSolver & {
  /** Outputs of an example: 1 for two classes, else their number. */
  readonly outputs: number;
  /** [train · outputs]; of machines of pairs [pairs · train]. */
  readonly coefficients: readonly number[];
  /** Of the kernel signed on the evaluated side, where the asymmetric machine has a use for it. */
  readonly signedCoefficients?: readonly number[];
  /** Added to the scores, [outputs] or [pairs]. */
  readonly intercepts: readonly number[];
};

/** All that classifying needs beside the kernel; survives JSON unchanged. */
export type Predictor = Fit & { readonly calibration: Calibration };

/** Whether classes are found by votes of pairs. */
export const byVotes = (fit: Fit): boolean =>
  fit.method === 'svc' && fit.settings.scheme === 'one-vs-one' && fit.outputs > 1;

/**
 * Scores [eval · outputs] of examples by their rows of the kernel [eval · outputs, train · outputs] and f₀ [eval ·
 * outputs], which only a predictor that started from it looks at; `signed` has the same rows of the kernel signed on the
 * evaluated side, for asymmetric machines with λ < 1.
 *
 * Throws UserError `lm.kernel-sizes`, `lm.not-finite`, `lm.missing-initial`, `lm.missing-signed-kernel`.
 */
export function scores(predictor: Fit, rows: Matrix, initial?: Float64Array, signed?: Matrix): Float64Array {
  const started = checkedInitial(predictor, rows, initial);
  const { coefficients, signedCoefficients, intercepts, outputs } = predictor;
  if (byVotes(predictor)) {
    return votesOf(pairScores(rows, { outputs, coefficients, intercepts }), outputs);
  }
  const sums = linearScores(predictor, rows, coefficients);
  const others =
    signedCoefficients === undefined
      ? undefined
      : linearScores(predictor, checkedSigned(rows, signed), signedCoefficients);
  return sums.map(
    (value, k) =>
      value +
      required(intercepts[k % outputs], 'intercept of an output') +
      (others === undefined ? 0 : entry(others, k)) +
      (started === undefined ? 0 : entry(started, k)),
  );
}

/** Whether scores of a class see the kernel of its own logit alone. */
export const ownLogits = ({ method }: Fit): boolean => method === 'svc' || method === 'asymmetric';

function linearScores(fit: Fit, rows: Matrix, coefficients: readonly number[]): Float64Array {
  const values = Float64Array.from(coefficients);
  if (fit.outputs === 1 || !ownLogits(fit)) return multiply(rows, matrix(values.length, 1, values)).data;
  return Float64Array.from({ length: rows.rows }, (_, row) => {
    let sum = 0;
    for (let k = row % fit.outputs; k < rows.columns; k += fit.outputs) {
      sum += entry(rows.data, row * rows.columns + k) * entry(values, k);
    }
    return sum;
  });
}

/** Where the scores of one example are from; for each output, sum = Σ perExample + intercept + initial. */
export interface Contributions {
  /** [outputs, train]: positive speaks for the output's class, for two classes for the second. */
  readonly perExample: Float64Array;
  /** [outputs]. */
  readonly intercepts: Float64Array;
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
 * Throws the errors of {@link scores}; UnsupportedError `lm.no-sum-of-parts` for votes of pairs.
 */
export function contributions(predictor: Fit, row: Matrix, initial?: Float64Array, signed?: Matrix): Contributions {
  const { outputs, coefficients, signedCoefficients } = predictor;
  if (byVotes(predictor)) throw noSumOfParts();
  if (row.rows !== outputs) throw kernelSizes([`rows of one example are ${row.rows}, expected ${outputs}`]);
  const started = checkedInitial(predictor, row, initial) ?? new Float64Array(outputs);
  const train = coefficients.length / outputs;
  const perExample = new Float64Array(outputs * train);
  const add = ({ data, columns }: Matrix, weights: readonly number[]): void => {
    const values = Float64Array.from(weights);
    data.forEach((value, k) => {
      const [output, column] = [Math.floor(k / columns), k % columns];
      if (ownLogits(predictor) && column % outputs !== output) return;
      const place = output * train + Math.floor(column / outputs);
      perExample[place] = entry(perExample, place) + value * entry(values, column);
    });
  };
  add(row, coefficients);
  if (signedCoefficients !== undefined) add(checkedSigned(row, signed), signedCoefficients);
  const intercepts = Float64Array.from(predictor.intercepts);
  const sum = started.map((start, output) =>
    perExample
      .subarray(output * train, (output + 1) * train)
      .reduce((total, part) => total + part, start + entry(intercepts, output)),
  );
  return { perExample, intercepts, initial: started, sum };
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

/** The scale of f₀ in a fit; null where it is left out. */
function initialScaleOf(fit: Fit): number | null {
  return fit.method === 'least-squares' || fit.method === 'svr' ? fit.settings.initialScale : null;
}

function checkedSigned(rows: Matrix, signed: Matrix | undefined): Matrix {
  if (signed === undefined) throw missingSigned();
  if (signed.rows !== rows.rows || signed.columns !== rows.columns) {
    throw kernelSizes([
      `rows signed on the evaluated side are ${signed.rows} × ${signed.columns}, expected ${rows.rows} × ${rows.columns}`,
    ]);
  }
  checkFinite('the kernel signed on the evaluated side', signed);
  return signed;
}

function checkedInitial(predictor: Fit, rows: Matrix, initial: Float64Array | undefined): Float64Array | undefined {
  const { outputs, coefficients } = predictor;
  const started = scaledInitial(initialScaleOf(predictor), initial);
  const problems: string[] = [];
  const columns = byVotes(predictor)
    ? (coefficients.length / classPairs(outputs).length) * outputs
    : coefficients.length;
  if (rows.columns !== columns) {
    problems.push(`rows have ${rows.columns} columns, expected ${columns}, one for each coefficient`);
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
