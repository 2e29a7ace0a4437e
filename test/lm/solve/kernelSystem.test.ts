import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelSystem } from '../../../src/lm/solve/kernelSystem.ts';
import { leastSquares, type Matrix, matrix, multiply, operatorNorm, transpose } from '../../../src/numeric/index.ts';
import { gram, normals, permuted, relativeDeviation, scaled } from './kernels.ts';

/** A hundred roundings at condition numbers up to 1e4 (ridge 1e-3 on a hundred-fold sum). */
const TOLERANCE = 100 * 1e4 * 2 ** -52;

/** The definition, without any shared decomposition. */
function directly(kernel: Matrix, ridge: number, wanted: Float64Array): Float64Array {
  const shift = ridge * operatorNorm(kernel);
  const data = kernel.data.map((value, k) => value + (k % (kernel.columns + 1) === 0 ? shift : 0));
  return leastSquares({ ...kernel, data }, matrix(wanted.length, 1, wanted)).solution.data;
}

const sizes = fc.integer({ min: 1, max: 12 });
const ridges = fc.constantFrom(0.001, 0.01, 0.1, 1);

describe('kernelSystem', () => {
  it('solves symmetric kernels of any rank as the definition does', () => {
    fc.assert(
      fc.property(sizes, sizes, ridges, fc.nat(), (size, rank, ridge, seed) => {
        const kernel = gram(normals(size, rank, seed, 'factor'));
        const wanted = normals(size, 1, seed, 'wanted').data;
        const system = kernelSystem(kernel);
        expect(Math.abs(system.norm / operatorNorm(kernel) - 1)).toBeLessThan(TOLERANCE);
        expect(relativeDeviation(system.solver(ridge)(wanted), directly(kernel, ridge, wanted))).toBeLessThan(
          TOLERANCE,
        );
      }),
    );
  });

  it('gives the least norm solution of a singular symmetric kernel', () => {
    // Columns of rank 3 that are orthonormal up to scale: condition number 4 on the range.
    const factor = matrix(4, 3, Float64Array.of(1, 1, 2, 1, -1, 2, 1, 1, -2, 1, -1, -2));
    const kernel = gram(factor);
    const wanted = Float64Array.of(1, 2, 3, 4);
    const fitted = kernelSystem(kernel).solver(0)(wanted);
    expect(relativeDeviation(fitted, directly(kernel, 0, wanted))).toBeLessThan(TOLERANCE);
    // What no column reaches, (1, −1, −1, 1), stays out of the solution.
    expect(Math.abs((fitted[0] ?? 0) - (fitted[1] ?? 0) - (fitted[2] ?? 0) + (fitted[3] ?? 0))).toBeLessThan(TOLERANCE);
  });

  it('solves asymmetric kernels as the definition does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), ridges, fc.nat(), (size, ridge, seed) => {
        const kernel = normals(size, size, seed, 'kernel');
        const wanted = normals(size, 1, seed, 'wanted').data;
        expect(kernelSystem(kernel).solver(ridge)(wanted)).toEqual(directly(kernel, ridge, wanted));
      }),
    );
  });

  it('averages out asymmetry of f32 rounding and keeps what is more', () => {
    const wanted = Float64Array.of(1, -1);
    const solve = (upper: number, lower: number) =>
      kernelSystem(matrix(2, 2, Float64Array.of(2, upper, lower, 1))).solver(0)(wanted);
    expect(relativeDeviation(solve(1 + 4e-7, 1), solve(1 + 2e-7, 1 + 2e-7))).toBeLessThan(TOLERANCE);
    expect(relativeDeviation(solve(1.5, 0.5), [2, -2])).toBeLessThan(TOLERANCE);
    expect(relativeDeviation(solve(0.5, 1.5), [6 / 5, -14 / 5])).toBeLessThan(TOLERANCE);
  });

  it('gives zero for a kernel of zeros', () => {
    const system = kernelSystem(matrix(3, 3, new Float64Array(9)));
    expect(system.norm).toBe(0);
    expect(relativeDeviation(system.solver(0.1)(Float64Array.of(1, -1, 1)), [0, 0, 0])).toBe(0);
  });

  it('drops a direction that the ridge cancels in an indefinite kernel', () => {
    const system = kernelSystem(matrix(2, 2, Float64Array.of(4, 0, 0, -2)));
    expect(relativeDeviation(system.solver(0.5)(Float64Array.of(6, 5)), [1, 0])).toBe(0);
  });
});

describe('laws of the solutions', () => {
  const cases = fc.record({ size: sizes, ridge: ridges, seed: fc.nat(), symmetric: fc.boolean() });
  const kernelOf = ({ size, seed, symmetric }: { size: number; seed: number; symmetric: boolean }) => {
    const factor = normals(size, size, seed, 'factor');
    return symmetric ? gram(factor) : multiply(factor, transpose(normals(size, size, seed, 'other')));
  };

  /** Asymmetric kernels are not bounded below by the ridge: their condition number is measured. */
  const toleranceOf = (kernel: Matrix, ridge: number, solution: Float64Array) =>
    TOLERANCE * (1 + (Math.hypot(...solution) * operatorNorm(kernel)) / (1 + ridge));

  it('a kernel c times as large has coefficients 1/c times as large at the same ridge', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (chosen, factor) => {
        const kernel = kernelOf(chosen);
        const wanted = normals(chosen.size, 1, chosen.seed, 'wanted').data;
        const once = kernelSystem(kernel).solver(chosen.ridge)(wanted);
        const more = kernelSystem(scaled(kernel, factor)).solver(chosen.ridge)(wanted);
        const expected = once.map((value) => value / factor);
        expect(relativeDeviation(more, expected)).toBeLessThan(toleranceOf(kernel, chosen.ridge, once));
      }),
    );
  });

  it('training examples in another order have their coefficients in that order', () => {
    fc.assert(
      fc.property(cases, (chosen) => {
        const kernel = kernelOf(chosen);
        const wanted = normals(chosen.size, 1, chosen.seed, 'wanted').data;
        const order = Array.from({ length: chosen.size }, (_, k) => (k * 5 + 3) % chosen.size).reverse();
        const everyOne = [...new Set([...order, ...wanted.keys()])];
        const once = kernelSystem(kernel).solver(chosen.ridge)(wanted);
        const turned = kernelSystem(permuted(kernel, everyOne, everyOne)).solver(chosen.ridge)(
          Float64Array.from(everyOne, (k) => wanted[k] ?? 0),
        );
        const expected = everyOne.map((k) => once[k] ?? 0);
        expect(relativeDeviation(turned, expected)).toBeLessThan(toleranceOf(kernel, chosen.ridge, once));
      }),
    );
  });
});
