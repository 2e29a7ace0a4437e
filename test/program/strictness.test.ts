/** Mistakes that once gave wrong numbers instead of an error. */

import { expect, test } from 'vitest';
import {
  bind,
  build,
  compose,
  fixed,
  type Program,
  problemsOf,
  reverse,
  type Stage,
  tensor,
  width,
} from '../../src/program/index.ts';

const start = (name: string) => build(name, { c: fixed(2), v: fixed(3), n: width({ symbol: 'n', ratio: 7 / 3 }) });

test('a seed may not ride on an axis of the program', () => {
  const b = start('inner product');
  b.output('f', b.contract(b.input('x', ['c']), b.input('y', ['c']), ['c']));
  expect(() => reverse(b.finish(), { output: 'f', seed: ['c'], inputs: ['x'] })).toThrow(
    'the seed of a gradient rides on axis c, which program "inner product" uses itself; ride on another copy or on a space of its own.',
  );
});

test('an axis may be reduced or summed only once', () => {
  const b = start('twice');
  const x = b.input('x', ['c']);
  expect(() => b.sum(x, ['c', 'c'])).toThrow('axis c is named twice');
  expect(() => b.contract(x, x, ['c', 'c'])).toThrow('axis c is named twice');
});

test('an index may not have the axis that it picks from', () => {
  const b = start('permutation');
  const x = b.input('x', ['v']);
  const i = b.index('i', 'v', ['v']);
  expect(() => b.gather(x, i, 'v')).toThrow("has axis v, which it picks from; rename it to v' first");
});

test('a shape has one size for each axis', () => {
  const b = start('shape');
  b.output('f', b.sum(b.input('x', ['n']), ['n']));
  expect(() => bind(b.finish(), {}, { x: tensor(['n'], [2, 3], [1, 2, 3, 4, 5, 6]) })).toThrow(
    'shape 2 × 3 for axes [n]',
  );
});

test('ratios that f64 rounds still bind', () => {
  const b = start('ratio');
  b.output('f', b.sum(b.input('x', ['n']), ['n']));
  const program = b.finish();
  for (const [n, size] of [
    [15, 35],
    [27, 63],
  ] as const) {
    expect(bind(program, { n }, { x: tensor(['n'], [size], new Float64Array(size)) })).toEqual({ n: size });
  }
});

const stage = (program: Program): Stage => ({ name: program.name, program, parameters: {} });

test('stages must agree on the values between them', () => {
  const [a, b] = [start('first'), start('second')];
  a.output('h', a.input('x', ['c', 'v']));
  b.output('f', b.sum(b.input('h', ['c']), ['c']));
  expect(() => compose({ name: 'chain', stages: [stage(a.finish()), stage(b.finish())] })).toThrow(
    'value "h": has axes [c] in stage "second" and [c, v] before it',
  );
});

test('composing keeps state', () => {
  const b = start('step');
  const s = b.input('s', ['c'], 'state');
  b.output('s', b.add(s, [b.input('x', ['c'])]), 'state');
  const whole = compose({ name: 'chain', stages: [stage(b.finish())] });
  expect(problemsOf(whole)).toEqual([]);
  expect(whole.outputs).toMatchObject([{ name: 's', role: 'state' }]);
});
