import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../src/numeric/arrays.ts';
import { multiply, symmetricEigen, transpose } from '../../src/numeric/linearAlgebra.ts';
import { type Matrix, matrix } from '../../src/numeric/matrix.ts';
import { stream } from '../../src/numeric/random.ts';
import { spectralForm } from '../../src/numeric/spectralForm.ts';

/** Relative to the norm: a backward stable algorithm at up to 40 rows, some n · 2^-52 with a constant below 20. */
const TOLERANCE = 20 * 40 * 2 ** -52;

function symmetric(size: number, rank: number, seed: number): Matrix {
  const factor = matrix(size, rank, stream(seed, 'factor').normals(size * rank));
  return multiply(factor, transpose(factor));
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return Array.from(actual).reduce((most, value, k) => Math.max(most, Math.abs(value - at(expected, k))), 0);
}

test('eigenvalues of a known matrix', () => {
  const { values } = spectralForm(matrix(3, 3, Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2)));
  expect(worst(values.toSorted(), [2 - Math.SQRT2, 2, 2 + Math.SQRT2])).toBeLessThan(4 * TOLERANCE);
});

describe('is the spectral theorem for every symmetric matrix', () => {
  test('of any rank: V is orthogonal, V diag Vᵀ x = A x, values are those of the library', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (size, rank, seed) => {
        const a = symmetric(size, rank, seed);
        const { values, toSpectral, fromSpectral } = spectralForm(a);
        const norm = largest(values);
        expect(worst(values.toSorted(), symmetricEigen(a).values)).toBeLessThan(TOLERANCE * norm);
        const x = stream(seed, 'vector').normals(size);
        const components = toSpectral(x);
        expect(worst(fromSpectral(components), x)).toBeLessThan(TOLERANCE * size);
        const length = (v: Float64Array) => Math.hypot(...v);
        expect(Math.abs(length(components) / length(x) - 1)).toBeLessThan(TOLERANCE);
        const product = fromSpectral(components.map((value, k) => value * at(values, k)));
        const expected = multiply(a, matrix(size, 1, x)).data;
        expect(worst(product, expected)).toBeLessThan(TOLERANCE * norm * length(x));
      }),
    );
  });

  test.each([
    ['zero', Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0), [0, 0, 0]],
    ['diagonal', Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2), [-1, 2, 3]],
    ['with equal eigenvalues', Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1), [0, 0, 3]],
    ['in two blocks', Float64Array.of(0, 1, 0, 1, 0, 0, 0, 0, 5), [-1, 1, 5]],
    ['antidiagonal', Float64Array.of(0, 0, 2, 0, 1, 0, 2, 0, 0), [-2, 1, 2]],
  ])('that is %s', (_, data, expected) => {
    const { values, fromSpectral } = spectralForm(matrix(3, 3, data));
    expect(worst(values.toSorted(), expected)).toBeLessThan(5 * TOLERANCE);
    const vectors = [0, 1, 2].map((k) => fromSpectral([0, 1, 2].map((l) => (k === l ? 1 : 0))));
    vectors.forEach((vector, k) => {
      const image = multiply(matrix(3, 3, data), matrix(3, 1, vector)).data;
      expect(
        worst(
          image,
          vector.map((entry) => entry * at(values, k)),
        ),
      ).toBeLessThan(5 * TOLERANCE);
    });
  });

  // Rounding noise where the rank ends is never small beside its own neighbours: sweeps must end all the same.
  test.each([
    [100, 10],
    [200, 120],
  ])('of %d rows and rank %d', (size, rank) => {
    const { values } = spectralForm(symmetric(size, rank, 1));
    const noise = 20 * size * 2 ** -52 * largest(values);
    expect(values.filter((value) => Math.abs(value) > noise)).toHaveLength(rank);
  });

  test('of any size and scale', () => {
    expect([...spectralForm(matrix(0, 0, new Float64Array(0))).values]).toEqual([]);
    expect([...spectralForm(matrix(1, 1, Float64Array.of(-7))).values]).toEqual([-7]);
    const a = symmetric(12, 12, 1);
    const { values } = spectralForm(a);
    for (const scale of [2 ** 900, 2 ** -900]) {
      const scaled = spectralForm({ ...a, data: a.data.map((value) => value * scale) });
      expect(
        worst(
          scaled.values,
          values.map((value) => value * scale),
        ) /
          (scale * largest(values)),
      ).toBeLessThan(TOLERANCE);
    }
  });
});

test('the matrix stays as it was, and rounding asymmetry is averaged out', () => {
  const data = Float64Array.of(2, 1 + 1e-12, 1, 2);
  const { values } = spectralForm(matrix(2, 2, data));
  expect(worst(values.toSorted(), [1 - 5e-13, 3 + 5e-13])).toBeLessThan(TOLERANCE);
  expect([...data]).toEqual([2, 1 + 1e-12, 1, 2]);
});

test('refuses what is not a finite symmetric matrix', () => {
  expect(() => spectralForm(matrix(1, 2, new Float64Array(2)))).toThrow('spectralForm: given 1 × 2, expected a square');
  expect(() => spectralForm(matrix(2, 2, Float64Array.of(1, 2, 3, 4)))).toThrow('the matrix is not symmetric');
  expect(() => spectralForm(matrix(1, 1, Float64Array.of(Number.NaN)))).toThrow('entry 0 is NaN');
  const { toSpectral } = spectralForm(matrix(2, 2, Float64Array.of(1, 0, 0, 1)));
  expect(() => toSpectral([1, 2, 3])).toThrow('given 3 entries, expected 2');
});
