/** Gaussian expectations against values found elsewhere, and the laws that they obey. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianExpectation } from '../../src/expectations/index.ts';
import { matrix } from '../../src/numeric/index.ts';
import {
  add,
  argument,
  constant,
  div,
  type Expr,
  maximum,
  minimum,
  mul,
  pow,
  sizePower,
  square,
  sub,
  unary,
} from '../../src/program/index.ts';
import { failureOf } from '../support/failure.ts';
import { covariance, EXACT, expectation, expectNear, factored, SMOOTH } from './covariances.ts';

const [x, y, z, w] = [argument(0), argument(1), argument(2), argument(3)];
const tanh = (arg: Expr): Expr => unary('tanh', arg);
const relu = (arg: Expr): Expr => unary('relu', arg);
const step = (arg: Expr): Expr => unary('step', arg);
const product = (...factors: readonly Expr[]): Expr => factors.reduce((all, one) => mul(all, one), constant(1));

const PAIR = covariance([1.3, 0.4], [0.4, 0.7]);
const TRIPLE = covariance([1, 0.3, 0.2], [0.3, 1.5, -0.4], [0.2, -0.4, 0.8]);
/** x = 0.6 y + 0.8 a, z = −0.5 y + √0.75 b. */
const CHAIN = covariance([1, 0.6, -0.3], [0.6, 1, -0.5], [-0.3, -0.5, 1]);

describe('values of mpmath', () => {
  // mpmath 1.4.1 at 20 digits; regenerate with test/expectations/references.py.
  it.each([
    ['tanh²', square(tanh(x)), 0.4421944768945987],
    ['x tanh x', mul(x, tanh(x)), 0.7251471800370217],
    ['sigmoid³', pow(unary('sigmoid', x), 3), 0.2031147560748285],
    ['log|x|', unary('log', unary('abs', x)), -0.5039992904969935],
    ['x²/√(x² + 1e-6)', div(square(x), unary('sqrt', add(square(x), 1e-6))), 0.9097258175366646],
    ['tanh tanh', mul(tanh(x), tanh(y)), 0.15091976410914174],
    ['geluTanh geluTanh', mul(unary('geluTanh', x), unary('geluTanh', y)), 0.18803224061581508],
    ['tanh(20 x) tanh y', mul(tanh(mul(20, x)), tanh(y)), 0.19024410280038584],
    ['1/(1 + x² + y²)', div(1, add(1, add(square(x), square(y)))), 0.4757974115859215],
    ['relu(tanh x + y)', relu(add(tanh(x), y)), 0.5178657091402961],
    ['relu(x + 0.3) step(y − 0.2)', mul(relu(add(x, 0.3)), step(sub(y, 0.2))), 0.36785378462249935],
    ['sign(x) tanh y', mul(unary('sign', x), tanh(y)), 0.19039938337039014],
    ['relu(x) tanh(x) step(y)', product(relu(x), tanh(x), step(y)), 0.26532713000091984],
  ])('%s', (_name, expr, expected) => {
    expectNear(expectation(expr, PAIR), expected, SMOOTH);
  });

  it('three variables', () => {
    const expr = product(tanh(x), y, tanh(y), unary('erf', z));
    expectNear(expectation(expr, CHAIN), -0.1596722348880025, SMOOTH);
  });
});

