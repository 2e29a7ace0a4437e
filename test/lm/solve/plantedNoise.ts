/** Labels turned on purpose, and how well a score finds them. */

import { at, permutation } from '../../../src/numeric/index.ts';

/** Labels of which some, drawn by seed, are replaced by the next class. */
export function turned(labels: readonly number[], classes: number, count: number, seed: number) {
  const flipped = new Set([...permutation(labels.length, seed, 'turned')].slice(0, count));
  return { flipped, noisy: labels.map((label, k) => (flipped.has(k) ? (label + 1) % classes : label)) };
}

/** The share of pairs of a turned and another label in which the turned one has the larger score, ties half. */
export function areaUnderCurve(scores: readonly number[], flipped: ReadonlySet<number>): number {
  let [won, pairs] = [0, 0];
  for (const k of flipped) {
    for (const other of scores.keys()) {
      if (flipped.has(other)) continue;
      const difference = at(scores, k) - at(scores, other);
      won += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
      pairs++;
    }
  }
  return won / pairs;
}
