/** Small kernels for tests of solvers. */

import { at, type Matrix, matrix, multiply, stream, transpose } from '../../../src/numeric/index.ts';

/** Normal entries, the same for the same seed and name. */
export function normals(rows: number, columns: number, seed: number, name: string): Matrix {
  return matrix(rows, columns, stream(seed, name).normals(rows * columns));
}

/** The positive semi-definite A Aᵀ of a factor, exactly symmetric. */
export function gram(factor: Matrix): Matrix {
  return multiply(factor, transpose(factor));
}

/** A matrix times a number. */
export function scaled(a: Matrix, factor: number): Matrix {
  return { ...a, data: a.data.map((value) => value * factor) };
}

/** Chosen rows and columns in a chosen order. */
export function permuted({ columns, data }: Matrix, rowOrder: readonly number[], columnOrder: readonly number[]) {
  const entries = rowOrder.flatMap((row) => columnOrder.map((column) => at(data, row * columns + column)));
  return matrix(rowOrder.length, columnOrder.length, Float64Array.from(entries));
}

/** The largest deviation relative to the largest expected value. */
export function relativeDeviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = Array.from(actual).reduce((most, value, k) => Math.max(most, Math.abs(value - at(expected, k))), 0);
  return scale === 0 ? worst : worst / scale;
}