describe('formulas', () => {
  it('polynomials are sums over pairings', () => {
    const odd = Array.from({ length: 20 }, (_, k) => 2 * k + 1);
    const paired = odd.reduce((all, one) => all * one, 1);
    expectNear(expectation(pow(x, 40), covariance([1])), paired, SMOOTH);
    // E x⁴y² = 3 a² c + 12 a b², E x²y²z² has 15 pairings.
    expectNear(expectation(mul(pow(x, 4), square(y)), PAIR), 3 * 1.3 ** 2 * 0.7 + 12 * 1.3 * 0.4 ** 2, SMOOTH);
    const [a, b, c, d, e, f] = [1, 1.5, 0.8, 0.3, 0.2, -0.4];
    const pairings = a * b * c + 2 * (a * f * f + b * e * e + c * d * d) + 8 * d * e * f;
    expectNear(expectation(product(square(x), square(y), square(z)), TRIPLE), pairings, SMOOTH);
    expect(expectation(product(x, y, z), TRIPLE)).toBe(0);
  });

  it('kinks: maxima, orthants', () => {
    const spread = Math.sqrt((1.3 + 0.7 - 0.8) / (2 * Math.PI));
    expectNear(expectation(maximum(x, y), PAIR), spread, SMOOTH);
    expectNear(expectation(minimum(x, y), PAIR), -spread, SMOOTH);
    // The largest of three, and of four, independent standard Gaussians (the latter in three variables).
    const three = maximum(x, maximum(y, z));
    expectNear(expectation(three, covariance([1, 0, 0], [0, 1, 0], [0, 0, 1])), 1.5 / Math.sqrt(Math.PI), SMOOTH);
    const angle = (a: number, b: number, c: number): number => Math.asin(a / Math.sqrt(b * c));
    const orthant = 1 / 8 + (angle(0.3, 1, 1.5) + angle(0.2, 1, 0.8) + angle(-0.4, 1.5, 0.8)) / (4 * Math.PI);
    expectNear(expectation(product(step(x), step(y), step(z)), TRIPLE), orthant, EXACT);
  });

  it('kinks on curves', () => {
    // x² + y² is exponential of mean 2: E (x² + y² − 1)₊ = 2 e^(−1/2), P(x² + y² > 1) = e^(−1/2).
    const beyond = sub(add(square(x), square(y)), 1);
    const independent = covariance([1, 0], [0, 1]);
    expectNear(expectation(relu(beyond), independent), 2 * Math.exp(-0.5), SMOOTH);
    expectNear(expectation(step(beyond), independent), Math.exp(-0.5), EXACT);
    expectNear(
      expectation(unary('abs', sub(square(x), 1)), covariance([1])),
      2 * Math.sqrt(2 / (Math.PI * Math.E)),
      SMOOTH,
    );
  });

  it('cosines of four variables', () => {
    const of = covariance([1, 0.3, 0.2, 0.1], [0.3, 1, 0.2, 0.1], [0.2, 0.2, 1, 0.3], [0.1, 0.1, 0.3, 1]);
    // 8 Π cos = Σ over signs of cos(x ± y ± z ± w), whose mean is e^(−Var/2).
    let expected = 0;
    for (let signs = 0; signs < 8; signs++) {
      const s = [1, ...[0, 1, 2].map((k) => (((signs >> k) & 1) === 1 ? 1 : -1))];
      const variance = s.reduce(
        (sum, a, i) => sum + s.reduce((row, b, j) => row + a * b * (of.data[4 * i + j] ?? 0), 0),
        0,
      );
      expected += Math.exp(-variance / 2) / 8;
    }
    const cosines = product(...[x, y, z, w].map((arg) => unary('cos', arg)));
    expectNear(expectation(cosines, of), expected, SMOOTH);
  });

  it('tails far out', () => {
    expectNear(expectation(unary('exp', mul(5, x)), PAIR), Math.exp(12.5 * 1.3), SMOOTH);
    // P(x > 6 √1.3) to the relative accuracy of the tail itself: mpmath ncdf(-6).
    const tail = expectation(step(sub(x, 6 * Math.sqrt(1.3))), PAIR);
    expect(Math.abs(tail / 9.865876450376981e-10 - 1)).toBeLessThan(1e-10);
  });

  it('a mean where only the variables inside functions count', () => {
    // x and z stand outside: regressed on y, which is standard, and what is left of them paired.
    const of = covariance([2, 0.5, 0.1], [0.5, 1, 0.3], [0.1, 0.3, 1]);
    const [even, squared] = [square(tanh(y)), mul(square(y), square(tanh(y)))];
    const expected = 0.5 * 0.3 * expectation(squared, of) + (0.1 - 0.5 * 0.3) * expectation(even, of);
    expectNear(expectation(product(x, z, even), of), expected, SMOOTH);
  });

  it('independent groups factor, however many there are', () => {
    const blocks = [0, 1, 2, 3].map((k) => mul(tanh(argument(2 * k)), tanh(argument(2 * k + 1))));
    const data = new Float64Array(64);
    for (let k = 0; k < 4; k++) {
      data.set([1.3, 0.4], 8 * (2 * k) + 2 * k);
      data.set([0.4, 0.7], 8 * (2 * k + 1) + 2 * k);
    }
    expectNear(expectation(product(...blocks), matrix(8, 8, data)), 0.15091976410914174 ** 4, SMOOTH);
  });
});

describe('singular covariances', () => {
  it('equal, opposite and constant variables lower the dimension', () => {
    const of = factored([1.1, 0], [1.1, 0], [-2.2, 0], [0, 0], [0.4, 0.9]);
    const [opposite, zero, other] = [z, w, argument(4)];
    const expr = product(tanh(x), tanh(y), tanh(opposite), unary('cos', zero), tanh(other));
    const alone = product(square(tanh(x)), tanh(mul(-2, x)), tanh(y));
    expectNear(expectation(expr, of), expectation(alone, factored([1.1, 0], [0.4, 0.9])), SMOOTH);
    expect(expectation(unary('sign', w), of)).toBe(0);
  });

  it('many linear forms of two variables are two variables', () => {
    const rows = [0, 1, 2, 3, 4, 5].map((k) => [Math.cos(k), Math.sin(k)]);
    const all = product(...rows.map((_, k) => unary('cos', argument(k))));
    const forms = rows.map(([a = 0, b = 0]) => unary('cos', add(mul(a, x), mul(b, y))));
    expectNear(expectation(all, factored(...rows)), expectation(product(...forms), factored([1, 0], [0, 1])), SMOOTH);
  });

  it('signs of variables that agree', () => {
    expect(expectation(mul(unary('sign', x), unary('sign', y)), factored([0.3], [0.7]))).toBeCloseTo(1, 14);
    expect(expectation(mul(step(x), step(y)), factored([0.3], [-0.7]))).toBeCloseTo(0, 14);
  });
});

