/** Ranges contain what they are ranges of. */

import { describe, expect, test } from 'vitest';
import { rangeOf } from '../../src/expectations/ranges.ts';
import { type Variate, Variates } from '../../src/expectations/variates.ts';

const variates = new Variates();
const [x, y] = [variates.variable(0), variates.variable(1)];
const abs = (of: Variate): Variate => variates.unary('abs', of);
const negativeSum = variates.scale(variates.add(abs(x), abs(y)), -1);
const shifted = variates.add(variates.constant(1), abs(x));

const CASES: readonly [name: string, variate: Variate, value: (x: number, y: number) => number][] = [
  ['x + 2 y', variates.add(x, variates.scale(y, 2)), (a, b) => a + 2 * b],
  ['|x| y', variates.multiply(abs(x), y), (a, b) => Math.abs(a) * b],
  ['x²', variates.power(x, 2), (a) => a ** 2],
  ['1/x³', variates.power(x, -3), (a) => a ** -3],
  ['1/x²', variates.power(x, -2), (a) => a ** -2],
  ['1/(1 + |x|)', variates.power(shifted, -1), (a) => 1 / (1 + Math.abs(a))],
  ['(1 + |x|)^1.5', variates.power(shifted, 1.5), (a) => (1 + Math.abs(a)) ** 1.5],
  ['−|x| − |y|', negativeSum, (a, b) => -Math.abs(a) - Math.abs(b)],
  ['(−|x| − |y|)²', variates.power(negativeSum, 2), (a, b) => (Math.abs(a) + Math.abs(b)) ** 2],
  ['(−|x| − |y|)³', variates.power(negativeSum, 3), (a, b) => -((Math.abs(a) + Math.abs(b)) ** 3)],
  ['1/(−|x| − |y|)', variates.power(negativeSum, -1), (a, b) => -1 / (Math.abs(a) + Math.abs(b))],
  [
    'tanh(1/(−|x| − |y|))',
    variates.unary('tanh', variates.power(negativeSum, -1)),
    (a, b) => Math.tanh(-1 / (Math.abs(a) + Math.abs(b))),
  ],
];
const POINTS = [-3, -0.5, -1e-3, 1e-3, 0.7, 20];

test.each(CASES)('%s lies in its range', (_, variate, value) => {
  const { low, high, nonzero } = rangeOf(variate);
  const values = POINTS.flatMap((a) => POINTS.map((b) => value(a, b)));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
  expect(Math.max(...values)).toBeLessThanOrEqual(high);
  expect(nonzero && values.includes(0)).toBe(false);
});

describe('ranges are no wider than they have to be', () => {
  test('a negative sum and its inverse', () => {
    expect(rangeOf(negativeSum)).toMatchObject({ low: Number.NEGATIVE_INFINITY, nonzero: false });
    expect(rangeOf(negativeSum).high).toBeCloseTo(0, 12);
    expect(rangeOf(variates.power(negativeSum, -1)).high).toBeCloseTo(0, 12);
  });

  test('what keeps away from 0', () => {
    expect(rangeOf(shifted)).toEqual({ low: 1, high: Number.POSITIVE_INFINITY, nonzero: true });
    expect(rangeOf(variates.power(shifted, -1))).toEqual({ low: 0, high: 1, nonzero: true });
  });
});
