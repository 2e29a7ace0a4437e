/** Dual activations: formulas against two-dimensional quadrature, and the laws of kernels. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dualActivation } from '../../src/expectations/index.ts';
import { matrix, spectralForm } from '../../src/numeric/index.ts';
import { add, argument, mul, type UnaryName, unary, unaryFunctions } from '../../src/program/index.ts';
import { covariance, EXACT, expectation, expectNear, SMOOTH } from './covariances.ts';

const KNOWN = [
  'relu',
  'step',
  'sign',
  'abs',
  'erf',
  'normalCdf',
  'normalDensity',
  'sin',
  'cos',
  'exp',
  'gelu',
] as const;
const KINKED = ['relu', 'step', 'sign', 'abs'];

/** Too small to matter, but no formula is used for a function with an offset. */
const OFFSET = 1e-300;

function dual(name: UnaryName, uu: number, uv: number, vv: number): number {
  return dualActivation(name, uu, uv, vv) ?? expect.fail(`no formula for ${name}`);
}

/** The same by quadrature. */
function byQuadrature(name: UnaryName, uu: number, uv: number, vv: number): number {
  const product = mul(unary(name, add(argument(0), OFFSET)), unary(name, argument(1)));
  return expectation(product, covariance([uu, uv], [uv, vv]));
}

const coordinate = fc.integer({ min: -20, max: 20 }).map((k) => k / 10);

describe.each(KNOWN)('%s', (name) => {
  it.each([
    ['positive', 1.3, 0.4, 0.7],
    ['negative', 0.5, -0.6, 1.8],
    ['almost equal', 1, 0.999, 1],
    ['none', 1.3, 0, 0.7],
    ['equal', 1.3, 1.3, 1.3],
    ['opposite multiples', 1.3, -2.6, 5.2],
    ['one constant', 1.3, 0, 0],
  ])('correlation: %s', (_name, uu, uv, vv) => {
    const tolerance = KINKED.includes(name) ? EXACT : SMOOTH;
    expectNear(dual(name, uu, uv, vv), byQuadrature(name, uu, uv, vv), tolerance);
  });

  it('is what expectations use', () => {
    const product = mul(unary(name, argument(0)), unary(name, argument(1)));
    expect(expectation(product, covariance([1.3, 0.4], [0.4, 0.7]))).toBe(dual(name, 1.3, 0.4, 0.7));
  });

  it('gives kernels that are symmetric and positive', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 6 }), (points) => {
        const size = points.length;
        const kernel = new Float64Array(size * size);
        points.forEach(([a, b], i) => {
          points.forEach(([c, d], j) => {
            kernel[i * size + j] = dual(name, a * a + b * b, a * c + b * d, c * c + d * d);
          });
        });
        const least = Math.min(...spectralForm(matrix(size, size, kernel)).values);
        const largest = Math.max(...kernel.map(Math.abs), 1);
        // Where variables are nearly equal, sign's angle takes the root of rounding.
        expect(least).toBeGreaterThan(-1e-6 * largest);
      }),
      { numRuns: 30, seed: 4 },
    );
  });
});

it('values known by hand', () => {
  // relu at equal variables is half the variance; orthogonal ones give the product of the means 1/√(2π).
  expectNear(dual('relu', 3, 3, 3), 1.5, 1e-15);
  expectNear(dual('relu', 1, 0, 1), 1 / (2 * Math.PI), 1e-15);
  expectNear(dual('erf', 1, 1, 1), (2 / Math.PI) * Math.asin(2 / 3), 1e-15);
  expectNear(dual('sign', 1, 0.5, 1), 1 / 3, 1e-15);
  expectNear(dual('step', 1, 0.5, 1), 1 / 3, 1e-15);
  expectNear(dual('abs', 1, 0, 1), 2 / Math.PI, 1e-15);
  expectNear(dual('sin', 1, 1, 1), (1 - Math.exp(-2)) / 2, 1e-15);
  // E u²Φ(u)² of a standard u: mpmath quad(lambda u: (u*ncdf(u))**2*npdf(u), linspace(-13, 13, 27)).
  expectNear(dual('gelu', 1, 1, 1), 0.4252214825702987, 1e-15);
});

it('functions without a formula say so', () => {
  const without = Object.keys(unaryFunctions).filter((name) => !(KNOWN as readonly string[]).includes(name));
  expect(without.sort()).toEqual(['geluTanh', 'log', 'neg', 'sigmoid', 'sqrt', 'tanh']);
  expect(dualActivation('tanh', 1, 0.5, 1)).toBeUndefined();
});
