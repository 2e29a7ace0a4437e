/** Examples of one split as a solver sees them: their rows of the kernel, classes, and initial outputs (theory 9). */

import { at, type Matrix } from '../../numeric/index.ts';
import * as errors from './solverErrors.ts';

/** Rows of a kernel against the training examples, with the classes of these rows and the model's own outputs. */
export interface KernelSplit {
  /** Kernel of the split's examples against the training ones, [examples · outputs, train · outputs]. */
  readonly rows: Matrix;
  /** Place of each example's class in the task's order of labels. */
  readonly classes: readonly number[];
  /** The model's own outputs f₀ before any fit, [examples · outputs]. */
  readonly initial?: Float64Array;
  /**
   * The same rows, [examples · outputs, train · outputs], of the kernel signed on the evaluated side, for asymmetric
   * machines with λ < 1.
   */
  readonly signed?: Matrix;
}

/** Classes that so many outputs tell apart: one output is the difference of two logits. */
export const classCount = (outputs: number): number => (outputs === 1 ? 2 : outputs);

/**
 * Checks the training examples of a fit.
 *
 * Throws UserError `lm.kernel-sizes` with every size that does not fit, `lm.not-finite`, or `lm.one-class`.
 */
export function checkTraining(train: KernelSplit, outputs: number): void {
  checkSplit('training', train, outputs, train.classes.length * outputs);
  if (new Set(train.classes).size < 2) throw errors.oneClass(train.classes.length);
}

/** Checks other examples against the number of training columns; throws the same errors but the last. */
export function checkSplit(name: string, split: KernelSplit, outputs: number, columns: number): void {
  const { rows, classes, initial } = split;
  const problems: string[] = [];
  const wanted = classes.length * outputs;
  if (rows.rows !== wanted || rows.columns !== columns) {
    problems.push(`${name} rows are ${rows.rows} × ${rows.columns}, expected ${wanted} × ${columns}`);
  }
  if (initial !== undefined && initial.length !== wanted) {
    problems.push(`${name} initial outputs are ${initial.length}, expected ${wanted}`);
  }
  const strange = classes.find((label) => !Number.isInteger(label) || label < 0 || label >= classCount(outputs));
  if (strange !== undefined) {
    problems.push(`${name} classes hold ${strange}, expected whole numbers from 0 to ${classCount(outputs) - 1}`);
  }
  if (problems.length > 0) throw errors.kernelSizes(problems);
  checkFinite(`the kernel of ${name} examples`, rows);
  if (initial !== undefined) checkFiniteOutputs(initial);
}

/** Throws UserError `lm.not-finite` that names the row and column. */
export function checkFinite(what: string, { data, columns }: Matrix): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw errors.notFinite(what, `row ${Math.floor(bad / columns)}, column ${bad % columns}`, at(data, bad));
}

/** Throws UserError `lm.not-finite` that names the place. */
export function checkFiniteOutputs(initial: Float64Array): void {
  const bad = initial.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw errors.notFinite("the model's own outputs", `place ${bad}`, at(initial, bad));
}
