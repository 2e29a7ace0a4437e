/**
 * Kernel least squares (lm.md, solvers): α solves K α = y on the training examples, jointly over examples and outputs,
 * and predictions are K[eval, train] α.
 *
 * Kernels here have evaluated examples as rows and training ones as columns, so that K α is a prediction for symmetric
 * and asymmetric kernels alike.
 *
 * The system is that of theory 9.
 */

import { at, type Matrix, matrix, multiply } from '../../numeric/index.ts';
import { kernelSystem } from './kernelSystem.ts';

/** The initial outputs f₀ [examples · outputs] that a fit starts from, divided by a scale. */
export interface InitialOutputs {
  readonly values: Float64Array;
  readonly scale: number;
}

/** A square kernel, targets and ridge that least squares fits. */
export interface FitOptions {
  /** Square, [train · outputs]². */
  readonly kernel: Matrix;
  /** [train · outputs]. */
  readonly targets: Float64Array;
  /** Added to the diagonal as a multiple of the kernel's operator norm; 0 for the pseudo-inverse. */
  readonly ridge: number;
  /** Subtracted from the targets where given. */
  readonly initial?: InitialOutputs;
}

/** The minimum-norm least-squares coefficients, [train · outputs]. */
export function fitLeastSquares({ kernel, targets, ridge, initial }: FitOptions): Float64Array {
  const wanted = targets.map((target, k) => target - initialAt(initial, k));
  return kernelSystem(kernel).solver(ridge)(wanted);
}

/** Outputs [eval · outputs] of a fit; `initial` holds f₀ of the evaluated examples where the fit subtracted it. */
export function predict(kernel: Matrix, coefficients: Float64Array, initial?: InitialOutputs): Float64Array {
  const fitted = multiply(kernel, matrix(coefficients.length, 1, coefficients)).data;
  return fitted.map((value, k) => value + initialAt(initial, k));
}

function initialAt(initial: InitialOutputs | undefined, k: number): number {
  return initial === undefined ? 0 : at(initial.values, k) / initial.scale;
}

/** Rows of a kernel [examples · outputs, columns], row-major, by example: [chosen · outputs, columns], copied. */
export function kernelRows(
  kernel: Float64Array,
  columns: number,
  outputs: number,
  examples: readonly number[],
): Matrix {
  const size = outputs * columns;
  const data = new Float64Array(examples.length * size);
  examples.forEach((example, k) => {
    data.set(kernel.subarray(example * size, (example + 1) * size), k * size);
  });
  return matrix(examples.length * outputs, columns, data);
}

/** Chosen training columns, [rows, chosen · outputs], of a kernel [rows, train · outputs]. */
export function kernelColumns(kernel: Matrix, outputs: number, train: readonly number[]): Matrix {
  const columns = train.flatMap((member) => Array.from({ length: outputs }, (_, c) => member * outputs + c));
  const data = new Float64Array(kernel.rows * columns.length);
  for (let row = 0; row < kernel.rows; row++) {
    columns.forEach((column, k) => {
      data[row * columns.length + k] = at(kernel.data, row * kernel.columns + column);
    });
  }
  return matrix(kernel.rows, columns.length, data);
}

/** Targets [examples]: +1 for the second of two classes, −1 for the first. */
export function differenceTargets(classes: readonly number[]): Float64Array {
  return Float64Array.from(classes, (label) => (label === 1 ? 1 : -1));
}

/** 1 at the class, 0 elsewhere, [examples · count]. */
export function oneHotTargets(classes: readonly number[], count: number): Float64Array {
  const targets = new Float64Array(classes.length * count);
  classes.forEach((label, k) => {
    targets[k * count + label] = 1;
  });
  return targets;
}

/**
 * The class of each example, [examples], by values [examples · outputs]: the sign of one output, or the largest of
 * several (the first of equals).
 */
export function predictedClasses(values: ArrayLike<number>, outputs: number): number[] {
  return Array.from({ length: values.length / outputs }, (_, k) => {
    if (outputs === 1) return at(values, k) > 0 ? 1 : 0;
    let best = 0;
    for (let c = 1; c < outputs; c++) if (at(values, k * outputs + c) > at(values, k * outputs + best)) best = c;
    return best;
  });
}
