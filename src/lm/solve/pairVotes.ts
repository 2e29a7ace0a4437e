/** Machines of pairs of classes, each on the kernel of the difference of two logits, and their votes. */

import { entry, type Matrix, matrix } from '../../numeric/index.ts';

/** Pairs of classes in libsvm's order: (0, 1), (0, 2), …, (1, 2), …; the first is the positive one. */
export function classPairs(classes: number): (readonly [number, number])[] {
  return Array.from({ length: classes }, (_, a) =>
    Array.from({ length: classes - a - 1 }, (__, k) => [a, a + 1 + k] as const),
  ).flat();
}

/**
 * The kernel of f_a − f_b, [rows / outputs, columns / outputs], of a kernel of all outputs:
 * K[a, a] − K[a, b] − K[b, a] + K[b, b] for each two examples.
 */
export function pairKernel(
  { rows, columns, data }: Matrix,
  outputs: number,
  [a, b]: readonly [number, number],
): Matrix {
  const [height, width] = [rows / outputs, columns / outputs];
  const result = new Float64Array(height * width);
  for (let i = 0; i < height; i++) {
    const [first, second] = [(i * outputs + a) * columns, (i * outputs + b) * columns];
    for (let j = 0; j < width; j++) {
      const [left, right] = [j * outputs + a, j * outputs + b];
      result[i * width + j] =
        entry(data, first + left) -
        entry(data, first + right) -
        entry(data, second + left) +
        entry(data, second + right);
    }
  }
  return matrix(height, width, result);
}

/** Machines of all pairs. */
export interface PairMachines {
  readonly outputs: number;
  /** [pairs · train], 0 for examples of other classes. */
  readonly coefficients: readonly number[];
  /** [pairs]. */
  readonly intercepts: readonly number[];
}

/** What the machine of each pair says of each example, [examples · pairs]: positive for its first class. */
export function pairScores(rows: Matrix, { outputs, coefficients, intercepts }: PairMachines): Float64Array {
  const pairs = classPairs(outputs);
  const values = Float64Array.from(coefficients);
  const shifts = Float64Array.from(intercepts);
  const examples = rows.rows / outputs;
  const scores = new Float64Array(examples * pairs.length);
  pairs.forEach((pair, p) => {
    const { data, columns: train } = pairKernel(rows, outputs, pair);
    for (let example = 0; example < examples; example++) {
      let sum = entry(shifts, p);
      for (let j = 0; j < train; j++) sum += entry(data, example * train + j) * entry(values, p * train + j);
      scores[example * pairs.length + p] = sum;
    }
  });
  return scores;
}

/** Votes for each class, [examples · classes], of scores [examples · pairs]; a score of 0 is one for the second. */
export function votesOf(scores: Float64Array, classes: number): Float64Array {
  const pairs = classPairs(classes);
  const examples = scores.length / pairs.length;
  const votes = new Float64Array(examples * classes);
  for (let example = 0; example < examples; example++) {
    pairs.forEach(([a, b], p) => {
      const place = example * classes + (entry(scores, example * pairs.length + p) > 0 ? a : b);
      votes[place] = entry(votes, place) + 1;
    });
  }
  return votes;
}
