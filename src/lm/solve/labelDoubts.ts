/**
 * How badly the label of each training example fits what the others say: a way to find labels that are wrong.
 *
 * Least squares in closed form says what a fit without an example makes of it (leaveOneOut.ts). For other solvers, and
 * where that form does not exist, the doubt is that of the fit itself, which has seen the label: a fit that meets its
 * targets doubts nothing. What is left out makes its own class the rarer one, and so all doubts larger; draws have as many
 * examples of each label, so that the ranking is not moved by it, but the sign is.
 *
 * Ours: neither of the two papers defines it.
 */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import type { KernelSplit } from './kernelSplit.ts';
import { leaveOneOutScores } from './leaveOneOut.ts';
import { type Fit, scores } from './predictor.ts';

/** How badly each training label fits what the others say. */
export interface LabelDoubts {
  /** Whether scores are by fits without the example, or those of the fit. */
  readonly source: 'leave-one-out' | 'fit';
  /** [train]: the largest score of another label less that of the example's own. */
  readonly doubts: readonly number[];
}

/** The doubts of training examples, by their own rows of the kernel. Throws the errors of {@link scores}. */
export function labelDoubts(fit: Fit, train: KernelSplit): LabelDoubts {
  const left = leaveOneOutScores(fit, train);
  const values = left ?? scores(fit, train.rows, train.initial, train.signed);
  return {
    source: left === undefined ? 'fit' : 'leave-one-out',
    doubts: train.classes.map((label, k) => doubtOf(values.subarray(k * fit.outputs, (k + 1) * fit.outputs), label)),
  };
}

/** Places of training examples, [train], by their doubt, the largest first; equal ones in their order. */
export function mostDoubtful({ doubts }: Pick<LabelDoubts, 'doubts'>): number[] {
  const doubt = (k: number): number => required(doubts[k], `doubt of training example ${k}`);
  return [...doubts.keys()].sort((a, b) => doubt(b) - doubt(a) || a - b);
}

/** One score speaks for the second of two classes. */
function doubtOf(own: Float64Array, label: number): number {
  if (own.length === 1) return label === 1 ? 0 - entry(own, 0) : entry(own, 0);
  const others = [...own].filter((_, c) => c !== label);
  return Math.max(...others) - entry(own, label);
}
