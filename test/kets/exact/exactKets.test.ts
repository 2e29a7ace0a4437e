/** Kets whose limits are known by other means. */

import { describe, expect, it } from 'vitest';
import { dualActivation, isNotClosed, type NotClosed } from '../../../src/expectations/index.ts';
import { type Direction, ExactKets, type ExactMatrix, type Ket } from '../../../src/kets/exact/index.ts';
import {
  add,
  argument,
  constant,
  type Expr,
  mul,
  square,
  sub,
  type UnaryName,
  unary,
} from '../../../src/program/index.ts';
import { covariance, EXACT, expectation, expectNear, SMOOTH } from '../../expectations/covariances.ts';
import { failureOf } from '../../support/failure.ts';

const [x, y] = [argument(0), argument(1)];

function found<T>(value: T | NotClosed): T {
  return isNotClosed(value) ? expect.fail(value.reason) : value;
}

/** Kets with results that must be found. */
function world() {
  const kets = new ExactKets();
  const product = (matrix: ExactMatrix, direction: Direction, ket: Ket) => found(kets.multiply(matrix, direction, ket));
  return {
    kets,
    product,
    forward: (matrix: ExactMatrix, ket: Ket): Ket => product(matrix, 'forward', ket).ket,
    transposed: (matrix: ExactMatrix, ket: Ket): Ket => product(matrix, 'transposed', ket).ket,
    map: (expr: Expr, ...args: readonly (Ket | number)[]): Ket => kets.map(expr, args),
    mean: (ket: Ket): number => found(kets.mean(ket)),
    inner: (a: Ket, b: Ket): number => found(kets.covariance(a, b)),
  };
}

describe('dual activations, as means of φ(Wx) φ(Wx′)', () => {
  it.each(['relu', 'erf', 'gelu', 'sin', 'abs', 'sign'] as const)('%s', (name) => {
    const { kets, forward, map, inner } = world();
    const w = kets.matrix({ variance: 2 });
    const [a, b] = [kets.initial(), kets.initial(0.5)];
    const mixed = map(sub(mul(0.3, x), y), a, b);
    const [h, g] = [forward(w, a), forward(w, mixed)];
    const expected = dualActivation(name, 2, 2 * 0.3, 2 * (0.09 + 0.25)) ?? Number.NaN;
    expectNear(inner(map(unary(name, x), h), map(unary(name, x), g)), expected, SMOOTH);
  });

  it('through two layers of different matrices', () => {
    const { kets, forward, map, inner } = world();
    const relu = (ket: Ket): Ket => map(unary('relu', x), ket);
    const [v, w] = [kets.matrix({ variance: 2 }), kets.matrix({ variance: 2 })];
    const [a, b] = [kets.initial(), kets.initial()];
    const layers = (ket: Ket): Ket => relu(forward(w, relu(forward(v, ket))));
    const first = dualActivation('relu', 2, 0, 2) ?? Number.NaN;
    const second = dualActivation('relu', 2, 2 * first, 2) ?? Number.NaN;
    expectNear(inner(layers(a), layers(b)), second, SMOOTH);
    expectNear(inner(layers(a), layers(a)), 1, SMOOTH);
  });
});

describe('spectra', () => {
  it('semicircle: (W + Wᵀ)/√2 has the Catalan numbers, to the 24th moment', () => {
    const { kets, forward, transposed, map, inner } = world();
    const w = kets.matrix();
    const start = kets.initial();
    const powers = [start];
    for (let k = 1; k <= 12; k++) {
      const last = powers[k - 1] ?? start;
      powers.push(map(mul(Math.SQRT1_2, add(x, y)), forward(w, last), transposed(w, last)));
    }
    const catalan = [1, 1, 2, 5, 14, 42, 132];
    powers.forEach((power, k) => {
      expectNear(inner(start, power), k % 2 === 0 ? (catalan[k / 2] ?? Number.NaN) : 0, EXACT, `moment ${k}`);
    });
    const last = powers[12] ?? start;
    expectNear(inner(last, last), 208012, EXACT, 'moment 24');
  });

  it.each([
    [0.5, 1],
    [1, 1],
    [2, 1],
    [3, 0.7],
  ])('Marchenko–Pastur: WᵀW of %f n × n, variance %f/n, has the Narayana sums', (ratio, variance) => {
    const { kets, forward, transposed, inner } = world();
    const w = kets.matrix({ variance, ratio });
    const start = kets.initial();
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    let power = start;
    for (let k = 1; k <= 8; k++) {
      power = transposed(w, forward(w, power));
      let sum = 0;
      for (let r = 1; r <= k; r++) sum += (choose(k, r) * choose(k, r - 1) * ratio ** r) / k;
      expectNear(inner(start, power), variance ** k * sum, EXACT, `moment ${k}`);
    }
  });
});

