import { describe, expect, it } from 'vitest';
import { analyze, checkFragment, entryExponent, parseProgram, toNumber, ZERO } from '../../../src/program/index.ts';

const HEAD = `width n
initial x[n] ~ normal(1)
initial v[n] ~ normal(1)
initial W[n, n'] ~ normal(|n|^-0.5)
`;

/** Rules broken by a program, `node: rule`. */
function broken(body: string, head = HEAD): string[] {
  const { violations, inFragment } = checkFragment(parseProgram(head + body));
  expect(inFragment).toBe(violations.length === 0);
  return violations.map(({ node, rule }) => `${node}: ${rule}`);
}

/** The power of n of a value. */
function exponent(body: string, name: string, head = HEAD): number | undefined {
  const form = analyze(parseProgram(head + body)).forms.get(name);
  return form === undefined ? undefined : toNumber(entryExponent(form));
}

describe('programs of the language', () => {
  it.each([
    ['means, products, maps', 'y = tanh(W @ x)\noutput f = avg(v * y)'],
    ['a sum whose power of n is beside it', 'output f = |n|^-1 * sum[n](v * x)'],
    ['a sum whose power of n comes later', 's = sum[n](v * x)\nt = 2 * s\noutput f = tanh(|n|^-1 * t)'],
    ['a contraction of vectors', 'output f = |n|^-1 * (v @[n] x)'],
    ['a power of n split over two places', 'y = |n|^-0.5 * v\noutput f = |n|^-0.5 * (y @[n] x)'],
    ['a scaled matrix', 'A = |n|^0.25 * W\ny = |n|^-0.25 * (A @ x)\noutput f = avg(y^2)'],
    ['what vanishes', 'y = tanh(x + |n|^-0.3 * v)\noutput f = avg(y^2)'],
    ['the square of a mean written as a sum', 'z = sum[n](|n|^-1 * v * x)\noutput f = z^2'],
    ['a linear update of order 1/n', "G[n, n'] = v * x[n']\nA = W - 0.1 * |n|^-1 * G\noutput f = avg(v * tanh(A @ x))"],
    [
      'a nonlinear update of order 1/n',
      "G[n, n'] = tanh(v * x[n'])\nA = W - 0.1 * |n|^-1 * G\noutput f = avg(v * tanh(A @ x))",
    ],
    ['softmax over a fixed axis', 'p = softmax[k](c)\noutput p', `${HEAD}fixed k = 3\nc[k] = (1, 2, 3)\n`],
    ['normalization over the width', 'output f = avg(v * normalize[n](x, epsilon = 0.01))'],
  ])('%s', (_, body, head = HEAD) => {
    expect(broken(body, head)).toEqual([]);
  });
});

describe('programs that leave it, with the instruction and the rule', () => {
  it.each([
    ['a width axis summed without mean', 'f = v @[n] x\noutput f', 'f: mean-only'],
    ['a central limit', 's = v @[n] x\nf = |n|^-0.5 * s\noutput f', 's: mean-only'],
    ['a maximum over a width', 'f = max[n](x)\noutput f', 'f: mean-only'],
    ['a function of what grows', 's = v @[n] x\nf = tanh(s)\noutput f', 'f: growth'],
    ['an output that grows', 'f = |n|^0.5 * avg(v * x)\noutput f', 'f: growth'],
    ['an entrywise function of a matrix', 'A = tanh(W)\noutput f = avg(A @ x)', 'A: matrix-entrywise'],
    ['the square of a matrix', 'A = W * W\noutput f = avg(A @ x)', 'A: matrix-entrywise'],
    ['a matrix scaled by a vector', 'A = v * W\noutput f = avg(A @ x)', 'A: matrix-entrywise'],
    ['a product of matrices', "A = W[n', n''] @[n'] W\noutput f = avg(A @[n''] x[n''])", 'A: matrix-product'],
    ['the mean of a matrix', "m = mean[n'](W)\noutput f = avg(m)", 'm: matrix-product'],
    ['a matrix repeated along a width', "A = W along [n'']\noutput f = mean[n, n', n''](A)", 'A: matrix-product'],
  ])('%s', (_, body, expected) => {
    expect(broken(body)).toContain(expected);
  });

  it('a vector given as data', () => {
    expect(broken('data z[n]\noutput f = avg(z)')).toEqual(['z: initial-data']);
  });

  it('a coordinate picked from a width', () => {
    expect(broken('first of n = 0\nf = x[n = first]\noutput f')).toEqual(['f: width-index']);
  });

  it('scalars that stay random', () => {
    expect(broken('initial c ~ normal(1)\noutput f = c')).toEqual(['c: initial-data']);
    expect(broken('initial c ~ normal(|n|^-0.5)\noutput f = c')).toEqual([]);
    expect(broken('initial c ~ normal(|n|^-0.5)\noutput f = |n|^0.5 * c')).toEqual(['f: growth']);
  });

  it('widths that have nothing to do with each other, and one of a given size', () => {
    const head = 'width n, m\ninitial x[n] ~ normal(1)\ninitial y[m] ~ normal(1)\n';
    expect(broken('output f = avg(x) + avg(y)', head)).toEqual(['m: one-width']);
    expect(broken('output f = avg(x)', 'width n = 64\ninitial x[n] ~ normal(1)\n')).toEqual(['n: one-width']);
  });

  it('a state that takes a higher power of n at every step', () => {
    const head = 'width n\ninitial x[n] ~ normal(1)\n';
    expect(broken('state s[n] ~ 1\nnext state s = |n|^0.5 * s + x\noutput f = |n|^-4 * avg(s)', head)).toContain(
      's: growth',
    );
    expect(broken('state s[n] ~ 1\nnext state s = 0.5 * s + x\noutput f = avg(s)', head)).toEqual([]);
  });

  it('says it in words that name what to do', () => {
    const [first] = checkFragment(parseProgram(`${HEAD}s = v @[n] x\noutput f = |n|^-0.5 * s`)).violations;
    expect(first?.text).toBe(
      'output "f" grows like n^0.5: "s" sums over a width axis, and no power of n makes it a mean (n^(-1/2) times a sum is a central limit, not a mean)',
    );
  });
});

