/** What programs multiply and hand out, counted by hand. */

import { describe, expect, test } from 'vitest';
import { multiplications, outputSizes } from '../../src/finite/index.ts';
import { build, fixed, mul, unary } from '../../src/program/index.ts';

const SIZES = { row: 5, n: 3, m: 4 };
const start = () => build('counted', { row: fixed(), n: fixed(), m: fixed() });

describe('multiplications', () => {
  test('of a product: the entries of all of its axes, once for each', () => {
    const b = start();
    const x = b.input('x', ['row', 'n']);
    const y = b.contract(x, b.parameter('w', ['m', 'n']), ['n']);
    b.output('y', b.contract(y, b.parameter('v', ['m', 'row']), ['m', 'row']));
    expect(multiplications(b.finish(), SIZES)).toBe(5 * 3 * 4 + 5 * 4);
  });

  test('what no output needs is not counted, nor is an entrywise formula', () => {
    const b = start();
    const x = b.input('x', ['row', 'n']);
    b.contract(x, b.parameter('w', ['m', 'n']), ['n']);
    b.output(
      'y',
      b.map([x], (u) => mul(u, unary('tanh', u))),
    );
    expect(multiplications(b.finish(), SIZES)).toBe(0);
  });

  test('sizes that are missing are named', () => {
    const b = start();
    b.output('y', b.contract(b.input('x', ['row', 'n']), b.parameter('w', ['m', 'n']), ['n']));
    expect(() => multiplications(b.finish(), { row: 5, n: 3 })).toThrow(/space m: no size/);
  });
});

test('sizes of outputs', () => {
  const b = start();
  const x = b.input('x', ['row', 'n']);
  b.output('x', x);
  b.output('sum', b.sum(x, ['n']));
  expect([...outputSizes(b.finish(), SIZES)]).toEqual([
    ['x', 15],
    ['sum', 5],
  ]);
});