describe('dot-kets', () => {
  it.each(['erf', 'tanh', 'relu', 'gelu'] as const)('W %s(Wᵀ x) = hat + x E φ′', (name) => {
    const { kets, product, transposed, map, mean, inner } = world();
    const w = kets.matrix({ variance: 1.5, ratio: 2 });
    const start = kets.initial(1.2);
    const h = transposed(w, start);
    const activated = map(unary(name, x), h);
    const { ket, hat, dot } = product(w, 'forward', activated);
    const [variance, size] = [1.5 * 2 * 1.44, 1.44];
    expectNear(inner(h, h), variance, SMOOTH);
    // E φ′ by the derivative, in place of the Stein's lemma that found it.
    const slopes: Partial<Record<UnaryName, Expr>> = {
      erf: mul(2 / Math.sqrt(Math.PI), unary('exp', mul(-1, square(x)))),
      tanh: sub(1, square(unary('tanh', x))),
      relu: unary('step', x),
      gelu: add(unary('normalCdf', x), mul(x, unary('normalDensity', x))),
    };
    const slope = 1.5 * expectation(slopes[name] ?? constant(Number.NaN), covariance([variance]));
    expectNear(inner(start, dot), slope * size, SMOOTH);
    expectNear(inner(dot, dot), slope * slope * size, SMOOTH);
    expect(inner(start, hat)).toBe(0);
    expectNear(inner(hat, hat), 1.5 * inner(activated, activated), SMOOTH);
    expectNear(inner(ket, ket), inner(hat, hat) + inner(dot, dot), SMOOTH);
    expectNear(mean(map(mul(x, y), start, ket)), slope * size, SMOOTH);
  });

  it('one part for each earlier product, also where their hats depend on each other', () => {
    const { kets, product, transposed, map, inner } = world();
    const w = kets.matrix();
    const [a, b] = [kets.initial(), kets.initial()];
    const [g, h] = [transposed(w, a), transposed(w, map(add(mul(0.6, x), mul(0.8, y)), a, b))];
    // ∂(g h²) = (h², 2 g h), of means (1, 2 · 0.6).
    const { dot } = product(w, 'forward', map(mul(x, square(y)), g, h));
    expectNear(inner(dot, a), 1 + 1.2 * 0.6, SMOOTH);
    expectNear(inner(dot, b), 1.2 * 0.8, SMOOTH);
  });

  it('a product with a multiple, or a sum, of earlier inputs is that of the products', () => {
    const { kets, product, transposed, map, inner } = world();
    const w = kets.matrix();
    const [a, b] = [kets.initial(), kets.initial()];
    const sum = map(sub(mul(2, x), y), a, b);
    const [g, h, s] = [transposed(w, a), transposed(w, b), transposed(w, sum)];
    const difference = map(sub(x, y), s, map(sub(mul(2, x), y), g, h));
    expect(inner(difference, difference)).toBeLessThan(1e-12);
    // Three hats of rank 2: any solution gives the same dot-ket.
    const tanh = (ket: Ket): Ket => map(unary('tanh', x), ket);
    const { dot } = product(w, 'forward', map(add(x, y), tanh(s), tanh(g)));
    const slope = (variance: number): number => expectation(sub(1, square(unary('tanh', x))), covariance([variance]));
    expectNear(inner(dot, a), 2 * slope(5) + slope(1), SMOOTH);
    expectNear(inner(dot, b), -slope(5), SMOOTH);
    expect(transposed(w, a)).toBe(g);
  });
});

describe('gradient independence', () => {
  /** Backward through the same W, or through an independent copy of it: what the assumption would put in its place. */
  function backward(tied: boolean) {
    const { kets, forward, transposed, map, mean, inner } = world();
    const w = kets.matrix();
    const input = kets.initial();
    const h = forward(w, input);
    const back = transposed(tied ? w : kets.matrix(), map(unary('erf', x), h));
    return {
      overlap: inner(input, back),
      size: inner(back, back),
      cube: mean(map(mul(x, mul(square(y), y)), input, back)),
    };
  }

  it('fails where W and Wᵀ are both in the forward pass', () => {
    // Wᵀφ(Wx) = hat + x E φ′; with z = Wx standard, E zφ(z) = E φ′.
    const [slope, size] = [2 / Math.sqrt(3 * Math.PI), (2 / Math.PI) * Math.asin(2 / 3)];
    const [right, wrong] = [backward(true), backward(false)];
    expect([wrong.overlap, wrong.cube]).toEqual([0, 0]);
    expectNear(right.overlap - wrong.overlap, slope, SMOOTH);
    expectNear(right.size - wrong.size, slope * slope, SMOOTH);
    expectNear(right.cube - wrong.cube, 3 * slope * size + 3 * slope ** 3, SMOOTH);
  });

  it.each([
    [0, 'holds'],
    [1, 'fails'],
    [-0.5, 'fails'],
  ])('for a readout v of mean %f: %s', (center) => {
    // f = ⟨v, relu(W x)⟩, so ∂f/∂x = Wᵀ(v step h) = hat + x E v E δ(h), h = Wx of variance 4: E δ(h) = 1/(2 √(2π)).
    const { kets, product, forward, map, inner } = world();
    const w = kets.matrix();
    const input = kets.initial(2);
    const readout = map(add(x, center), kets.initial());
    const dh = map(mul(x, unary('step', y)), readout, forward(w, input));
    const { hat, dot } = product(w, 'transposed', dh);
    expectNear(inner(input, dot), (4 * center) / (2 * Math.sqrt(2 * Math.PI)), SMOOTH);
    expectNear(inner(hat, hat), (1 + center * center) / 2, SMOOTH);
    if (center === 0) expect(inner(dot, dot)).toBe(0);
  });
});

