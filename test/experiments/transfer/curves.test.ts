/** Loss curves: blocks of steps, means over seeds, and where they end. */

import { describe, expect, it } from 'vitest';
import type { WidthSweep } from '../../../src/experiments/index.ts';
import { averageCurve, curveSteps, curvesOf, thinned } from '../../../src/experiments/transfer/curves.ts';

const rising = (count: number): number[] => Array.from({ length: count }, (_, k) => k + 1);

describe('a loss curve', () => {
  it('has every step of a short run, and means over blocks of a long one', () => {
    expect(thinned(rising(30), 30)).toEqual(rising(30));
    expect(curveSteps(250)).toHaveLength(84);
    expect(curveSteps(250).slice(-2)).toEqual([249, 250]);
    const thin = thinned(rising(250), 250);
    // Blocks of three, and the one step that is left.
    expect(thin.slice(0, 2)).toEqual([2, 5]);
    expect(thin.at(-1)).toBe(250);
    expect(thin).toHaveLength(84);
    for (const steps of [1, 99, 100, 101, 1000, 12345]) expect(curveSteps(steps).length).toBeLessThanOrEqual(100);
  });

  it('ends with the last whole block where training diverged', () => {
    expect(thinned(rising(8), 250)).toEqual([2, 5]);
    expect(thinned([], 250)).toEqual([]);
  });

  it('is the mean over seeds as far as all of them got', () => {
    expect(averageCurve([{ curve: [1, 2, 3] }, { curve: [3, 5] }])).toEqual([2, 3.5]);
    expect(averageCurve([])).toEqual([]);
  });

  it('is there at the value best at the smallest width, and at the best of each that has one', () => {
    const width = (size: number, losses: readonly (number | null)[]): WidthSweep => ({
      width: size,
      points: losses.map((loss, k) => ({ value: 2 ** k, loss, standardError: null, losses: [loss], diverged: 0 })),
      optimum: { value: 1, interval: null, edge: null },
      trained: true,
    });
    const { transferred, own } = curvesOf(
      [width(8, [3, 1, 2]), width(16, [1, 2, null]), width(32, [null, null, null])],
      (size, value) => [{ curve: [size + value] }],
    );
    expect(transferred.map(({ losses }) => losses[0])).toEqual([10, 18, 34]);
    expect(own).toEqual([
      { width: 8, value: 2, losses: [10] },
      { width: 16, value: 1, losses: [17] },
    ]);
  });
});
