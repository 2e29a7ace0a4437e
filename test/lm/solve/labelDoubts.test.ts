/** Doubts against fits without each example, and how well they find labels that were turned. */

import { describe, expect, it } from 'vitest';
import { fitPredictor } from '../../../src/lm/solve/fitPredictor.ts';
import type { KernelSplit } from '../../../src/lm/solve/kernelSplit.ts';
import { labelDoubts, mostDoubtful } from '../../../src/lm/solve/labelDoubts.ts';
import { leaveOneOutScores } from '../../../src/lm/solve/leaveOneOut.ts';
import type { SolverChoice } from '../../../src/lm/solve/solverChoice.ts';
import { at, matrix } from '../../../src/numeric/index.ts';
import { gram, normals } from './kernels.ts';
import { areaUnderCurve, turned } from './plantedNoise.ts';

const FEATURES = 30;

/** A kernel of features that hold the class with a signal beside noise of strength 1, [examples · outputs]². */
function planted(count: number, classes: number, seed: number, signal: number): KernelSplit {
  const outputs = classes === 2 ? 1 : classes;
  const labels = Array.from({ length: count }, (_, k) => k % classes);
  // Each output sees the classes in a way of its own.
  const centers = normals(classes * outputs, FEATURES, seed, 'centers').data;
  const noise = normals(count * outputs, FEATURES, seed, 'noise').data;
  const features = noise.map((value, k) => {
    const [line, feature] = [Math.floor(k / FEATURES), k % FEATURES];
    const label = at(labels, Math.floor(line / outputs));
    return value + signal * at(centers, (label * outputs + (line % outputs)) * FEATURES + feature);
  });
  return { rows: gram(matrix(count * outputs, FEATURES, features)), classes: labels };
}

const LEAST_SQUARES: SolverChoice = { method: 'least-squares', ridge: 0.1, initialScale: null };

describe('labelDoubts', () => {
  it.each([
    [2, 1],
    [3, 3],
  ])('of %i classes is how far a fit without the example prefers another label', (classes, outputs) => {
    const train = planted(12, classes, 3, 1);
    const fit = fitPredictor({ train, outputs, solver: LEAST_SQUARES });
    const left = leaveOneOutScores(fit, train) ?? [];
    const { source, doubts } = labelDoubts(fit, train);
    expect(source).toBe('leave-one-out');
    train.classes.forEach((label, k) => {
      const own = Array.from({ length: outputs }, (_, c) => at(left, k * outputs + c));
      const expected =
        outputs === 1
          ? (label === 1 ? -1 : 1) * at(own, 0)
          : Math.max(...own.filter((_, c) => c !== label)) - at(own, label);
      expect(doubts[k]).toBe(expected);
    });
  });

  it('of a fit without a closed form is that of the fit', () => {
    const train = planted(12, 2, 3, 1);
    const found = labelDoubts(
      fitPredictor({ train, outputs: 1, solver: { method: 'logistic', ridge: 1, withIntercept: false } }),
      train,
    );
    expect(found.source).toBe('fit');
    expect(found.doubts.every((doubt) => doubt < 0)).toBe(true);
  });

  it('ranks the largest first, equal ones in their order', () => {
    expect(mostDoubtful({ doubts: [0, 2, -1, 2] })).toEqual([1, 3, 0, 2]);
  });
});

/**
 * What an area of chance reaches: 0.5 and four standard deviations of the mean of six, each √((4 + 26 + 1) / (12 · 4 · 26))
 * for 4 turned labels among 30 (Mann and Whitney).
 */
const CHANCE = 0.5 + 4 * Math.sqrt(31 / (12 * 4 * 26) / 6);

describe('finds turned labels', () => {
  it.each([
    [2, 1],
    [3, 3],
  ])('of %i classes better than chance', (classes, outputs) => {
    const areas = [1, 2, 3, 4, 5, 6].map((seed) => {
      const train = planted(30, classes, seed, 0.7);
      const { noisy, flipped } = turned(train.classes, classes, 4, seed);
      const fit = fitPredictor({ train: { ...train, classes: noisy }, outputs, solver: LEAST_SQUARES });
      return areaUnderCurve(labelDoubts(fit, { ...train, classes: noisy }).doubts, flipped);
    });
    expect(areas.reduce((sum, area) => sum + area, 0) / areas.length).toBeGreaterThan(CHANCE);
  });
});
