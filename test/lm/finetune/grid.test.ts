/** The grid of fine-tunings: its points, the best of them, and how it grows. */

import { describe, expect, test } from 'vitest';
import {
  bestPoint,
  furtherRate,
  nextRate,
  type PointScore,
  pointScore,
  usualRates,
} from '../../../src/lm/finetune/grid.ts';

const point = (rate: number, score: number | null, more: Partial<PointScore> = {}): PointScore => ({
  ...{ rate, batch: 4, score, loss: 0.5, finished: 2 },
  ...more,
});

describe('rates', () => {
  test('are the paper’s, by whether the optimizer normalizes its gradients', () => {
    expect(usualRates('adam')).toEqual([1e-5, 2e-5, 5e-5]);
    expect(usualRates('lion')).toEqual([1e-5, 2e-5, 5e-5]);
    expect(usualRates('momentum')).toEqual([1e-4, 5e-4, 1e-3, 5e-3, 1e-2]);
  });

  test.each([
    [
      [1e-5, 2e-5, 5e-5],
      [1e-4, 2e-4, 5e-4, 1e-3],
    ],
    [
      [1e-4, 5e-4, 1e-3, 5e-3, 1e-2],
      [5e-2, 0.1, 0.5, 1, 5],
    ],
    [[3e-4], [3e-3, 3e-2]],
  ])('of %j go on as they stand', (rates, further) => {
    let last = Math.max(...rates);
    for (const rate of further) {
      last = nextRate(rates, last);
      expect(last).toBe(rate);
    }
  });
});

describe('the best point', () => {
  test('is that of the best mean score, of equal ones that of the least loss', () => {
    expect(bestPoint([point(1, 0.7), point(2, 0.8), point(3, 0.8, { loss: 0.4 })])?.rate).toBe(3);
  });

  test('is one that some draw has finished, where there is one', () => {
    expect(bestPoint([point(1, 0.6), point(2, 0.9, { finished: 0 })])?.rate).toBe(1);
    expect(bestPoint([point(2, 0.9, { finished: 0 }), point(1, 0.6, { finished: 0 })])?.rate).toBe(2);
    expect(bestPoint([point(1, null)])).toBeUndefined();
  });

  test('has the mean of the draws', () => {
    const best = (score: number, loss: number) => ({ step: 10, score, loss });
    const outcomes = [
      { status: 'finished', best: best(0.5, 1) },
      { status: 'too large', best: best(0.75, 2) },
    ] as const;
    expect(pointScore({ rate: 1, batch: 2 }, outcomes)).toEqual({
      rate: 1,
      batch: 2,
      score: 0.625,
      loss: 1.5,
      finished: 1,
    });
    expect(pointScore({ rate: 1, batch: 2 }, [{ status: 'skipped' }])).toMatchObject({ score: null, finished: 0 });
  });
});

describe('a grid', () => {
  const grid = { batches: [4], rates: [1e-5, 2e-5], extend: true };
  test('grows while its largest rate is the best', () => {
    const tried = [point(1e-5, 0.6), point(2e-5, 0.7)];
    expect(furtherRate(grid, tried)).toBe(1e-4);
    expect(furtherRate({ ...grid, extend: false }, tried)).toBeUndefined();
    expect(furtherRate(grid, [...tried, point(1e-4, 0.9)])).toBe(2e-4);
    expect(furtherRate(grid, [...tried, point(1e-4, 0.65)])).toBeUndefined();
    expect(furtherRate(grid, [...tried, point(1e-4, 0.9, { finished: 0 })])).toBeUndefined();
  });

  test('does not grow for ever', () => {
    const tried: PointScore[] = [point(1e-5, 0.1), point(2e-5, 0.2)];
    for (let rate = furtherRate(grid, tried); rate !== undefined; rate = furtherRate(grid, tried)) {
      tried.push(point(rate, tried.length));
    }
    expect(tried).toHaveLength(2 + 12);
  });
});
