import { describe, expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { chiSquareQuantile } from '../../src/numeric/chiSquareLaw.ts';
import { confidenceInterval, weightedLinearFit } from '../../src/numeric/fits.ts';
import { stream } from '../../src/numeric/random.ts';
import { linearFit, mean, standardDeviation } from '../../src/numeric/statistics.ts';
import { FAMILY_LEVEL, meanBound } from './laws.ts';

describe('weighted lines', () => {
  test('by hand', () => {
    // Weights 1, 4, 1 at x = 0, 1, 3: center x = 7/6, center y = 15/6, spread 1.36… + 0.11… + 3.36… = 29/6.
    const fit = weightedLinearFit([0, 1, 3], [1, 2, 6], [1, 0.5, 1]);
    const products = (7 / 6) * 1.5 + 4 * (1 / 6) * 0.5 + (11 / 6) * 3.5;
    expect(fit.slope).toBeCloseTo((products * 6) / 29, 14);
    expect(fit.intercept).toBeCloseTo(2.5 - (fit.slope * 7) / 6, 14);
    expect(fit.slopeStandardError).toBeCloseTo(Math.sqrt(6 / 29), 14);
    expect(fit.interceptStandardError).toBeCloseTo(Math.sqrt(1 / 6 + (49 / 36) * (6 / 29)), 14);
    const residuals = [1, 2, 6].map((y, index) => y - fit.intercept - fit.slope * at([0, 1, 3], index));
    expect(fit.chiSquare).toBeCloseTo(at(residuals, 0) ** 2 + 4 * at(residuals, 1) ** 2 + at(residuals, 2) ** 2, 13);
    expect(fit.degreesOfFreedom).toBe(1);
  });

  test('with equal standard errors is the ordinary line', () => {
    const x = [10, 8, 13, 9, 11, 14];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96];
    const [weighted, ordinary] = [
      weightedLinearFit(
        x,
        y,
        x.map(() => 0.25),
      ),
      linearFit(x, y),
    ];
    expect(weighted.slope).toBeCloseTo(ordinary.slope, 13);
    expect(weighted.intercept).toBeCloseTo(ordinary.intercept, 12);
    expect(weighted.chiSquare).toBeCloseTo((4 * ordinary.residualDeviation ** 2) / 0.25 ** 2, 10);
  });

  test('slopes, intercepts and chi-squares have their laws', () => {
    const x = [1, 2, 4, 8, 16];
    const errors = [0.5, 0.1, 0.3, 0.2, 1];
    const repetitions = 20_000;
    const draws = stream(1, 'weighted fits').normals(repetitions * x.length);
    const fits = Array.from({ length: repetitions }, (_, repetition) =>
      weightedLinearFit(
        x,
        x.map((value, index) => 3 - 2 * value + at(errors, index) * at(draws, repetition * x.length + index)),
        errors,
      ),
    );
    const level = FAMILY_LEVEL / 5;
    const slopes = fits.map(({ slope, slopeStandardError }) => (slope + 2) / slopeStandardError);
    const intercepts = fits.map(({ intercept, interceptStandardError }) => (intercept - 3) / interceptStandardError);
    for (const scores of [slopes, intercepts]) {
      expect(Math.abs(mean(scores))).toBeLessThan(meanBound(repetitions, 1, level));
      expect(Math.abs((standardDeviation(scores) ?? 0) ** 2 - 1)).toBeLessThan(meanBound(repetitions, 2, level));
    }
    const below = fits.filter(({ chiSquare, degreesOfFreedom: n }) => chiSquare < chiSquareQuantile(0.9, n)).length;
    expect(Math.abs(below / repetitions - 0.9)).toBeLessThan(meanBound(repetitions, 0.09, level));
  });

  test('two points leave no residual', () => {
    const fit = weightedLinearFit([1, 3], [2, 8], [1, 2]);
    expect(fit.slope).toBeCloseTo(3, 13);
    expect(fit.intercept).toBeCloseTo(-1, 13);
    expect(fit.chiSquare).toBeLessThan(1e-28);
    expect(fit.degreesOfFreedom).toBe(0);
  });

  test('impossible input is refused', () => {
    expect(() => weightedLinearFit([1], [1], [1])).toThrow('weightedLinearFit: given 1 values, expected at least 2.');
    expect(() => weightedLinearFit([1, 1], [1, 2], [1, 1])).toThrow(
      'weightedLinearFit, different x: given 1 values, expected at least 2.',
    );
    expect(() => weightedLinearFit([1, 2], [1], [1, 1])).toThrow('given 1 values of y, expected 2.');
    expect(() => weightedLinearFit([1, 2], [1, 2], [1])).toThrow('given 1 standard errors, expected 2.');
    expect(() => weightedLinearFit([1, 2], [1, 2], [1, 0])).toThrow(
      'weightedLinearFit: entry 1 is 0, expected a positive finite number.',
    );
  });
});

describe('confidence intervals', () => {
  test('reach as far as the quantile', () => {
    const { low, high } = confidenceInterval(10, 2, 0.95);
    expect(low).toBeCloseTo(10 - 2 * 1.959963984540054, 13);
    expect(high).toBeCloseTo(10 + 2 * 1.959963984540054, 13);
    // Student's table: 2.2281 at 10 degrees of freedom.
    expect(confidenceInterval(0, 1, 0.95, 10).high).toBeCloseTo(2.228138851986275, 12);
  });

  test('of means of few values contain the truth as often as they say', () => {
    const repetitions = 20_000;
    const count = 4;
    const draws = stream(2, 'intervals').normals(repetitions * count);
    let hits = 0;
    for (let start = 0; start < draws.length; start += count) {
      const values = draws.subarray(start, start + count);
      const error = (standardDeviation(values) ?? Number.NaN) / Math.sqrt(count);
      const { low, high } = confidenceInterval(mean(values), error, 0.9, count - 1);
      if (low < 0 && high > 0) hits++;
    }
    expect(Math.abs(hits / repetitions - 0.9)).toBeLessThan(meanBound(repetitions, 0.09, FAMILY_LEVEL));
  });

  test.each([0, 1, Number.NaN])('have no level %d', (level) => {
    expect(() => confidenceInterval(0, 1, level)).toThrow(
      `confidenceInterval: given level ${level}, expected a number between 0 and 1.`,
    );
  });
});