describe('powers of n', () => {
  it.each([
    ['a sum is n times a mean', 's = v @[n] x', 's', 1],
    ['a matrix of variance 1/n gives order 1', 'y = W @ x', 'y', 0],
    ['powers multiply', 'y = |n|^-0.5 * v\nz = y * y', 'z', -1],
    ['roots halve', 'y = |n|^-1 * v^2\nz = sqrt(y)', 'z', -0.5],
    ['the larger term counts', 'z = |n|^-0.5 * v + |n|^-1 * x', 'z', -0.5],
    ['relu keeps a power, sign drops it', 'y = |n|^-0.5 * v\nz = relu(y) * sign(y)', 'z', -0.5],
    ['a quotient subtracts', 'y = |n|^-0.5 * v\nz = y / |n|^-0.5', 'z', 0],
    ['zero has none', 'y = 0 * v\nz = y + x', 'z', 0],
  ])('%s', (_, body, name, expected) => {
    expect(exponent(`${body}\noutput f = avg(${name === 's' ? 'x * s' : name})`, name)).toBe(expected);
  });

  it.each([
    ['a third, a sixth and minus a half', 'y = |n|^(1/3) * v\nz = |n|^-0.5 * (|n|^(1/6) * y)'],
    ['thirds of a law', 'initial u[n] ~ normal(|n|^(1/3) |n|^(-5/6))\nz = |n|^0.5 * u'],
    ['tenths of many factors', `y = v * ${Array(10).fill('|n|^0.1').join(' * ')}\nz = |n|^-1 * y`],
    ['a product of means', 's = sum[n](v * x)\nz = |n|^(-2/3) * (|n|^(-1/3) * s)'],
    ['a matrix times a vector', 'A = |n|^0.1 * (|n|^0.2 * W)\ny = |n|^0.4 * v\nz = |n|^-0.7 * (A @ y)'],
    ['a power by a fraction', 'y = (|n|^2 * v^2) ^ (1/3)\nz = |n|^(-2/3) * y'],
    ['a root of a root', 'y = sqrt(sqrt(|n|^(2/3) * v^2))\nz = y / |n|^(1/6)'],
    ['what stands beside it', 'y = |n|^(1/3) * v\nz = |n|^(-1/3) * (|n|^0.1 * |n|^(7/30) * x + y)'],
  ])('cancel exactly: %s', (_, body) => {
    const { forms, violations } = analyze(parseProgram(`${HEAD}${body}\noutput f = avg(z * x)`));
    expect(forms.get('z')).toEqual({ kind: 'plain', exponent: ZERO });
    expect(violations).toEqual([]);
  });

  it('grow by as little as they do', () => {
    const program = parseProgram(`${HEAD}y = |n|^(1/3) * |n|^-0.333333333 * v\noutput f = avg(y * x)`);
    expect(checkFragment(program).violations.map(({ text }) => text)).toEqual([
      'output "f" grows like n^(1/3000000000)',
    ]);
  });

  it('by any number are those of the fraction that it is', () => {
    expect(broken('y = abs(|n|^-0.5 * v) ^ 0.7364829374628374\noutput f = avg(y)')).toEqual([]);
    const { violations } = checkFragment(parseProgram(`${HEAD}y = abs(|n|^-0.5 * v) ^ 7364829.5\noutput f = avg(y)`));
    expect(violations.map(({ rule, text }) => [rule, text])).toEqual([
      ['growth', 'the power 7364829.5, which is no simple fraction, of a value of size n^-0.5'],
    ]);
  });

  it('of a law are read at both ends of a matrix of two widths', () => {
    const head = 'width n, wide = 4 n\ninitial x[n] ~ normal(1)\ninitial U[wide, n] ~ normal(|wide|^-0.5)\n';
    expect(exponent('y = U @[n] x\noutput f = mean[wide](y^2)', 'y', head)).toBe(0);
  });
});

describe('what the proofs do not cover', () => {
  it('is noted and computed', () => {
    const { inFragment, notes } = checkFragment(parseProgram(`${HEAD}y = sign(W @ x)\noutput f = avg(v * y)`));
    expect(inFragment).toBe(true);
    expect(notes.map(({ text }) => text)).toEqual([
      'sign jumps, which the Master Theorem (IVb 2.6.10) does not cover; the limit is computed all the same',
    ]);
  });

  it('includes kinks where matrices are not Gaussian', () => {
    const head = "width n\ninitial x[n] ~ normal(1)\ninitial W[n, n'] ~ rademacher(|n|^-0.5)\n";
    const { notes } = checkFragment(parseProgram(`${head}y = relu(W @ x)\noutput f = avg(y)`));
    expect(notes.map(({ text }) => text)).toEqual([
      'relu is not smooth, which the proof for other laws than the Gaussian (IVb 2.6.4) asks for',
    ]);
  });
});
