import { expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { stream } from '../../src/numeric/random.ts';
import { linearFit, mean, standardDeviation } from '../../src/numeric/statistics.ts';

// F. J. Anscombe, "Graphs in statistical analysis" (1973), first data set; the expected values are its exact rational
// sums evaluated by mpmath 1.3.0 at 60 digits.
const X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
const Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];

test('a published regression', () => {
  const fit = linearFit(X, Y);
  expect(fit.slope).toBeCloseTo(0.5000909090909091, 13);
  expect(fit.intercept).toBeCloseTo(3.000090909090909, 13);
  expect(fit.slopeStandardError).toBeCloseTo(0.1179055005956341, 13);
  expect(fit.residualDeviation).toBeCloseTo(1.2366033227263211, 13);
  expect(standardDeviation(Y)).toBeCloseTo(2.031568135925815, 13);
  expect(mean(X)).toBe(9);
});

test('points on a line leave no residual', () => {
  expect(linearFit([1, 2, 4], [3, 5, 9])).toEqual({
    slope: 2,
    intercept: 1,
    slopeStandardError: 0,
    residualDeviation: 0,
  });
});

test('the standard error of the slope is the spread of slopes over repetitions', () => {
  const x = Float64Array.from({ length: 20 }, (_, index) => index);
  const repetitions = 4000;
  const slopes = new Float64Array(repetitions);
  let variance = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const fit = linearFit(x, stream(1, 'fit').normals(x.length, repetition * x.length));
    slopes[repetition] = fit.slope;
    variance += fit.slopeStandardError ** 2 / repetitions;
  }
  const ratio = (standardDeviation(slopes) ?? Number.NaN) / Math.sqrt(variance);
  // A standard deviation from m draws has relative error 1/√(2m); six of them.
  expect(Math.abs(ratio - 1)).toBeLessThan(6 / Math.sqrt(2 * repetitions));
});

test('too few values', () => {
  expect(standardDeviation([])).toBeUndefined();
  expect(standardDeviation([3])).toBeUndefined();
  expect(standardDeviation([3, 3])).toBe(0);
  expect(() => mean([])).toThrow('mean: given 0 values, expected at least 1.');
  expect(() => linearFit([1, 2], [1, 2])).toThrow('linearFit: given 2 values, expected at least 3.');
  expect(() => linearFit([1, 1, 1], [1, 2, 3])).toThrow('linearFit, different x: given 1 values, expected at least 2.');
  expect(() => linearFit([1, 2, 3], [1, 2])).toThrow('linearFit: given 2 values of y, expected 3.');
});

test('mean reads typed arrays', () => {
  expect(mean(Float64Array.of(1, 2, 6))).toBe(3);
  expect(at(Float64Array.of(4), 0)).toBe(4);
});
