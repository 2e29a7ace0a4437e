/** Late binding of sizes. */

import { describe, expect, test } from 'vitest';
import {
  bind,
  build,
  fixed,
  gaussian,
  mul,
  rademacher,
  shapeOf,
  sizePower,
  type Tensor,
  tensor,
  width,
} from '../../src/program/index.ts';
import { messageOf } from './support.ts';

const zeros = (axes: readonly string[], shape: readonly number[]): Tensor =>
  tensor(axes, shape, new Float64Array(shape.reduce((a, b) => a * b, 1)));

function network() {
  const b = build('net', {
    batch: fixed(),
    in: fixed(3),
    n: width(),
    wide: width({ symbol: 'n', ratio: 4 }),
    unused: fixed(),
  });
  const x = b.input('x', ['batch', 'in']);
  const w = b.parameter('w', ['n', 'in']);
  const u = b.parameter('u', ['wide', 'n']);
  b.output('f', b.contract(b.contract(x, w, ['in']), u, ['n']));
  return b.finish();
}

describe('sizes come from', () => {
  const expected = { batch: 2, in: 3, n: 5, wide: 20 };

  test('symbols', () => {
    expect(bind(network(), { batch: 2, n: 5 })).toEqual(expected);
  });

  test('feeds', () => {
    expect(bind(network(), {}, { x: zeros(['in', 'batch'], [3, 2]), w: zeros(['n', 'in'], [5, 3]) })).toEqual(expected);
  });

  test('a feed on an axis that is a multiple of the symbol', () => {
    expect(bind(network(), { batch: 2 }, { u: zeros(['wide', 'n'], [20, 5]) })).toEqual(expected);
    const b = build('head', { n: width(), wide: width({ symbol: 'n', ratio: 4 }) });
    b.output('f', b.contract(b.input('g', ['wide']), b.input('h', ['n']), []));
    expect(bind(b.finish(), {}, { g: zeros(['wide'], [12]) })).toEqual({ n: 3, wide: 12 });
  });

  test('both, where they agree', () => {
    expect(bind(network(), { batch: 2, n: 5 }, { u: zeros(['wide', 'n'], [20, 5]) })).toEqual(expected);
  });

  test('copies of an axis', () => {
    const b = build('square', { n: width() });
    b.output('f', b.input('w', ['n', "n'"]));
    const sizes = bind(b.finish(), {}, { w: zeros(["n'", 'n'], [4, 4]) });
    expect(sizes).toEqual({ n: 4 });
    expect(shapeOf(["n'", 'n', "n''"], sizes)).toEqual([4, 4, 4]);
  });
});

test('all mismatches at once, with where each size was bound', () => {
  const feeds = {
    x: zeros(['batch', 'in'], [2, 7]),
    w: zeros(['n', 'in'], [6, 3]),
    u: zeros(['wide', 'n'], [22, 6]),
  };
  expect(messageOf(() => bind(network(), { n: 5 }, feeds))).toBe(
    [
      'sizes of program "net": 4 mismatches',
      '  input "x" axis in: size 7, but space in is declared with 3',
      '  parameter "w" axis n: size 6, but n = 5 (given)',
      '  parameter "u" axis wide: size 22, but 4 n = 20 (given)',
      '  parameter "u" axis n: size 6, but n = 5 (given)',
    ].join('\n'),
  );
  expect(messageOf(() => bind(network(), { batch: 2 }, { w: feeds.w, u: zeros(['wide', 'n'], [20, 5]) }))).toBe(
    [
      'sizes of program "net": 2 mismatches',
      '  parameter "u" axis wide: size 20, but 4 n = 24 (parameter "w" axis n)',
      '  parameter "u" axis n: size 5, but n = 6 (parameter "w" axis n)',
    ].join('\n'),
  );
});

test('feeds on other axes, and with too few numbers', () => {
  const feeds = {
    x: zeros(['batch', 'n'], [2, 5]),
    w: { axes: ['n', 'in'], shape: [5, 3], data: new Float64Array(14) },
  };
  expect(messageOf(() => bind(network(), { batch: 2 }, feeds))).toBe(
    [
      'sizes of program "net": 2 mismatches',
      '  input "x": given axes [batch, n], expected [batch, in]',
      '  parameter "w": 14 numbers for shape 5 × 3',
    ].join('\n'),
  );
});

test('missing feeds count only where they are required', () => {
  const given = { batch: 2, n: 5 };
  expect(bind(network(), given, { x: zeros(['batch', 'in'], [2, 3]) })).toHaveProperty('n', 5);
  expect(messageOf(() => bind(network(), given, { x: zeros(['batch', 'in'], [2, 3]) }, true))).toBe(
    [
      'sizes of program "net": 2 mismatches',
      '  parameter "w": not given; expected axes [n, in]',
      '  parameter "u": not given; expected axes [wide, n]',
    ].join('\n'),
  );
});

test('symbols that nothing binds', () => {
  expect(messageOf(() => bind(network(), {}))).toBe(
    [
      'sizes of program "net": 3 mismatches',
      '  space batch: no size; give batch, or a feed that has the axis',
      '  space n: no size; give n, or a feed that has the axis',
      '  space wide: no size; give n, or a feed that has the axis',
    ].join('\n'),
  );
});

test('sizes are positive whole numbers', () => {
  const b = build('halves', { n: width(), half: width({ symbol: 'n', ratio: 0.5 }) });
  b.output('f', b.contract(b.input('x', ['n']), b.input('y', ['half']), []));
  expect(bind(b.finish(), { n: 6 })).toEqual({ n: 6, half: 3 });
  expect(messageOf(() => bind(b.finish(), { n: 5 }))).toBe(
    'sizes of program "halves": 1 mismatch\n  space half: size 2.5 (given), expected a positive whole number',
  );
  expect(messageOf(() => bind(b.finish(), { n: 0 }))).toBe(
    [
      'sizes of program "halves": 2 mismatches',
      '  space n: size 0 (given), expected a positive whole number',
      '  space half: size 0 (given), expected a positive whole number',
    ].join('\n'),
  );
});

test('a space whose size an expression or an index reads needs one, though no value has its axis', () => {
  const b = build('readers', { n: width(), vocab: fixed(), batch: fixed(2), idle: fixed() });
  b.index('token', 'vocab', ['batch']);
  b.output(
    'f',
    b.map([b.input('x', ['batch'])], (z) => mul(sizePower('n', -1), z)),
  );
  expect(bind(b.finish(), { n: 3, vocab: 7 })).toEqual({ n: 3, vocab: 7, batch: 2 });
  expect(messageOf(() => bind(b.finish(), {}))).toBe(
    [
      'sizes of program "readers": 2 mismatches',
      '  space n: no size; give n, or a feed that has the axis',
      '  space vocab: no size; give vocab, or a feed that has the axis',
    ].join('\n'),
  );
});

test('a space whose size a law reads needs one', () => {
  const b = build('laws', { n: width(), m: width(), k: width(), batch: fixed(2) });
  const x = b.initial('x', ['batch'], gaussian(1, [{ space: 'n', exponent: -0.5 }]));
  b.parameter('w', ['batch'], { law: rademacher(1, [{ space: 'm', exponent: -1 }]) });
  b.output('f', x);
  expect(bind(b.finish(), { n: 3, m: 4 })).toEqual({ n: 3, m: 4, batch: 2 });
});
