import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  compare,
  divided,
  type Exponent,
  equal,
  exponent,
  least,
  minus,
  most,
  NEVER,
  negated,
  parseExponent,
  plus,
  printExponent,
  printPower,
  toNumber,
} from '../../src/parametrizations/exponent.ts';

const exponents = fc
  .tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: 1, max: 24 }))
  .map(([top, bottom]) => exponent(`${top}/${bottom}`));

describe('exponents', () => {
  it.each<[number | string, string]>([
    [0.5, '1/2'],
    ['1/2', '1/2'],
    ['2/4', '1/2'],
    ['-.25', '-1/4'],
    ['−3/2', '-3/2'],
    [1 / 3, '1/3'],
    [0.1 + 0.2, '3/10'],
    ['+2', '2'],
    [-0, '0'],
    [' 1.50 ', '3/2'],
  ])('reads %j as %s', (given, shown) => expect(printExponent(exponent(given))).toBe(shown));

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '', '1/0', 'n', '1//2', '1e3', '--1', Math.PI * 1e7, null, {}, [1]])(
    'does not read %j',
    (given) => expect(parseExponent(given)).toBeUndefined(),
  );

  test('what is none is refused with its place', () => {
    expect(() => exponent('half', 'b of layer 2')).toThrow(
      'b of layer 2 is "half"; expected a number or a fraction, such as 0.5 or "1/2".',
    );
  });

  test('print as powers of n', () => {
    const powers = ['0', '1', '2', '-1', '1/2', '-3/4'].map((one) => printPower(exponent(one)));
    expect(powers).toEqual(['1', 'n', 'n^2', 'n^(-1)', 'n^(1/2)', 'n^(-3/4)']);
    expect([printPower(negated(NEVER)), printPower(NEVER), printExponent(NEVER)]).toEqual(['0', '∞', '∞']);
  });

  test('add, negate, divide and compare as fractions do', () => {
    fc.assert(
      fc.property(exponents, exponents, exponents, fc.integer({ min: 1, max: 9 }), (x, y, z, k) => {
        expect(plus(plus(x, y), z)).toEqual(plus(x, plus(z, y)));
        expect(minus(plus(x, y), y)).toEqual(x);
        expect(plus(...Array.from({ length: k }, () => divided(x, k)))).toEqual(x);
        expect(Math.sign(compare(x, y))).toBe(Math.sign(toNumber(x) - toNumber(y)));
        expect(printExponent(exponent(printExponent(x)))).toBe(printExponent(x));
        expect(exponent(toNumber(x))).toEqual(x);
      }),
    );
  });

  test('infinity is above all of them, and absorbs them', () => {
    fc.assert(
      fc.property(exponents, (x: Exponent) => {
        expect(plus(x, NEVER)).toEqual(NEVER);
        expect(compare(x, NEVER)).toBeLessThan(0);
        expect(compare(negated(NEVER), x)).toBeLessThan(0);
        expect(least(NEVER, x)).toEqual(x);
        expect(most(negated(NEVER), x)).toEqual(x);
      }),
    );
    expect(equal(NEVER, NEVER)).toBe(true);
    expect(() => minus(NEVER, NEVER)).toThrow('sum of +∞ and −∞');
  });
});
