/** Gaussian expectations with closed forms written down independently, to 1e-10. */

import { describe, expect, it } from 'vitest';
import { dualActivation, gaussianExpectation } from '../../src/expectations/index.ts';
import { at, gaussHermite, matrix, normalCdf } from '../../src/numeric/index.ts';
import { add, argument, type Expr, mul, pow, type UnaryName, unary } from '../../src/program/index.ts';

const EXACT = 1e-10;
const [u, v] = [argument(0), argument(1)];

/** Covariances (E u², E u v, E v²): generic, negative, independent, equal variables, opposite ones. */
const COVARIANCES: readonly (readonly [number, number, number])[] = [
  [0.84, -0.18, 1.07],
  [2.3, 1.1, 0.7],
  [1, 0, 4],
  [1.3, 1.3, 1.3],
  [0.6, -0.6, 0.6],
  [0.01, 0.3, 25],
];

const norm = (uu: number, vv: number): number => Math.sqrt(uu * vv);
const cosine = (uu: number, uv: number, vv: number): number => Math.max(-1, Math.min(1, uv / norm(uu, vv)));

/** E f(u) g(v) by Gauss–Hermite quadrature of order 200 in each of two independent variables: for smooth functions. */
function hermite(f: (x: number) => number, [uu, uv, vv]: readonly [number, number, number]): number {
  const { nodes, weights } = gaussHermite(200);
  const a = Math.sqrt(uu);
  const [b, c] = [uv / a, Math.sqrt(Math.max(0, vv - (uv / a) ** 2))];
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) {
    for (let j = 0; j < nodes.length; j++) {
      const [x, y] = [at(nodes, i), at(nodes, j)];
      sum += at(weights, i) * at(weights, j) * f(a * x) * f(b * x + c * y);
    }
  }
  return sum;
}

const duals: Readonly<Partial<Record<UnaryName, (uu: number, uv: number, vv: number) => number>>> = {
  relu: (uu, uv, vv) => {
    const angle = Math.acos(cosine(uu, uv, vv));
    return (norm(uu, vv) / (2 * Math.PI)) * (Math.sin(angle) + (Math.PI - angle) * Math.cos(angle));
  },
  step: (uu, uv, vv) => (Math.PI - Math.acos(cosine(uu, uv, vv))) / (2 * Math.PI),
  sign: (uu, uv, vv) => (2 / Math.PI) * Math.asin(cosine(uu, uv, vv)),
  abs: (uu, uv, vv) => {
    const rho = cosine(uu, uv, vv);
    return ((2 * norm(uu, vv)) / Math.PI) * (Math.sqrt(1 - rho * rho) + rho * Math.asin(rho));
  },
  erf: (uu, uv, vv) => (2 / Math.PI) * Math.asin((2 * uv) / Math.sqrt((1 + 2 * uu) * (1 + 2 * vv))),
  sin: (uu, uv, vv) => Math.exp(-(uu + vv) / 2) * Math.sinh(uv),
  cos: (uu, uv, vv) => Math.exp(-(uu + vv) / 2) * Math.cosh(uv),
  exp: (uu, uv, vv) => Math.exp((uu + 2 * uv + vv) / 2),
};

function expectation(expr: Expr, [uu, uv, vv]: readonly [number, number, number]): number {
  const found = gaussianExpectation(expr, matrix(2, 2, Float64Array.of(uu, uv, uv, vv)));
  return typeof found === 'number' ? found : expect.fail(found.reason);
}

/** Relative to the larger of 1 and the value. */
function expectExact(actual: number, known: number, what: string): void {
  const off = Math.abs(actual - known) / Math.max(1, Math.abs(known));
  expect(off, `${what}: ${actual} for ${known}`).toBeLessThanOrEqual(EXACT);
}

describe.each(Object.entries(duals))('E φ(u) φ(v) for φ = %s', (name, known) => {
  it.each(COVARIANCES)('of covariance (%f, %f, %f)', (uu, uv, vv) => {
    const product = mul(unary(name as UnaryName, u), unary(name as UnaryName, v)); // keys of the table above
    expectExact(expectation(product, [uu, uv, vv]), known(uu, uv, vv), name);
  });
});

describe('E φ(u) φ(v) for φ = gelu', () => {
  it.each(COVARIANCES.slice(0, 5))(
    'of covariance (%f, %f, %f): closed form and product agree with Gauss–Hermite',
    (uu, uv, vv) => {
      const known = hermite((x) => x * normalCdf(x), [uu, uv, vv]);
      expectExact(expectation(mul(unary('gelu', u), unary('gelu', v)), [uu, uv, vv]), known, 'product');
      expectExact(dualActivation('gelu', uu, uv, vv) ?? Number.NaN, known, 'closed form');
    },
  );
});

describe('expectations that are no dual activation', () => {
  it('of polynomials, by Wick', () => {
    const [uu, uv, vv] = [0.84, -0.18, 1.07];
    expectExact(expectation(mul(pow(u, 2), pow(v, 2)), [uu, uv, vv]), uu * vv + 2 * uv ** 2, 'u²v²');
    expectExact(expectation(mul(pow(u, 3), v), [uu, uv, vv]), 3 * uu * uv, 'u³v');
    expectExact(expectation(pow(add(u, v), 4), [uu, uv, vv]), 3 * (uu + 2 * uv + vv) ** 2, '(u+v)⁴');
  });

  it('of a linear factor and a function, by Stein', () => {
    const [uu, uv, vv] = [0.84, -0.18, 1.07];
    // E u φ(v) = E u v · E φ′(v): relu′ averages 1/2, |·|′ averages 0, sin′ = cos averages e^(-vv/2).
    expectExact(expectation(mul(u, unary('relu', v)), [uu, uv, vv]), uv / 2, 'u relu(v)');
    expectExact(expectation(mul(u, unary('abs', v)), [uu, uv, vv]), 0, 'u |v|');
    expectExact(expectation(mul(u, unary('sin', v)), [uu, uv, vv]), uv * Math.exp(-vv / 2), 'u sin v');
  });

  it('of different functions with kinks: relu(u) sign(v), by hand', () => {
    // E u⁺ sgn v = √(uu/2π) · ρ, for (u, v) in polar coordinates.
    for (const [uu, uv, vv] of COVARIANCES) {
      const known = Math.sqrt(uu / (2 * Math.PI)) * cosine(uu, uv, vv);
      expectExact(expectation(mul(unary('relu', u), unary('sign', v)), [uu, uv, vv]), known, 'relu(u) sign(v)');
    }
  });

  it('of smooth functions without closed form: tanh, one variable and two', () => {
    for (const covariance of COVARIANCES.slice(0, 2)) {
      const known = hermite(Math.tanh, covariance);
      // Gauss–Hermite itself converges slowly on tanh: to 1e-8 at this order.
      expect(Math.abs(expectation(mul(unary('tanh', u), unary('tanh', v)), covariance) - known)).toBeLessThan(1e-8);
    }
  });

  it('says why where it gives up', () => {
    const many = Array.from({ length: 6 }, (_, k) => argument(k)).reduce<Expr>(
      (sum, x) => add(sum, unary('exp', x)),
      u,
    );
    const identity = matrix(
      6,
      6,
      Float64Array.from({ length: 36 }, (_, k) => Number(k % 7 === 0)),
    );
    const found = gaussianExpectation(unary('tanh', many), identity);
    expect(found).toEqual({ notClosed: true, reason: 'expectation over 6 jointly Gaussian variables' });
  });
});
