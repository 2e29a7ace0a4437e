/** The quadratures below the expectations, each against integrals known by formula. */

import { describe, expect, it } from 'vitest';
import { curveCuts } from '../../src/expectations/curveCuts.ts';
import type { Cuts, Plane } from '../../src/expectations/cuts.ts';
import { edgesOf } from '../../src/expectations/cuts.ts';
import type { Integrand } from '../../src/expectations/integrand.ts';
import { ballOf, latticeMean } from '../../src/expectations/lattice.ts';
import { lineMean } from '../../src/expectations/line.ts';
import { mixedMean } from '../../src/expectations/mixed.ts';
import { nestedMean } from '../../src/expectations/nested.ts';
import { type Estimate, integrate, type Sampled } from '../../src/expectations/panels.ts';
import { gaussianMean } from '../../src/expectations/quadrature.ts';
import { expectNear, SMOOTH } from './covariances.ts';

/** Counts evaluations. */
function sampled(f: (x: number) => number): Sampled & { count: number } {
  const run = (xs: Float64Array, values: Float64Array): void => {
    counted.count += xs.length;
    xs.forEach((x, k) => {
      values[k] = f(x);
    });
  };
  const counted = Object.assign(run, { count: 0 });
  return counted;
}

/** A function of all coordinates as the quadratures take it. */
function along(f: (point: readonly number[]) => number): Integrand {
  return (point, xs, values) => {
    xs.forEach((x, k) => {
      values[k] = f([...point.subarray(0, -1), x]);
    });
  };
}

function expectEstimate({ value, error }: Estimate, expected: number, tolerance: number): void {
  expectNear(value, expected, tolerance);
  // The stated error holds, up to rounding.
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(error + 1e-14 * Math.abs(expected));
}

describe('panels', () => {
  it.each([0, 1, 5, 14, 30, 62])('one panel is exact for x^%i', (power) => {
    const exact = (2 ** (power + 1) - (-1) ** (power + 1)) / (power + 1);
    expectEstimate(
      integrate(
        sampled((x) => x ** power),
        [-1, 2],
        0,
      ),
      exact,
      1e-14,
    );
  });

  it('halves panels where a function is not smooth', () => {
    expectEstimate(integrate(sampled(Math.sqrt), [0, 1], 1e-16), 2 / 3, 1e-13);
    expectEstimate(integrate(sampled(Math.log), [0, 1], 1e-16), -1, 1e-13);
    const jump = sampled((x) => (x < 1 / 3 ? 0 : 1));
    expectNear(integrate(jump, [0, 1], 1e-14).value, 2 / 3, 1e-13);
    const cut = sampled((x) => (x < 1 / 3 ? 0 : 1));
    expectEstimate(integrate(cut, [0, 1 / 3, 1], 1e-16), 2 / 3, 1e-15);
    expect(cut.count).toBeLessThan(jump.count / 50);
  });

  it('does not trust rules that agree by chance where there are two scales', () => {
    // A layer of 1e-6 of the size, invisible to few points: the same integral by its formula.
    const layered = sampled((x) => Math.cos(x) + 1e-6 * Math.exp(-40 * x));
    expectEstimate(integrate(layered, [0, 2], 1e-14), Math.sin(2) + 1e-6 * ((1 - Math.exp(-80)) / 40), 1e-13);
  });
});

const plane = (offset: number, ...normal: readonly number[]): Plane => ({
  normal: Float64Array.from(normal),
  offset,
  sharp: false,
});
const cutsAt = (...planes: readonly Plane[]): Cuts => ({ planes, curves: [] });

describe('Gaussian means', () => {
  it('one variable, with a kink and without its place', () => {
    const f = along(([x = 0]) => Math.max(x - 0.7, 0));
    // E (x − c)₊ = φ(c) − c Φ(−c): mpmath npdf(0.7) - 0.7*ncdf(-0.7).
    expectEstimate(lineMean(f, cutsAt(plane(-0.7, 1))), 0.14287937681061014, 1e-14);
    expectEstimate(lineMean(f, cutsAt()), 0.14287937681061014, 1e-13);
  });

  it('lattices in one to four dimensions', () => {
    for (const dimension of [1, 2, 3, 4]) {
      const f = along((point) => Math.cos(point.reduce((sum, x) => sum + x, 0)));
      const ball = ballOf(f, dimension);
      expectEstimate(latticeMean(f, dimension, ball, 2e7), Math.exp(-dimension / 2), SMOOTH);
    }
  });

  it('two and three variables with kinks', () => {
    const two = along(([x = 0, y = 0]) => Math.max(x + 2 * y, 0) * (y > 0.5 * x ? 1 : 0));
    // An arc of the plane: mean of r is √(π/2), and the projection of (1, 2) integrates by the angle.
    const [from, to] = [Math.atan(0.5), Math.PI - Math.atan(0.5)];
    const arc = Math.sin(to) - Math.sin(from) - 2 * (Math.cos(to) - Math.cos(from));
    const cuts = cutsAt(plane(0, 1, 2), plane(0, -0.5, 1));
    expectEstimate(nestedMean(two, 2, cuts, 1), (Math.sqrt(Math.PI / 2) * arc) / (2 * Math.PI), SMOOTH);
    const three = along(([x = 0, y = 0, z = 0]) => Math.abs(x) * Math.cos(y + z) * Math.cos(x * z));
    // E |x| cos(y + z) cos(x z) = e^(−1/2) E |x| e^(−(1 + x²)/2) cosh x.
    const line = along(([x = 0]) => Math.abs(x) * Math.exp(-(2 + x * x) / 2) * Math.cosh(x));
    const expected = lineMean(line, cutsAt(plane(0, 1))).value;
    const ball = ballOf(three, 3, 14);
    expectEstimate(mixedMean(three, 3, cutsAt(plane(0, 1, 0, 0)), ball), expected, SMOOTH);
  });

  it('gives up in time', () => {
    const smooth = { kinks: [], sharp: [], curvedKinks: [] };
    const wild = along(([x = 0, y = 0]) => Math.sin(1e6 * x * y) ** 2);
    expect(() => gaussianMean(wild, { dimension: 2, ...smooth }, { left: 1e5 })).toThrow(
      /takes more evaluations than were allowed/,
    );
    expect(() => gaussianMean(wild, { dimension: 5, ...smooth }, { left: 1e5 })).toThrow(
      'expectation over 5 jointly Gaussian variables',
    );
  });
});

describe('cuts', () => {
  it('zeros along a line, to the last bits', () => {
    const f = along(([a = 0, x = 0]) => Math.sinh(x) - a);
    const [cut = Number.NaN, ...others] = curveCuts(f, Float64Array.of(2, 0), 14);
    expect(others).toEqual([]);
    expect(Math.abs(cut - Math.asinh(2))).toBeLessThan(1e-15);
    expect(
      curveCuts(
        along(([, x = 0]) => x * x + 1),
        Float64Array.of(0, 0),
        14,
      ),
    ).toEqual([]);
  });

  it('ends of panels are in order and not crowded', () => {
    expect(edgesOf([3, -20, 0.5, 0.5 + 1e-14], [-14, -2.7, 2.7, 14])).toEqual([-14, -2.7, 0.5, 3, 14]);
  });
});
