/** Labels of `nexort ntk --loss cross-entropy` as classes, and what is told of them. */

import { required } from '../../errors/index.ts';
import type { ClassPredictions } from '../../experiments/node/index.ts';
import { oneHot } from '../../kernels/index.ts';
import { at, type Matrix } from '../../numeric/index.ts';
import * as errors from '../arrayErrors.ts';

/** What each column of the targets stands for, and the probabilities [inputs, classes] that are trained on. */
export interface Classes {
  readonly labels: readonly number[];
  readonly targets: Matrix;
}

/** Predictions with their labels. */
export interface ClassesTold {
  readonly labels: readonly number[];
  readonly path: readonly {
    readonly time: number;
    /** The likeliest class of each of x2. */
    readonly label: readonly number[];
    readonly logits: readonly (readonly number[])[];
    readonly probabilities: readonly (readonly number[])[];
  }[];
  readonly stableRate: number;
}

/**
 * A column of whole numbers, which name the classes, or a column of probabilities for each class, which are 0, 1, 2, …
 * Throws {@link UserError} `cli.bad-class`, `cli.one-class`.
 */
export function labelClasses(given: Matrix, path: string): Classes {
  const { columns, data } = given;
  if (columns > 1) return { labels: Array.from({ length: columns }, (_, k) => k), targets: given };
  const bad = data.findIndex((label) => !Number.isSafeInteger(label));
  if (bad >= 0) throw errors.badClass(path, bad + 1, at(data, bad));
  const labels = [...new Set(data)].sort((a, b) => a - b);
  if (labels.length < 2) throw errors.oneClass(path, required(labels[0], 'label'));
  const places = new Map(labels.map((label, place) => [label, place]));
  return {
    labels,
    targets: oneHot(
      Array.from(data, (label) => required(places.get(label), 'class')),
      labels.length,
    ),
  };
}

export function classesTold({ path, stableRate }: ClassPredictions, labels: readonly number[]): ClassesTold {
  return {
    labels,
    path: path.map(({ time, logits }) => ({
      time,
      label: logits.map((row) => at(labels, row.indexOf(Math.max(...row)))),
      logits,
      probabilities: logits.map(softmax),
    })),
    stableRate,
  };
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const shares = logits.map((value) => Math.exp(value - most));
  const sum = shares.reduce((a, b) => a + b);
  return shares.map((share) => share / sum);
}
