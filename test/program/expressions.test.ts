/** Scalar expressions: folding, substitution, symbolic derivatives. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argumentsOf, renumber, sizesOf, substitute } from '../../src/program/expressions.ts';
import {
  add,
  argument,
  constant,
  differentiate,
  div,
  type Expr,
  evaluate,
  gaussian,
  maximum,
  minimum,
  mul,
  NEVER,
  neg,
  pow,
  printExpr,
  sizePower,
  square,
  sub,
  type UnaryName,
  unary,
  unaryFunctions,
} from '../../src/program/index.ts';

const [x, y] = [argument(0), argument(1)];
const n = sizePower('n', 1);
const show = (expr: Expr): string => printExpr(expr, ['x', 'y', 'z']);

describe('folding', () => {
  test('powers of one size combine', () => {
    expect(mul(sizePower('n', 0.5), sizePower('n', 1.5))).toEqual(sizePower('n', 2));
    expect(mul(sizePower('n', 0.5), mul(x, sizePower('n', -1.5)))).toEqual(mul(sizePower('n', -1), x));
  });

  test('powers that cancel leave 1', () => {
    expect(mul(sizePower('n', -0.5), sizePower('n', 0.5))).toEqual(constant(1));
    expect(mul(mul(sizePower('n', -1), x), sizePower('n', 1))).toEqual(x);
  });

  test('fractions without a decimal cancel exactly', () => {
    const thirds = ['1/3', 1 / 6, -0.5].map((power) => sizePower('n', power));
    expect(thirds.reduce((product, factor) => mul(product, factor), x)).toEqual(x);
    const tenths = Array.from({ length: 10 }, () => sizePower('n', 0.1));
    expect(tenths.reduce((product, factor) => mul(product, factor), sizePower('n', -1))).toEqual(constant(1));
  });

  test('what is no finite fraction is no power of a size', () => {
    const words = 'the power of the size of n is';
    expect(() => sizePower('n', 'half')).toThrow(`${words} "half"; expected a number or a fraction`);
    expect(() => sizePower('n', NEVER)).toThrow(`${words} an object; expected a number or a fraction`);
    expect(() => gaussian(1, [{ space: 'n', exponent: Number.NaN }])).toThrow(`${words} NaN; expected`);
  });

  test('powers of several sizes stand in order of their spaces', () => {
    expect(show(mul(mul(sizePower('time', 2), x), mul(sizePower('n', -1), sizePower('time', -1))))).toBe(
      '|n|^-1 * (|time| * x)',
    );
  });

  test('constants move to the front and multiply', () => {
    expect(show(mul(mul(x, 2), mul(y, 3)))).toBe('6 * (x * y)');
    expect(show(mul(mul(n, x), mul(-0.5, y)))).toBe('(-0.5) * (|n| * (x * y))');
    expect(show(mul(neg(x), neg(y)))).toBe('x * y');
    expect(show(mul(neg(x), y))).toBe('(-1) * (x * y)');
  });

  test('neutral and absorbing constants vanish', () => {
    expect([add(x, 0), add(0, x), sub(x, 0), mul(x, 1), mul(1, x), div(x, 1), pow(x, 1)]).toEqual(Array(7).fill(x));
    expect([mul(x, 0), mul(0, mul(n, x)), div(0, x)]).toEqual(Array(3).fill(constant(0)));
    expect(sub(0, x)).toEqual(neg(x));
    expect(neg(neg(x))).toEqual(x);
  });

  test('constants are computed', () => {
    expect([add(2, 3), sub(2, 3), mul(2, 3), div(3, 2), pow(2, 3), maximum(2, 3), minimum(2, 3)]).toEqual(
      [5, -1, 6, 1.5, 8, 3, 2].map(constant),
    );
    expect(unary('tanh', 0.3)).toEqual(constant(Math.tanh(0.3)));
  });
});

describe('substitution', () => {
  test('folds as it goes', () => {
    const expr = add(mul(x, y), n);
    expect(substitute(expr, (leaf) => (leaf.op === 'argument' ? constant(leaf.index) : leaf))).toEqual(n);
    expect(substitute(mul(n, x), (leaf) => (leaf.op === 'size' ? constant(0.5) : leaf))).toEqual(mul(0.5, x));
  });

  test('leaves an expression whose leaves stay', () => {
    const expr = div(sub(unary('tanh', mul(n, x)), 2), pow(y, 3));
    expect(substitute(expr, (leaf) => leaf)).toEqual(expr);
  });

  test('renumber moves argument order[k] to k', () => {
    expect(renumber(sub(argument(5), argument(2)), [2, 5])).toEqual(sub(y, x));
  });

  test('argumentsOf and sizesOf list what is read, once', () => {
    const expr = add(mul(mul(n, argument(2)), argument(2)), unary('exp', mul(sizePower('m', -1), x)));
    expect([...argumentsOf(expr)].sort()).toEqual([0, 2]);
    expect([...sizesOf(expr)].sort()).toEqual(['m', 'n']);
    expect([...argumentsOf(mul(0, x))]).toEqual([]);
  });
});

/** Functions that are smooth and bounded, or bounded on the arguments below. */
const smooth = [
  'tanh',
  'sigmoid',
  'erf',
  'sin',
  'cos',
  'neg',
  'normalCdf',
  'normalDensity',
  'gelu',
  'geluTanh',
] as const;