describe('means over a copy of the width axis', () => {
  it('split products: (outer product) · vector / n', () => {
    const { kets, map, inner, mean } = world();
    const [u, v] = [kets.initial(), kets.initial()];
    // Σ_n′ (u tanh(v′) + sign(u v′) + 2 + (u + v′)³) v′ / n
    const expr = add(
      add(add(mul(x, unary('tanh', y)), unary('sign', mul(x, y))), 2),
      mul(add(x, y), square(add(x, y))),
    );
    const primed = kets.onCopy(v, 1);
    const result = found(kets.meanOverCopy(map(mul(expr, y), u, primed), 1));
    const slope = expectation(mul(x, unary('tanh', x)), covariance([1]));
    // u E v tanh v + sign(u) E |v| + 0 + 3 u² + 3.
    expectNear(inner(result, u), slope + 2 / Math.PI, SMOOTH);
    expectNear(mean(result), 6, SMOOTH);
    expect(inner(result, v)).toBe(0);
  });

  it('copies are independent of each other and alike', () => {
    const { kets, forward, map, inner, mean } = world();
    const w = kets.matrix();
    const h = forward(w, kets.initial(1.3));
    const [one, two] = [kets.onCopy(h, 1), kets.onCopy(h, 2)];
    expect([inner(h, one), inner(one, two)]).toEqual([0, 0]);
    expectNear(inner(two, two), 1.69, SMOOTH);
    expect(kets.onCopy(one, 0)).toBe(h);
    expect(kets.onCopy(one, 2)).toBe(two);
    expectNear(mean(map(unary('cos', mul(x, y)), h, one)), 1 / Math.sqrt(1 + 1.69 ** 2), SMOOTH);
  });

  it('say so where a function takes both copies', () => {
    const { kets, map } = world();
    const u = kets.initial();
    const both = map(unary('tanh', mul(x, y)), u, kets.onCopy(u, 1));
    expect(kets.meanOverCopy(both, 1)).toEqual({
      notClosed: true,
      reason: 'a function of both copies of the width axis is averaged over one of them',
    });
    expect(kets.mean(both)).toBe(0);
  });
});

describe('what does not close', () => {
  /** tanh of a mixture of nonlinear functions of five vectors. */
  function wide() {
    const { kets, map } = world();
    const parts = [0, 1, 2, 3, 4].map(() => map(unary('tanh', x), kets.initial()));
    const sum = parts.reduce((all, one) => map(add(x, y), all, one));
    return { kets, ket: map(unary('tanh', sub(x, 1)), sum) };
  }
  const reason = 'expectation over 5 jointly Gaussian variables';

  it('is found out where a value is asked for, not before', () => {
    const { kets, ket } = wide();
    expect(kets.mean(ket)).toEqual({ notClosed: true, reason });
    // The hat's variance is such a mean; the product itself, and what does not need it, are there.
    const w = kets.matrix();
    const { ket: h } = found(kets.multiply(w, 'forward', ket));
    expect(kets.covariance(h, h)).toEqual({ notClosed: true, reason });
    expect(kets.covariance(h, kets.initial())).toBe(0);
    expect(kets.multiply(w, 'transposed', kets.map(unary('tanh', x), [h]))).toEqual({ notClosed: true, reason });
  });

  it('an allowance of evaluations ends it too', () => {
    const kets = new ExactKets(1000);
    const [a, b] = [kets.initial(), kets.initial()];
    const ket = kets.map(unary('tanh', mul(x, y)), [a, kets.map(add(x, y), [a, b])]);
    expect(kets.mean(ket)).toMatchObject({ notClosed: true });
    expect(kets.mean(a)).toBe(0);
  });

  it('a matrix of other kets is a mistake', async () => {
    const failure = await failureOf(() => new ExactKets().multiply({ variance: 1, ratio: 1 }, 'forward', wide().ket));
    expect(failure.code).toBe('kets.unknown-matrix');
  });
});