describe('laws', () => {
  const pairs = fc
    .tuple(fc.double({ min: 0.2, max: 2, noNaN: true }), fc.double({ min: -0.95, max: 0.95, noNaN: true }))
    .map(([deviation, correlation]) =>
      factored([deviation, 0], [correlation, Math.sqrt(1 - correlation * correlation)]),
    );
  const exprs = fc.constantFrom<Expr>(
    mul(tanh(x), unary('gelu', y)),
    mul(relu(x), unary('abs', add(y, 0.3))),
    div(x, add(1, unary('exp', y))),
    mul(step(x), square(y)),
    maximum(x, tanh(y)),
  );
  const swapped = (expr: Expr): Expr => replaced(expr, [y, x]);

  it('linear in the function', () => {
    fc.assert(
      fc.property(exprs, exprs, pairs, (f, g, of) => {
        const sum = expectation(add(mul(2, f), mul(-0.7, g)), of);
        expectNear(sum, 2 * expectation(f, of) - 0.7 * expectation(g, of), EXACT);
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  it('the order of the variables does not matter', () => {
    fc.assert(
      fc.property(exprs, pairs, (f, of) => {
        const [xx = 0, xy = 0, , yy = 0] = of.data;
        expectNear(expectation(swapped(f), covariance([yy, xy], [xy, xx])), expectation(f, of), EXACT);
      }),
      { numRuns: 15, seed: 2 },
    );
  });

  it('a factor may stand in the covariance or in the function', () => {
    fc.assert(
      fc.property(exprs, pairs, fc.double({ min: 0.3, max: 2, noNaN: true }), (f, of, factor) => {
        const [xx = 0, xy = 0, , yy = 0] = of.data;
        const scaled = covariance([factor * factor * xx, factor * xy], [factor * xy, yy]);
        expectNear(expectation(replaced(f, [mul(factor, x), y]), of), expectation(f, scaled), EXACT);
      }),
      { numRuns: 15, seed: 3 },
    );
  });

  it("Stein's lemma: E x f(y) = Cov(x, y) E f′(y)", () => {
    const of = covariance([2, 0.5], [0.5, 1.4]);
    for (const [f, slope] of [
      [tanh(y), sub(1, square(tanh(y)))],
      [relu(y), step(y)],
      [unary('erf', y), mul(2 / Math.sqrt(Math.PI), unary('exp', mul(-1, square(y))))],
    ] as const) {
      expectNear(expectation(mul(x, f), of), 0.5 * expectation(slope, of), SMOOTH);
    }
  });
});

describe('what is not found', () => {
  const many = (count: number): ReturnType<typeof matrix> => {
    const data = new Float64Array(count * count).fill(0.2);
    for (let k = 0; k < count; k++) data[k * (count + 1)] = 1;
    return matrix(count, count, data);
  };

  it.each([
    [
      'five variables in functions',
      product(...[0, 1, 2, 3, 4].map((k) => tanh(argument(k)))),
      'expectation over 5 jointly Gaussian variables',
    ],
    ['a mean that does not exist', div(1, x), /^the argument of a power -1 reaches 0, where the mean need not exist$/],
    ['a quotient', div(x, argument(1)), 'the argument of a power -1 reaches 0, where the mean need not exist'],
    ['a pole inside', unary('tanh', div(1, x)), 'the argument of a power -1 reaches 0, where the mean need not exist'],
    ['an inverse square', pow(x, -2), 'the argument of a power -2 reaches 0, where the mean need not exist'],
    [
      'two poles that are too much together',
      mul(pow(unary('abs', x), -0.6), pow(unary('abs', x), -0.7)),
      /^the argument of a power -0\.\d reaches 0/,
    ],
    [
      'a pole at another place',
      div(1, sub(x, 2)),
      'the argument of a power -1 reaches 0, where the mean need not exist',
    ],
    ['infinity', mul(x, div(1, constant(0))), 'a function is singular at the numbers that it is a function of'],
    [
      'an infinite mean',
      unary('exp', square(x)),
      /^(the function is not finite at|quadrature over one Gaussian variable: the function grows too fast)/,
    ],
    ['the root of a negative number', unary('sqrt', x), /^the function is not finite at \(.*\) standard deviations$/],
  ])('%s', (_name, expr, reason) => {
    const value = gaussianExpectation(expr, many(5));
    expect(value).toMatchObject({ notClosed: true, reason: expect.stringMatching(reason) });
  });
});

describe('a factor of mean 0 before a mean that does not exist', () => {
  const independent = covariance([1, 0], [0, 1]);
  it.each<readonly [string, Expr]>([
    ['u / v', div(x, y)],
    ['u³ / v', div(product(x, x, x), y)],
    ['tanh(u) / v', div(tanh(x), y)],
    ['u / v²', div(x, square(y))],
    ['u / v + v', add(div(x, y), y)],
  ])('does not make it 0: %s', (_, expr) => {
    expect(gaussianExpectation(expr, independent)).toMatchObject({
      notClosed: true,
      reason: expect.stringMatching(/^the argument of a power -\d reaches 0, where the mean need not exist$/),
    });
  });

  it.each<readonly [string, Expr]>([
    ['u exp(v²)', mul(x, unary('exp', square(y)))],
    ['u exp(v²/2), at the edge', mul(x, unary('exp', mul(0.5, square(y))))],
    ['u³ exp(v²)', product(x, x, x, unary('exp', square(y)))],
    ['u exp(exp(v))', mul(x, unary('exp', unary('exp', y)))],
    ['u / exp(−v²)', div(x, unary('exp', mul(-1, square(y))))],
    ['tanh(u) exp(v²)', mul(tanh(x), unary('exp', square(y)))],
    ['u exp(v²) tanh(v)', product(x, unary('exp', square(y)), tanh(y))],
  ])('does not make it 0 where that grows: %s', (_, expr) => {
    expect(gaussianExpectation(expr, independent)).toMatchObject({
      notClosed: true,
      reason: expect.stringMatching(/the function is not finite at|grows too fast|reaches 0/),
    });
  });

  it('is 0 where the other factor grows, and has a mean all the same', () => {
    const growing = [
      unary('exp', mul(0.4, square(y))),
      unary('exp', mul(-3, square(y))),
      unary('exp', mul(3, y)),
      unary('exp', unary('abs', y)),
      div(1, add(1, unary('exp', mul(-1, square(y))))),
      unary('exp', mul(tanh(y), tanh(y))),
    ];
    for (const factor of growing) {
      expect(gaussianExpectation(mul(x, factor), independent)).toBe(0);
      const alone = gaussianExpectation(product(x, x, factor), independent);
      expect(alone).toBeCloseTo(Number(gaussianExpectation(factor, independent)), 9);
    }
    expect(gaussianExpectation(product(x, x, unary('exp', mul(0.4, square(y)))), independent)).toBeCloseTo(
      1 / Math.sqrt(0.2),
      9,
    );
    // Of more variables than quadratures take, where none can grow.
    const many = Float64Array.from({ length: 49 }, (_, k) =>
      k % 8 === 0 ? 1 : Math.min(k % 7, Math.floor(k / 7)) === 0 ? 0 : 0.2,
    );
    const five = product(...[1, 2, 3, 4, 5].map((k) => tanh(argument(k))));
    expect(gaussianExpectation(mul(x, five), matrix(7, 7, many))).toBe(0);
  });

  it('is 0 where the other factor has a mean', () => {
    const root = pow(unary('abs', y), -0.5);
    for (const expr of [mul(x, root), div(x, add(1, square(y))), mul(tanh(x), tanh(y))]) {
      expect(gaussianExpectation(expr, independent)).toBe(0);
    }
  });

  it('is no factor where it is 0 itself', () => {
    expect(gaussianExpectation(div(x, y), covariance([0, 0], [0, 1]))).toBe(0);
  });
});

describe('mistakes of callers', () => {
  it.each([
    [x, covariance([1, 0.2], [0.3, 1]), /the matrix is not symmetric/],
    [x, covariance([1, 2], [2, 1]), /the covariance of a Gaussian expectation has the eigenvalue -0\.99/],
    [y, covariance([1]), /exact expectation: argument 1 is read, but 1 are given/],
    [mul(x, sizePower('n', -1)), covariance([1]), /exact expectation: a power of the size of n is left/],
  ])('%#', async (expr, of, message) => {
    const failure = await failureOf(() => gaussianExpectation(expr, of));
    expect(failure.kind).toBe('invariant');
    expect(failure.message).toMatch(message);
  });
});

/** The expression with others in place of its arguments. */
function replaced(expr: Expr, args: readonly Expr[]): Expr {
  switch (expr.op) {
    case 'constant':
    case 'size':
      return expr;
    case 'argument':
      return args[expr.index] ?? expr;
    case 'unary':
      return { ...expr, arg: replaced(expr.arg, args) };
    case 'binary':
      return { ...expr, left: replaced(expr.left, args), right: replaced(expr.right, args) };
  }
}