const { expression } = fc.letrec<{ expression: Expr }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Expr>(x, y, sizePower('n', -0.5), constant(0.7), constant(-1.3)),
    fc.tuple(fc.constantFrom<UnaryName>(...smooth), tie('expression')).map(([name, arg]) => unary(name, arg)),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => add(a, b)),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => sub(a, b)),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => mul(a, b)),
    // Denominators, logarithms, roots and bases stay away from 0, exponents from large numbers.
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => div(a, add(2, unary('sin', b)))),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => pow(add(2, unary('cos', a)), unary('tanh', b))),
    tie('expression').map((a) => unary('log', add(2, unary('sin', a)))),
    tie('expression').map((a) => unary('sqrt', add(1, square(a)))),
    tie('expression').map((a) => unary('exp', unary('sin', a))),
  ),
}));

/**
 * Differences of fourth order with step 5e-4: truncation 2e-15 · f⁗′, with fifth derivatives up to 1e7 in nested
 * expressions of depth three; rounding 1e-16 · f/5e-4.
 */
const NESTED = 1e-6;

test('symbolic derivatives match central differences', () => {
  const point = fc.double({ min: -1.2, max: 1.2, noNaN: true });
  fc.assert(
    fc.property(expression, point, point, fc.nat(1), (expr, a, b, index) => {
      const f = evaluate(expr, { n: 5 });
      const h = 5e-4;
      const at = (t: number): number => f(index === 0 ? [a + t, b] : [a, b + t]);
      const numeric = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      const symbolic = evaluate(differentiate(expr, index), { n: 5 })([a, b]);
      const scale = Math.max(1, Math.abs(at(0)), Math.abs(numeric));
      const deviation = Math.abs(symbolic - numeric) / scale;
      expect(deviation, `${show(expr)} at ${a}, ${b}: ${symbolic} for ${numeric}`).toBeLessThan(NESTED);
    }),
    { numRuns: 500, seed: 4 },
  );
});

test.each(Object.keys(unaryFunctions) as UnaryName[])('the derivative of %s, away from kinks', (name) => {
  const slope = evaluate(differentiate(unary(name, x), 0), {});
  const f = unaryFunctions[name].value;
  const h = 1e-3;
  for (const at of name === 'log' || name === 'sqrt' ? [0.4, 1.1, 2.3] : [-1.7, -0.4, 0.3, 1.1, 2.3]) {
    const numeric = (8 * (f(at + h) - f(at - h)) - (f(at + 2 * h) - f(at - 2 * h))) / (12 * h);
    // Truncation 1e-12/30 times a fifth derivative of at most 1e3 (log at 0.4).
    expect(Math.abs(slope([at]) - numeric), `at ${at}: ${slope([at])} for ${numeric}`).toBeLessThan(1e-9);
  }
});

test('max and min follow the larger and the smaller side, ties the right one', () => {
  const slopes = (expr: Expr, a: number, b: number): number[] =>
    [0, 1].map((index) => evaluate(differentiate(expr, index), {})([a, b]));
  expect(slopes(maximum(x, y), 2, 1)).toEqual([1, 0]);
  expect(slopes(maximum(x, y), 1, 2)).toEqual([0, 1]);
  expect(slopes(maximum(x, y), 1, 1)).toEqual([0, 1]);
  expect(slopes(minimum(x, y), 2, 1)).toEqual([0, 1]);
  expect(slopes(minimum(x, y), 1, 2)).toEqual([1, 0]);
  expect(slopes(minimum(x, y), 1, 1)).toEqual([0, 1]);
});

test('sizes are constants to the derivative', () => {
  expect(differentiate(sizePower('n', 2), 0)).toEqual(constant(0));
  expect(differentiate(mul(sizePower('n', 2), x), 0)).toEqual(sizePower('n', 2));
});
