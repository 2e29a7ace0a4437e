/** Parameters whose gradient ends at sign or step: found by reverse, whatever the map looks like, and no others. */

import { describe, expect, test } from 'vitest';
import {
  add,
  argument,
  build,
  constant,
  denseGradients,
  differentiate,
  div,
  type Expr,
  type FlatGradient,
  fixed,
  gradientName,
  maximum,
  minimum,
  mul,
  neg,
  type Program,
  pow,
  reverse,
  square,
  sub,
  type UnaryName,
  unary,
  unaryFunctions,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { feedsFor, read } from './support.ts';

const sizes = { in: 3, n: 4, out: 2 };
const spaces = () => ({ in: fixed(3), n: fixed(4), out: fixed(2) });
const [x, y] = [argument(0), argument(1)];

/** f = V φ(W x, U x). */
function twoLayers(phi: Expr): Program {
  const b = build('two layers', spaces());
  const input = b.input('x', ['in']);
  const [w, u] = [b.parameter('w', ['n', 'in']), b.parameter('u', ['n', 'in'])];
  const [h, g] = [b.contract(w, input, ['in'], 'h'), b.contract(u, input, ['in'], 'g')];
  const hidden = b.map([h, g], () => phi, 'hidden');
  b.output('f', b.contract(b.parameter('v', ['out', 'n']), hidden, ['n']));
  return b.finish();
}

const flatOf = (program: Program, parameters?: (name: string) => boolean): readonly FlatGradient[] =>
  reverse(program, { output: 'f', seed: ['out'], ...(parameters === undefined ? {} : { parameters }) }).flat;

/** Dense gradients of Σ f. */
function gradientOf(program: Program, parameter: string): readonly number[] {
  const dense = denseGradients(reverse(program, { output: 'f', seed: ['out'] }));
  const feeds = feedsFor(dense, sizes, 3);
  return Array.from(read(interpret(dense, feeds, sizes), gradientName(parameter)).data);
}

const sign = (of: Expr): Expr => unary('sign', of);
const step = (of: Expr): Expr => unary('step', of);

describe('a parameter that is read through sign or step alone', () => {
  test.each<readonly [string, Expr, readonly UnaryName[]]>([
    ['sign(h)', sign(x), ['sign']],
    ['step(h)', step(x), ['step']],
    ['−3 sign(h) + 1', add(mul(-3, sign(x)), 1), ['sign']],
    ['sign(h)²', square(sign(x)), ['sign']],
    ['sign(h) step(h)', mul(sign(x), step(x)), ['sign', 'step']],
    ['sign(tanh(h))', sign(unary('tanh', x)), ['sign']],
    ['tanh(sign(h))', unary('tanh', sign(x)), ['sign']],
    ['step(sign(h))', step(sign(x)), ['step', 'sign']],
    ['max(0, sign(h))', maximum(0, sign(x)), ['sign']],
    ['min(sign(h), step(h))', minimum(sign(x), step(x)), ['sign', 'step']],
    ['2 / (3 + sign(h))', div(2, add(3, sign(x))), ['sign']],
    ['2 ^ sign(h)', pow(2, sign(x)), ['sign']],
    ['exp(−sign(h))', unary('exp', neg(sign(x))), ['sign']],
    ['relu′(h)', differentiate(unary('relu', x), 0), ['step']],
    ['|h|′', differentiate(unary('abs', x), 0), ['sign']],
  ])('is told: %s', (_, phi, functions) => {
    const program = twoLayers(add(phi, mul(0.1, y)));
    expect(flatOf(program)).toEqual([{ parameter: 'w', through: [{ value: 'hidden', functions }] }]);
  });

  test.each<readonly [string, Expr]>([
    ['h step(h)', mul(x, step(x))],
    ['h + sign(h)', add(x, sign(x))],
    ['max(h, sign(h))', maximum(x, sign(x))],
    ['sign(g) h', mul(sign(y), x)],
    ['tanh(20 h)', unary('tanh', mul(20, x))],
    ...Object.keys(unaryFunctions)
      .filter((name) => name !== 'sign' && name !== 'step')
      .map((name) => [`${name}(h)`, unary(name as UnaryName, add(2, square(x)))] as const), // its keys
  ])('is not one of those with another way: %s', (_, phi) => {
    const program = twoLayers(add(phi, mul(0.1, y)));
    expect(flatOf(program)).toEqual([]);
    expect(gradientOf(program, 'w').some((entry) => entry !== 0)).toBe(true);
  });

  test('is not one of those that bear on nothing, or that a formula takes out', () => {
    expect(flatOf(twoLayers(y))).toEqual([]);
    expect(flatOf(twoLayers(add(mul(constant(0), x), y)))).toEqual([]);
    expect(flatOf(twoLayers(add(sub(x, x), y)))).toEqual([]);
  });

  test('is not one of those that are not wanted', () => {
    expect(flatOf(twoLayers(add(sign(x), y)), (name) => name !== 'w')).toEqual([]);
  });
});

/** x + V sign(W x) twice, read by R: V and R have gradients. */
function residual(): Program {
  const b = build('residual', spaces());
  let stream = b.contract(b.parameter('e', ['n', 'in']), b.input('x', ['in']), ['in']);
  for (const layer of [1, 2]) {
    const h = b.contract(b.parameter(`in${layer}`, ["n'", 'n']), stream, ['n']);
    const hidden = b.map([h], sign, `hidden ${layer}`);
    stream = b.map([stream, b.contract(b.parameter(`out${layer}`, ['n', "n'"]), hidden, ["n'"])], add);
  }
  b.output('f', b.contract(b.parameter('r', ['out', 'n']), stream, ['n']));
  return b.finish();
}

test('of a residual network the matrices in front of sign are told, with the maps of their own block', () => {
  expect(flatOf(residual())).toEqual([
    { parameter: 'in1', through: [{ value: 'hidden 1', functions: ['sign'] }] },
    { parameter: 'in2', through: [{ value: 'hidden 2', functions: ['sign'] }] },
  ]);
});

test('of a deep network each matrix is told with the first map above it', () => {
  const b = build('deep', spaces());
  const one = b.map([b.contract(b.parameter('w', ['n', 'in']), b.input('x', ['in']), ['in'])], step, 'one');
  const two = b.map([b.contract(b.parameter('v', ["n'", 'n']), one, ['n'])], sign, 'two');
  b.map([b.contract(b.parameter('u', ["n'", 'in']), b.input('y', ['in']), ['in'])], sign, 'dead end');
  b.output('f', b.contract(b.parameter('r', ['out', "n'"]), two, ["n'"]));
  expect(flatOf(b.finish())).toEqual([
    { parameter: 'w', through: [{ value: 'one', functions: ['step'] }] },
    { parameter: 'v', through: [{ value: 'two', functions: ['sign'] }] },
  ]);
});

test('a parameter that is declared to have no gradient is not told', () => {
  const b = build('declared', spaces());
  const h = b.contract(b.parameter('w', ['n', 'in'], { zeroGradient: 'a sign follows' }), b.input('x', ['in']), ['in']);
  b.output('f', b.contract(b.parameter('v', ['out', 'n']), b.map([h], sign), ['n']));
  expect(flatOf(b.finish())).toEqual([]);
});
