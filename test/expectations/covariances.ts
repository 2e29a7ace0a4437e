/** What the tests of exact expectations share. */

import { expect } from 'vitest';
import { gaussianExpectation, isNotClosed } from '../../src/expectations/index.ts';
import { type Matrix, matrix } from '../../src/numeric/index.ts';
import type { Expr } from '../../src/program/index.ts';

/** What the issue asks of deterministic values. */
export const EXACT = 1e-10;
/** Closed forms, Wick sums and quadratures of smooth functions: some ten thousand roundings of 1e-16 that mostly cancel. */
export const SMOOTH = 1e-12;

/** The matrix of the given rows. */
export function covariance(...rows: readonly (readonly number[])[]): Matrix {
  return matrix(rows.length, rows.length, Float64Array.from(rows.flat()));
}

/** F Fᵀ for the rows F: the covariance of Σ_k row[k] ξ_k, singular where there are more rows than columns. */
export function factored(...rows: readonly (readonly number[])[]): Matrix {
  return covariance(
    ...rows.map((left) => rows.map((right) => left.reduce((sum, value, k) => sum + value * (right[k] ?? 0), 0))),
  );
}

/** The expectation, where it must be found. */
export function expectation(expr: Expr, of: Matrix): number {
  const value = gaussianExpectation(expr, of);
  return isNotClosed(value) ? expect.fail(value.reason) : value;
}

/** Two-sided, relative to the larger of 1e-2 and the expected value. */
export function expectNear(actual: number, expected: number, tolerance: number, what = ''): void {
  const deviation = Math.abs(actual - expected) / Math.max(1e-2, Math.abs(expected));
  expect(deviation, `${what}: ${actual} for ${expected}`).toBeLessThanOrEqual(tolerance);
}
