import { describe, expect, test } from 'vitest';
import { newDirections } from '../../../src/kets/gaussian/directions.ts';
import { type Column, combine, divided, gram, norms } from '../../../src/kets/gaussian/index.ts';
import { at } from '../../../src/numeric/index.ts';
import { distance, normalColumns } from './support.ts';

/** Roundings of sums of a few thousand products. */
const ROUNDING = 1e-13;
const TOLERANCE = 1e-10;

function orthonormalColumns(seed: number, count: number, length: number): Column[] {
  const columns = unitColumns(normalColumns(seed, 'basis', count, length));
  return [...newDirections([], columns, TOLERANCE, length).directions];
}

function unitColumns(columns: readonly Column[]): Column[] {
  return columns.map((column) => divided(column, at(norms([column]), 0)));
}

/** x − X Xᵀ x. */
function remainders(basis: readonly Column[], columns: readonly Column[]): Column[] {
  const rest = columns.map((column) => column.slice());
  const overlaps = gram(basis, rest);
  const known = combine(basis, overlaps, columns.length, at(columns, 0).length);
  return rest.map((column, k) => column.map((value, row) => value - at(at(known, k), row)));
}

function expectOrthonormal(columns: readonly Column[]): void {
  const identity = Float64Array.from({ length: columns.length ** 2 }, (_, k) => (k % (columns.length + 1) ? 0 : 1));
  expect(distance(gram(columns, columns), identity)).toBeLessThan(ROUNDING);
}

describe('newDirections', () => {
  const length = 500;
  const basis = orthonormalColumns(1, 20, length);

  test('of independent columns: all, orthonormal with the basis, and what the columns are made of', () => {
    const columns = remainders(basis, unitColumns(normalColumns(2, 'columns', 30, length)));
    const { directions, coefficients } = newDirections(
      basis,
      columns.map((column) => column.slice()),
      TOLERANCE,
      length,
    );
    expect(directions).toHaveLength(30);
    expectOrthonormal([...basis, ...directions]);
    combine(directions, coefficients, 30, length).forEach((column, k) => {
      expect(distance(column, at(columns, k))).toBeLessThan(ROUNDING);
    });
  });

  test('of columns that are nearly known, down to the tolerance and no further', () => {
    const sizes = [1, 1e-3, 1e-6, 1e-9, 1e-11, 1e-12, 0];
    const fresh = remainders(basis, unitColumns(normalColumns(3, 'fresh', sizes.length, length)));
    const columns = unitColumns(
      sizes.map((size, k) => at(basis, k).map((value, row) => value + size * at(at(fresh, k), row))),
    );
    const rest = remainders(basis, columns);
    const { directions } = newDirections(basis, rest, TOLERANCE, length);
    expect(directions).toHaveLength(4);
    expectOrthonormal([...basis, ...directions]);
    expect(Math.max(...norms(rest))).toBeLessThan(TOLERANCE);
    expect(Math.max(...norms(remainders([...basis, ...directions], columns)))).toBeLessThan(TOLERANCE);
  });

  test('of columns that differ among themselves by 1e-9: a round for each size, all directions found', () => {
    const [common, ...own] = remainders(basis, unitColumns(normalColumns(4, 'own', 5, length)));
    const columns = own.map((column, k) =>
      column.map((value, row) => at(common ?? [], row) / 2 + value * 10 ** (-3 * k) * 1e-3),
    );
    const before = columns.map((column) => column.slice());
    const { directions, coefficients } = newDirections(basis, columns, TOLERANCE, length);
    // 1e-3, 1e-6 and 1e-9 of the differences are above the tolerance, 1e-12 is below; one more for what is common.
    expect(directions).toHaveLength(4);
    expectOrthonormal([...basis, ...directions]);
    combine(directions, coefficients, before.length, length).forEach((column, k) => {
      expect(distance(column, at(before, k))).toBeLessThan(TOLERANCE);
    });
  });

  test('takes the longest remainder first', () => {
    const [a, b, c] = unitColumns(normalColumns(5, 'columns', 3, length));
    const columns = remainders(
      basis,
      [a, b, c].flatMap((column) => column ?? []),
    );
    const scaled = columns.map((column, k) => column.map((value) => value * at([0.01, 0.7, 0.1], k)));
    const { directions } = newDirections(
      basis,
      scaled.map((column) => column.slice()),
      TOLERANCE,
      length,
    );
    const overlaps = gram(directions, unitColumns(scaled));
    expect([at(overlaps, 1), at(overlaps, 5), at(overlaps, 6)].map((value) => value > 0.9)).toEqual([true, true, true]);
  });

  test('repeated columns, zero columns, and no columns', () => {
    const [column] = remainders(basis, unitColumns(normalColumns(6, 'column', 1, length)));
    const repeated = [column, new Float64Array(length), column].flatMap((value) => value?.slice() ?? []);
    expect(newDirections(basis, repeated, TOLERANCE, length).directions).toHaveLength(1);
    expect(newDirections(basis, [new Float64Array(length)], TOLERANCE, length)).toEqual({
      directions: [],
      coefficients: new Float64Array(0),
    });
    expect(newDirections(basis, [], TOLERANCE, length).directions).toEqual([]);
  });

  test('no more than there is room for', () => {
    const columns = remainders(basis, unitColumns(normalColumns(7, 'columns', 4, length)));
    const found = (room: number) =>
      newDirections(
        basis,
        columns.map((column) => column.slice()),
        TOLERANCE,
        room,
      ).directions.length;
    expect([0, 1, 3, 9].map(found)).toEqual([0, 1, 3, 4]);
  });
});
