/** Sizes of entries: what counts as one, and what is not finite. */

import { describe, expect, it } from 'vitest';
import { fitLogs, rootMeanSquare } from '../../../src/experiments/coord/measure.ts';

describe('the size of entries', () => {
  it('counts all of them, however small', () => {
    expect(rootMeanSquare([3, -4])).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(rootMeanSquare([-1e9, 1, 1])).toBeCloseTo(Math.sqrt((1e18 + 2) / 3), 0);
    expect(rootMeanSquare([-2e6, -3e6])).toBeCloseTo(Math.sqrt(6.5e12), 6);
    expect(rootMeanSquare([-2e6, 1], { from: [-1e6, 1] })).toBeCloseTo(1e6 / Math.SQRT2, 6);
  });

  it('leaves out masked scores, and nothing else', () => {
    expect(rootMeanSquare([-1e9, 1, 1], { masked: true })).toBe(1);
    expect(rootMeanSquare([-1e9, 3], { from: [-1e9, 1], masked: true })).toBe(2);
    expect(rootMeanSquare([-1e9, -1e9], { masked: true })).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([[Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY], [Number.NaN]])('of %d is not finite', (entry) => {
    for (const masked of [false, true]) {
      expect(Number.isFinite(rootMeanSquare([entry, 1], { masked }))).toBe(false);
      const change = rootMeanSquare([entry, 1], { from: [entry, 1], masked });
      expect(fitLogs([[0], [0], [Math.log(change)]], [1, 2, 4]).exponent).toBe(Number.POSITIVE_INFINITY);
    }
  });
});
