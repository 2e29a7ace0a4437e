/** What the report of a kernel run is made of: plain data, in the words of people. */

import { inconsistentData } from './errors.ts';

/** What the report of a kernel run shows. */
export interface KernelReportData {
  readonly task: string;
  /** The prompt in the task's own notation; without one, the labels' words play no part. */
  readonly prompt?: string;
  /** In the order of the logits; of two labels, the second is the positive one. */
  readonly labels: readonly { readonly name: string; readonly word: string }[];
  readonly model: string;
  readonly metric: 'accuracy' | 'f1' | 'matthews';
  /** Training examples for each label. */
  readonly shots: number;
  /** Seeds of the draws. */
  readonly seeds: readonly number[];
  /** Evaluated examples. */
  readonly evaluated: number;
  /** Of those, how many each label has. */
  readonly labelCounts: readonly number[];
  /** The best score of a constant answer, which ignores the text. */
  readonly chance: number;
  /** The first one is the method without training, with which the others are compared. */
  readonly scores: readonly MethodScore[];
  readonly kernel: {
    /** Such as `SGD kernel`: the name of its method among the scores. */
    readonly name: string;
    /** Outputs of each example: 1 for the logit difference of two labels. */
    readonly outputs: number;
    readonly draws: readonly KernelDraw[];
  };
  readonly parameters: {
    readonly choice: string;
    readonly count: number;
    readonly tensors: number;
    /** Parameters whose gradient is zero by structure. */
    readonly zeroGradient: readonly { readonly reason: string; readonly parameters: readonly string[] }[];
  };
  /** Prompted examples that were too long, and the tokens cut from them. */
  readonly truncated: { readonly examples: number; readonly tokens: number };
  readonly cost: {
    readonly seconds: number;
    readonly forecastSeconds?: number;
    readonly peakBytes: number;
    readonly forecastBytes?: number;
    readonly gradients: number;
  };
  readonly settings: readonly Fact[];
  /** Versions and environment. */
  readonly environment: readonly Fact[];
  /** Shown first, beside those that the report finds itself. */
  readonly warnings: readonly string[];
  /** When the run ended; left out, the report carries no date. */
  readonly created?: string;
}

/** A line of a table of settings. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Scores of one method, from 0 to 1 (correlations from −1). */
export interface MethodScore {
  readonly name: string;
  /** By seed; a single value where all draws share it. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Sample standard deviation over draws, 0 for a single value. */
  readonly std: number;
  /** Evaluated examples by [actual label][predicted label], added over draws. */
  readonly confusion?: readonly (readonly number[])[];
}

/** One draw of training examples with its kernel. */
export interface KernelDraw {
  readonly seed: number;
  /** The label of each training example, as a place in `labels`. */
  readonly labels: readonly number[];
  readonly texts: readonly string[];
  /** Row-major, [train · outputs]². */
  readonly kernel: ArrayLike<number>;
  /** [train · outputs]: eigenvalues of the whole kernel (singular values of an asymmetric one), in any order. */
  readonly eigenvalues: ArrayLike<number>;
  readonly solver?: DrawSolver;
  readonly doubts?: LabelDoubts;
}

/** How badly labels fit what the other examples say. */
export interface LabelDoubts {
  /** Whether by fits without the example, or by the fit that has seen it. */
  readonly source: 'leave-one-out' | 'fit';
  /** In the order of the examples: large where the label does not fit. */
  readonly doubts: readonly number[];
}

/** The solver chosen for a draw. */
export interface DrawSolver {
  /** Its name, that of one of the candidates if there are any. */
  readonly chosen: string;
  /** Its ridge, as a multiple of the kernel's operator norm; left out or 0 where it has none. */
  readonly ridge?: number;
  /** What it was chosen from, with scores on the dev examples (NaN for none); empty where it was set beforehand. */
  readonly candidates: readonly { readonly name: string; readonly score: number }[];
}

/**
 * Checks that the parts of the data fit together.
 * @throws InvariantError `report.inconsistent-data` with everything that does not.
 */
export function checkData({ labels, labelCounts, evaluated, scores, seeds, kernel }: KernelReportData): void {
  const problems: string[] = [];
  const expect = (what: string, given: number, expected: number): void => {
    if (given !== expected) problems.push(`${what}: given ${given}, expected ${expected}`);
  };
  expect('label counts', labelCounts.length, labels.length);
  expect(
    'sum of the label counts',
    labelCounts.reduce((sum, count) => sum + count, 0),
    evaluated,
  );
  if (scores.length === 0) problems.push('scores: given none, expected at least one');
  for (const { name, values, confusion } of scores) {
    if (values.length !== 1) expect(`scores of "${name}"`, values.length, seeds.length);
    if (confusion === undefined) continue;
    expect(`rows of the confusion table of "${name}"`, confusion.length, labels.length);
    for (const row of confusion) expect(`columns of the confusion table of "${name}"`, row.length, labels.length);
  }
  for (const draw of kernel.draws) {
    const size = draw.labels.length * kernel.outputs;
    const where = `draw ${draw.seed}`;
    expect(`texts of ${where}`, draw.texts.length, draw.labels.length);
    expect(`kernel entries of ${where}`, draw.kernel.length, size * size);
    expect(`eigenvalues of ${where}`, draw.eigenvalues.length, size);
    const unknown = draw.labels.filter((label) => labels[label] === undefined);
    if (unknown.length > 0)
      problems.push(`labels of ${where}: given ${unknown.join(', ')}, known 0 to ${labels.length - 1}`);
    if (draw.doubts !== undefined) expect(`doubts of ${where}`, draw.doubts.doubts.length, draw.labels.length);
    const { solver } = draw;
    if (
      solver !== undefined &&
      solver.candidates.length > 0 &&
      !solver.candidates.some(({ name }) => name === solver.chosen)
    ) {
      problems.push(`solver of ${where}: "${solver.chosen}" is not one of its candidates`);
    }
  }
  if (problems.length > 0) throw inconsistentData(problems);
}
