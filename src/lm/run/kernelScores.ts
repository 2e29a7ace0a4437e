/** Every draw's predictor, fitted on its training examples and scored on the test ones. */

import { required } from '../../errors/index.ts';
import type { Matrix } from '../../numeric/index.ts';
import type { Example } from '../data/example.ts';
import { score } from '../data/metrics.ts';
import type { Metric, Task } from '../data/tasks.ts';
import type { EmpiricalKernel, KernelFacts } from '../kernel/kernelOptions.ts';
import { type Candidate, fitOnDev } from '../solve/fitOnDev.ts';
import { fitPredictor } from '../solve/fitPredictor.ts';
import type { KernelSplit } from '../solve/kernelSplit.ts';
import { evened } from '../solve/kernelSystem.ts';
import { type LabelDoubts, labelDoubts } from '../solve/labelDoubts.ts';
import { leaveOneOutScores } from '../solve/leaveOneOut.ts';
import { type Predictor, scores } from '../solve/predictor.ts';
import type { SolverChoice } from '../solve/solverChoice.ts';
import type { SolverGrid } from '../solve/solverGrid.ts';
import { kernelColumns, kernelRows, predictedClasses } from '../solve/solvers.ts';
import type { KernelInputs } from './kernelInputs.ts';

/** Settings that are known, or chosen for each draw on its dev examples. */
export type SolverRequest = ({ readonly method: 'dev' } & SolverGrid) | SolverChoice;

export interface FitDrawsOptions {
  readonly task: Task;
  readonly inputs: KernelInputs;
  readonly kernel: EmpiricalKernel;
  /** The kernel signed on the evaluated side, of the same shape, for asymmetric machines with λ < 1. */
  readonly signed?: Float64Array;
  readonly solver: SolverRequest;
}

/** Numbers by the name of a metric, the task's own first. */
export type Scores = Readonly<Partial<Record<Metric, number>>>;

/** One draw's predictor and how it did. */
export interface DrawFit {
  readonly seed: number;
  /** In the order of the predictor's coefficients. */
  readonly train: readonly Example[];
  readonly predictor: Predictor;
  /** What the solver was chosen from, if it was. */
  readonly candidates: readonly Candidate[];
  /** On the dev examples, in the task's metric. */
  readonly dev: number | null;
  /** Of least squares: on each training example by a fit without it; null where that has no closed form, or many rows. */
  readonly leaveOneOut: number | null;
  /** How badly each training label fits; absent in runs from before it was measured. */
  readonly labels?: LabelDoubts;
  /** On the test examples. */
  readonly test: Scores;
  /** Test examples by [actual class][predicted class]. */
  readonly confusion: readonly (readonly number[])[];
}

/** Rows of a system that is inverted for leave-one-out scores: a thousand take seconds, and their third power counts. */
const MOST_LEFT_OUT = 1024;

/** Fits and scores every draw. Throws the errors of {@link fitOnDev} and {@link fitPredictor}. */
export function fitDraws({ task, inputs, kernel, signed: evaluated, solver }: FitDrawsOptions): DrawFit[] {
  const { outputs } = kernel;
  return inputs.data.draws.map(({ seed, train, dev }) => {
    const columns = positionsOf(inputs, train);
    const signed = (examples: readonly Example[]): Pick<KernelSplit, 'signed'> =>
      evaluated === undefined ? {} : { signed: rowsOfDraw(inputs, { kernel: evaluated, outputs }, examples, columns) };
    const split = (examples: readonly Example[]): KernelSplit =>
      Object.assign(splitOf(task, inputs, kernel, examples, columns), signed(examples));
    const [training, choosing, testing] = [split(train), split(dev), split(inputs.test)];
    const { predictor, candidates } =
      solver.method === 'dev'
        ? fitOnDev({ train: training, dev: choosing, outputs, metric: task.metric, grid: solver })
        : { predictor: fitPredictor({ train: training, outputs, solver, dev: choosing }), candidates: [] };
    const classesOf = ({ rows, initial, signed }: KernelSplit): number[] =>
      predictedClasses(scores(predictor, rows, initial, signed), outputs);
    const left = training.rows.rows <= MOST_LEFT_OUT ? leaveOneOutScores(predictor, training) : undefined;
    const predicted = classesOf(testing);
    return {
      seed,
      train,
      predictor,
      candidates,
      dev: dev.length === 0 ? null : score(task.metric, classesOf(choosing), choosing.classes),
      leaveOneOut: left === undefined ? null : score(task.metric, predictedClasses(left, outputs), training.classes),
      labels: labelDoubts(predictor, training),
      test: scoresOf(task, predicted, testing.classes),
      confusion: confusionOf(predicted, testing.classes, task.labels.length),
    };
  });
}

