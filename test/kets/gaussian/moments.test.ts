/** Spectral moments of lazily sampled matrices against the exact ones at a finite width, and those against the limits. */

import { describe, expect, test } from 'vitest';
import { type Column, lazyGaussian, type RandomMatrix } from '../../../src/kets/gaussian/index.ts';
import { at, mean, standardDeviation, stream } from '../../../src/numeric/index.ts';
import { dot, drawnFrom, normalColumns } from './support.ts';

/** Draws at large widths, where one is nearly the limit, and at small ones. */
const [FEW, MANY] = [32, 3000];

/** With 31 degrees of freedom a right mean is further than this many standard errors off once in 2700 draws. */
const SIGMAS = 4;

type Operator = (x: Column) => Column;

/** (W + Wᵀ) / √2 of a square matrix: off the diagonal variance σ², on it 2σ². */
function symmetric(matrix: RandomMatrix): Operator {
  return (x) => {
    const [forward = x] = matrix.apply([x]);
    const [backward = x] = matrix.applyTransposed([x]);
    return forward.map((value, row) => (value + at(backward, row)) * Math.SQRT1_2);
  };
}

/** Wᵀ W. */
function covariance(matrix: RandomMatrix): Operator {
  return (x) => at(matrix.applyTransposed(matrix.apply([x])), 0);
}

/** xᵀ Aᵏ x / |x|² for k = 1 … count, one row a seed; for x independent of A its mean is that of tr Aᵏ / columns. */
function moments(
  rows: number,
  columns: number,
  operatorOf: (matrix: RandomMatrix) => Operator,
  count: number,
  seeds: number,
): number[][] {
  return Array.from({ length: seeds }, (_, seed) => {
    const operator = operatorOf(lazyGaussian(drawnFrom(stream(seed, 'matrix'), rows, columns)));
    const [x] = normalColumns(seed, 'x', 1, columns) as [Column];
    const powers = [x];
    for (let k = 1; k <= Math.ceil(count / 2); k++) powers.push(operator(at(powers, k - 1)));
    return Array.from({ length: count }, (_, k) => {
      const half = Math.floor((k + 1) / 2);
      return dot(at(powers, half), at(powers, k + 1 - half)) / dot(x, x);
    });
  });
}

function expectMeans(draws: readonly number[][], expected: readonly number[]): void {
  expected.forEach((value, k) => {
    const values = draws.map((row) => at(row, k));
    const error = (standardDeviation(values) ?? 0) / Math.sqrt(values.length);
    const distance = Math.abs(mean(values) - value) / error;
    expect(distance, `moment ${k + 1}: ${mean(values)} ± ${error}, expected ${value}`).toBeLessThan(SIGMAS);
  });
}

/**
 * Moments 1 … 8 of a Gaussian orthogonal matrix, E tr Sᵏ / n; the odd ones vanish. Ledoux, "A recursion formula for the
 * moments of the Gaussian orthogonal ensemble", Annales de l'IHP 45, 2009. (At n = 1: 2, 12, 120, 1680, as for N(0, 2).)
 */
function orthogonalEnsemble(n: number): number[] {
  const second = 1 + 1 / n;
  const fourth = 2 + 5 / n + 5 / n ** 2;
  const sixth = 5 + 22 / n + 52 / n ** 2 + 41 / n ** 3;
  const eighth = 14 + 93 / n + 374 / n ** 2 + 690 / n ** 3 + 509 / n ** 4;
  return [0, second, 0, fourth, 0, sixth, 0, eighth];
}

/** Moments 1 … 3 of WᵀW for p × n entries of variance 1/n, E tr (WᵀW)ᵏ / n: products of Wick's pairings. */
function wishart(p: number, n: number): number[] {
  const first = p / n;
  const second = (p * (p + n + 1)) / n ** 2;
  const third = (p * (p ** 2 + n ** 2 + 3 * p * n + 3 * p + 3 * n + 4)) / n ** 3;
  return [first, second, third];
}

describe('semicircle', () => {
  test('at width 4096 the moments of (W + Wᵀ)/√2 are near the Catalan numbers 1, 2, 5, 14', () => {
    expectMeans(moments(4096, 4096, symmetric, 8, FEW), orthogonalEnsemble(4096));
    [1, 2, 5, 14].forEach((catalan, k) => {
      expect(Math.abs(at(orthogonalEnsemble(4096), 2 * k + 1) / catalan - 1)).toBeLessThan(0.002);
    });
  });

  test('at width 6, where all directions are soon known, they are exact too', () => {
    expectMeans(moments(6, 6, symmetric, 8, MANY), orthogonalEnsemble(6));
  });
});

describe('Marchenko–Pastur', () => {
  /** Σ_j N(k, j) cʲ with Narayana's numbers N: the limit of the moments for p / n = c. */
  const limits = (c: number): number[] => [c, c + c ** 2, c + 3 * c ** 2 + c ** 3];

  test.each([
    [4096, 4096],
    [2048, 4096],
    [4096, 1024],
  ])('the moments of WᵀW, %i × %i', (rows, columns) => {
    expectMeans(moments(rows, columns, covariance, 3, FEW), wishart(rows, columns));
    limits(rows / columns).forEach((limit, k) => {
      expect(Math.abs(at(wishart(rows, columns), k) / limit - 1)).toBeLessThan(0.002);
    });
  });

  test.each([
    [3, 5],
    [5, 3],
  ])('the moments of WᵀW, %i × %i', (rows, columns) => {
    expectMeans(moments(rows, columns, covariance, 3, MANY), wishart(rows, columns));
  });
});
