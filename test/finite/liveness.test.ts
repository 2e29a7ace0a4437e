/** What programs hold at their fullest, counted by hand. */

import { describe, expect, test } from 'vitest';
import { peakNumbers } from '../../src/finite/index.ts';
import { add, build, fixed, mul, unary } from '../../src/program/index.ts';

const SIZES = { row: 5, n: 3, m: 4 };
const start = () => build('counted', { row: fixed(), n: fixed(), m: fixed() });

describe('numbers at the fullest moment', () => {
  test('a chain of products holds two values at a time, and its inputs are the caller’s', () => {
    const b = start();
    const up = b.parameter('up', ['m', 'n']);
    const down = b.parameter('down', ['n', 'm']);
    const first = b.contract(b.input('x', ['row', 'n']), up, ['n']);
    const second = b.contract(first, down, ['m']);
    const third = b.contract(second, up, ['n']);
    b.output('y', b.contract(third, down, ['m']));
    // Of row × m and row × n; the output is like the second.
    expect(peakNumbers(b.finish(), SIZES)).toBe(5 * 4 + 5 * 3);
  });

  test('a value that is read late lives until then', () => {
    const late = (again: boolean): number => {
      const b = start();
      const up = b.parameter('up', ['m', 'n']);
      const down = b.parameter('down', ['n', 'm']);
      const first = b.contract(b.input('x', ['row', 'n']), up, ['n']);
      const second = b.contract(first, down, ['m']);
      const third = b.contract(second, up, ['n']);
      b.output(
        'y',
        b.map([third, again ? first : third], (u, v) => add(unary('tanh', u), v)),
      );
      return peakNumbers(b.finish(), SIZES);
    };
    expect(late(true) - late(false)).toBe(5 * 4);
  });

  test('an entrywise formula writes over what nobody reads any more', () => {
    const made = (kept: boolean): number => {
      const b = start();
      const h = b.contract(b.input('x', ['row', 'n']), b.parameter('w', ['m', 'n']), ['n'], 'h');
      b.output(
        'y',
        b.contract(
          b.map([b.sum(h, []), h], (u, v) => mul(unary('tanh', u), v)),
          b.parameter('v', ['n', 'm']),
          ['m'],
        ),
      );
      if (kept) b.output('h', h);
      return peakNumbers(b.finish(), SIZES);
    };
    expect(made(true) - made(false)).toBe(5 * 4);
  });

  test('renamed and repeated values are not stored again', () => {
    const b = start();
    const h = b.contract(b.input('x', ['row', 'n']), b.parameter('w', ['m', 'n']), ['n']);
    const moved = b.rename(h, 'm', "m'");
    b.output('y', b.contract(moved, b.parameter('v', ['n', "m'"]), ["m'"]));
    expect(peakNumbers(b.finish(), SIZES)).toBe(5 * 4 + 5 * 3);
  });

  test('axes are split and merged in place, where they lie together', () => {
    const peak = (...axes: ('row' | 'm')[]): number => {
      const b = build('counted', { row: fixed(), n: fixed(), m: fixed(), both: fixed({ symbol: 'both', ratio: 1 }) });
      const h = b.contract(b.input('x', ['row', 'n']), b.parameter('w', ['m', 'n']), ['n']);
      b.output('y', b.contract(b.merge(h, axes, 'both'), b.parameter('v', ['n', 'both']), ['both']));
      return peakNumbers(b.finish(), { ...SIZES, both: 20 });
    };
    expect(peak('row', 'm')).toBe(5 * 4 + 3);
    // A transposed copy, and what is merged of it.
    expect(peak('m', 'row')).toBe(3 * 5 * 4);
  });

  test('an output in another order is a copy more', () => {
    const b = start();
    b.output('y', b.contract(b.input('x', ['row', 'n']), b.parameter('w', ['m', 'n']), ['n']));
    const program = b.finish();
    const [one, other] = [
      ['row', 'm'],
      ['m', 'row'],
    ].map((y) => peakNumbers(program, SIZES, { y }));
    expect([one, other].sort((p, q) => (p ?? 0) - (q ?? 0))).toEqual([20, 40]);
  });
});
