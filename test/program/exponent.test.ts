import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  compare,
  divided,
  type Exponent,
  equal,
  exponent,
  isCanonical,
  isZeroPower,
  least,
  minus,
  most,
  NEVER,
  negated,
  parseExponent,
  plus,
  printDecimal,
  printExponent,
  printPower,
  raised,
  times,
  toNumber,
  ZERO,
  ZERO_POWER,
} from '../../src/program/exponent.ts';

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
    [1e-7, '1/10000000'],
    [0.123456789, '123456789/1000000000'],
  ])('reads %j as %s', (given, shown) => expect(printExponent(exponent(given))).toBe(shown));

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '', '1/0', 'n', '1//2', '1e3', '--1', Math.PI * 1e7, null, {}, [1]])(
    'does not read %j',
    (given) => expect(parseExponent(given)).toBeUndefined(),
  );

  test('fractions are read in lowest terms, one form for each value', () => {
    const read = (numerator: number, denominator: number) => JSON.stringify(parseExponent({ denominator, numerator }));
    expect([read(2, 4), read(-1, -2), read(1, 2)]).toEqual(Array(3).fill('{"numerator":1,"denominator":2}'));
    expect([read(3, -6), read(-0, 5)]).toEqual(['{"numerator":-1,"denominator":2}', '{"numerator":0,"denominator":1}']);
    expect([parseExponent({ numerator: 2, denominator: 0 }), parseExponent(ZERO_POWER)]).toEqual([NEVER, ZERO_POWER]);
    expect([read(0, 0), read(0.5, 1), read(1, 2 ** 53), read(Number.NaN, 1)]).toEqual(Array(4).fill(undefined));
  });

  test('only finite fractions in lowest terms are what programs hold', () => {
    expect([exponent(0.5), exponent(-3), ZERO].map(isCanonical)).toEqual([true, true, true]);
    const others = [0.5, '1/2', NEVER, { numerator: 2, denominator: 4 }, { numerator: 1, denominator: -2 }, null];
    expect(others.map(isCanonical)).toEqual(others.map(() => false));
  });

  test('sums that no fraction of safe whole numbers is equal to are refused', () => {
    const [fine, finer] = [
      exponent({ numerator: 1, denominator: 2 ** 40 + 1 }),
      exponent({ numerator: 1, denominator: 2 ** 40 - 1 }),
    ];
    expect(() => plus(fine, finer)).toThrow('too many different denominators');
    expect(() => times(fine, finer)).toThrow('too many different denominators');
    expect(plus(fine, negated(fine))).toEqual(ZERO);
    // As f64 the two are 1 apart, and their cross products are not whole numbers of f64 any more.
    const [near, far] = [
      exponent({ numerator: 2 ** 52 + 1, denominator: 2 ** 52 - 1 }),
      exponent({ numerator: 2 ** 52 + 3, denominator: 2 ** 52 + 1 }),
    ];
    expect([compare(near, far) > 0, compare(far, near) < 0]).toEqual([true, true]);
  });

  test('print as decimals where these are exact, else as fractions', () => {
    const given = [0.5, -2, '1/3', '-5/6', 0.3, '1/1024', 1e-7, { numerator: 1, denominator: 2 ** 20 }, 0, ZERO_POWER];
    expect(given.map((one) => printDecimal(exponent(one)))).toEqual([
      ...['0.5', '-2', '(1/3)', '(-5/6)', '0.3', '0.0009765625', '1e-7', '(1/1048576)', '0', '-∞'],
    ]);
  });

  test('read of any number are its simplest fraction, which prints and reads as it', () => {
    for (const value of [0.7364829374628374, -Math.SQRT2, Math.E, 1e-7 / 3, 123456.78901234567]) {
      const read = exponent(value);
      expect(toNumber(read)).toBe(value);
      expect(exponent(Number(printDecimal(read).replace(/^\((.*)\/(.*)\)$/, (_, a, b) => String(a / b))))).toEqual(
        read,
      );
    }
    expect(printDecimal(exponent(0.7364829374628374))).toBe('0.7364829374628374');
    expect(printDecimal(exponent(1e-7 / 3))).toBe('(1/30000000)');
  });

  test('are powers in f64 by their quotient', () => {
    expect([raised(7, exponent('1/3')), raised(0.3, exponent(-0.5))]).toEqual([7 ** (1 / 3), 0.3 ** -0.5]);
    expect([raised(5, ZERO_POWER), raised(5, ZERO)]).toEqual([0, 1]);
  });

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
        expect(toNumber(times(x, y))).toBeCloseTo(toNumber(x) * toNumber(y), 9);
        expect(times(x, plus(y, z))).toEqual(plus(times(x, y), times(x, z)));
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
    expect([equal(NEVER, NEVER), isZeroPower(ZERO_POWER), isZeroPower(NEVER), isZeroPower(ZERO)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(negated(NEVER)).toEqual(ZERO_POWER);
    expect(() => minus(NEVER, NEVER)).toThrow('sum of +∞ and −∞');
  });
});
