/** The scalar functions: conventions at kinks, and values against mpmath. */

import { describe, expect, test } from 'vitest';
import { argument, differentiate, evaluate, type UnaryName, unary, unaryFunctions } from '../../src/program/index.ts';

/** A handful of roundings of 2^-53 each. */
const RELATIVE = 1e-14;
/**
 * Φ(x) = ½ (1 + erf(x/√2)) cancels for moderate negative x: it is good to 2^-53 of 1, not of itself, so 1e-14 relative
 * holds only where Φ(x) > 0.02.
 */
const ABSOLUTE = 2 ** -52;
/** Far out, e^(-x²/2) magnifies the rounding of its exponent, |x²/2| · 2^-52 relative. */
const FAR_TAIL = 450 * 2 ** -52;

describe('kinks', () => {
  const value = (name: UnaryName, x: number): number => unaryFunctions[name].value(x);
  const slope = (name: UnaryName, x: number): number => evaluate(differentiate(unary(name, argument(0)), 0), {})([x]);

  test.each([0, -0])('sign, step, and the slopes of relu and |x| vanish at %d', (zero) => {
    expect([value('sign', zero), value('step', zero), slope('relu', zero), slope('abs', zero)]).toEqual([0, 0, 0, 0]);
    expect([value('relu', zero), Math.abs(value('abs', zero)), slope('sign', zero), slope('step', zero)]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test('to the left and to the right', () => {
    const names = ['sign', 'step', 'relu', 'abs'] as const;
    expect(names.map((name) => value(name, 2))).toEqual([1, 1, 2, 2]);
    expect(names.map((name) => value(name, -2))).toEqual([-1, 0, 0, 2]);
    expect([slope('relu', 2), slope('relu', -2), slope('abs', 2), slope('abs', -2)]).toEqual([1, 0, 1, -1]);
  });

  test.each(Object.keys(unaryFunctions) as UnaryName[])('%s of NaN is NaN', (name) => {
    expect(value(name, Number.NaN)).toBeNaN();
  });
});

function expectRelative(actual: number, expected: number, tolerance: number): void {
  const deviation = Math.abs(actual - expected) / Math.abs(expected);
  expect(deviation, `${actual} for ${expected}`).toBeLessThanOrEqual(tolerance);
}

// mpmath 1.3.0: mp.dps = 40; mp.nstr(erf(mpf(x)), 20).
test.each([
  [1e-8, 1.1283791670955126e-8],
  [0.125, 0.1403162048013338],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [1.99, 0.995111413199617],
  [2, 0.9953222650189527],
  [2.5, 0.999593047982555],
  [3.75, 0.9999998862727434],
  [5.5, 0.9999999999999927],
])('erf(%d)', (x, expected) => {
  expectRelative(unaryFunctions.erf.value(x), expected, RELATIVE);
  expectRelative(unaryFunctions.erf.value(-x), -expected, RELATIVE);
});

// mpmath 1.3.0: mp.dps = 40; mp.nstr(ncdf(mpf(x)), 20).
test.each([
  [-10, 7.619853024160525e-24, FAR_TAIL],
  [-5.5, 1.8989562465887718e-8, RELATIVE],
  [-3, 0.0013498980316300946, RELATIVE],
  [-1, 0.15865525393145705, RELATIVE],
  [-0.25, 0.4012936743170763, RELATIVE],
  [0, 0.5, RELATIVE],
  [0.5, 0.6914624612740131, RELATIVE],
  [1.5, 0.9331927987311419, RELATIVE],
  [2, 0.9772498680518208, RELATIVE],
  [4, 0.9999683287581669, RELATIVE],
  [-30, 4.906713927148187e-198, FAR_TAIL],
] as const)('normalCdf(%d)', (x, expected, tolerance) => {
  expectRelative(unaryFunctions.normalCdf.value(x), expected, tolerance);
});

// mpmath 1.3.0: mp.dps = 40; mp.nstr(ncdf(mpf(x)), 20).
test.each([
  [-2.8284271247461903, 0.0023388674905236314],
  [-2.5, 0.006209665325776135],
  [-2, 0.02275013194817921],
])('normalCdf(%d), where the sum cancels', (x, expected) => {
  const deviation = Math.abs(unaryFunctions.normalCdf.value(x) - expected);
  expect(deviation, `deviation ${deviation}`).toBeLessThanOrEqual(ABSOLUTE);
});

test('the limits', () => {
  const { erf, normalCdf, sigmoid, gelu, geluTanh } = unaryFunctions;
  expect([erf.value(Number.POSITIVE_INFINITY), erf.value(Number.NEGATIVE_INFINITY)]).toEqual([1, -1]);
  expect([normalCdf.value(40), normalCdf.value(-40)]).toEqual([1, 0]);
  expect([sigmoid.value(1000), sigmoid.value(-1000)]).toEqual([1, 0]);
  expect([gelu.value(50), geluTanh.value(50)]).toEqual([50, 50]);
});