/**
 * How the model's own logits do on the test examples, without training: scores, and examples by class, `confusion`
 * [actual classes, predicted classes].
 */
export function zeroShot(task: Task, inputs: KernelInputs, { logits, classes }: KernelFacts) {
  const all = predictedClasses(logits, classes);
  const predicted = positionsOf(inputs, inputs.test).map((position) =>
    required(all[position], `prediction of example ${position}`),
  );
  const actual = classesOf(task, inputs.test);
  return { test: scoresOf(task, predicted, actual), confusion: confusionOf(predicted, actual, classes) };
}

/** The kernel of a draw's training examples among themselves, [train · outputs]²; a symmetric one is so to the bit. */
export function trainingKernel(inputs: KernelInputs, { kernel, outputs }: EmpiricalKernel, train: readonly Example[]) {
  const columns = positionsOf(inputs, train);
  return evened(kernelColumns(kernelRows(kernel, inputs.train * outputs, outputs, columns), outputs, columns));
}

function splitOf(
  task: Task,
  inputs: KernelInputs,
  kernel: EmpiricalKernel,
  examples: readonly Example[],
  columns: readonly number[],
): KernelSplit {
  const { outputs, logits, classes } = kernel;
  return {
    rows: rowsOfDraw(inputs, kernel, examples, columns),
    classes: classesOf(task, examples),
    initial: initialOutputs(logits, classes, outputs, positionsOf(inputs, examples)),
  };
}

/** Examples against a draw's training ones. */
function rowsOfDraw(
  inputs: KernelInputs,
  { kernel, outputs }: Pick<EmpiricalKernel, 'kernel' | 'outputs'>,
  examples: readonly Example[],
  columns: readonly number[],
): Matrix {
  return kernelColumns(
    kernelRows(kernel, inputs.train * outputs, outputs, positionsOf(inputs, examples)),
    outputs,
    columns,
  );
}

/** f₀: logits, or of two classes the second's less the first's. */
export function initialOutputs(
  logits: Float64Array,
  classes: number,
  outputs: number,
  positions: readonly number[],
): Float64Array {
  return Float64Array.from(
    positions.flatMap((position) => {
      const own = [...logits.subarray(position * classes, (position + 1) * classes)];
      const [first, second] = own;
      return outputs === 1 ? [required(second, 'second logit') - required(first, 'first logit')] : own;
    }),
  );
}

/** Positions of examples among the inputs'. */
export function positionsOf({ positions }: KernelInputs, examples: readonly Example[]): number[] {
  return examples.map((example) => required(positions.get(example), 'position of an example in the kernel'));
}

/** Classes of examples, by their places among the labels. */
export function classesOf({ labels }: Task, examples: readonly Example[]): number[] {
  return examples.map((example) => labels.findIndex(({ name }) => name === example.label));
}

/** Scores in the task's metrics. */
export function scoresOf(
  { metric, extraMetrics = [] }: Task,
  predicted: readonly number[],
  actual: readonly number[],
): Scores {
  return Object.fromEntries([metric, ...extraMetrics].map((name) => [name, score(name, predicted, actual)]));
}

/** Examples by [actual class][predicted class]. */
export function confusionOf(predicted: readonly number[], actual: readonly number[], classes: number): number[][] {
  const table = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  actual.forEach((label, k) => {
    const row = required(table[label], `row of class ${label}`);
    const guess = required(predicted[k], `prediction ${k}`);
    row[guess] = required(row[guess], `column of class ${guess}`) + 1;
  });
  return table;
}
