/** Means that do not exist, functions that are singular at the limit, and what only the proofs do not cover. */

import { describe, expect, it } from 'vitest';
import { check } from '../../../src/experiments/index.ts';
import { parseProgram } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';

const HEAD = `width n
  fixed k = 3
  initial x[n] ~ normal(1)
  initial y[n] ~ normal(1)
  initial r[n] ~ rademacher(1)
  initial z[n, k] ~ normal(1)
  initial W[n, n'] ~ normal(|n|^-0.5)
  `;
const options = { samples: 256, scramblings: 4, run: interpret };
/** Finite widths of which nothing is asked but that they run: what exists is read off the program and its limits. */
const FEW = { ...options, widths: [8, 12, 16], seeds: 2 };
/** Enough of them for an exponent. */
const ENOUGH = { ...options, widths: [8, 16, 32, 64], seeds: 60 };

/** What a check tells of a program, whose first output is read. */
async function told(lines: string, more: { readonly steps?: number } = {}, finite = FEW) {
  const { outputs, notes, singularities, passed } = await check(parseProgram(HEAD + lines, 'p'), {
    ...finite,
    ...more,
  });
  const { limit = Number.NaN, verdict, sampled, reasons } = outputs[0] ?? {};
  const [first] = singularities;
  return { limit, verdict, exact: sampled !== undefined, reasons, passed, first, notes: notes.map(({ text }) => text) };
}

describe('a function that is singular at the limit', () => {
  it.each([
    ['the inverse of a mean of 0', 'output f = 1 / avg(x)', 'divides by v1'],
    ['its logarithm', 'output f = log(avg(x)^2)', 'takes the logarithm of v1 ^ 2'],
    ['its negative power', 'output f = abs(avg(W @ x)) ^ (-0.5)', 'takes a power of abs(v'],
    ['what vanishes with n beside it', 'output f = |n|^-0.5 / avg(x)', 'divides by v1'],
    ['of a difference that cancels', 'output f = avg(x^2 / (avg(x^2) - avg(y^2)))', 'divides by v'],
    ['behind another function', 'c = tanh(1 / avg(x))\n output f = avg(c * x^2)', 'divides by v1'],
  ])('has no limit: %s', async (_, lines, text) => {
    const found = await told(lines);
    expect(found).toMatchObject({ verdict: 'singular', limit: Number.NaN, exact: false, passed: false });
    expect(found.first).toMatchObject({ certain: true, text: expect.stringContaining(text) });
    expect(found.first?.text).toContain('tends to 0');
  });

  it('is found at the step at which it is', async () => {
    const lines = `state c ~ 1
      next state c = c - 0.5
      output f = avg(x^2) / (c - 0.5)`;
    // c is 1, then 0.5: at the second step nothing is left below. A finite run divides by 0 there.
    await expect(told(lines, { steps: 2 })).rejects.toThrow('is Infinity at width 8');
    expect(await told(lines, { steps: 1 })).toMatchObject({ first: undefined });
  });

  it('is none of the outputs that do not read it', async () => {
    const { outputs } = await check(parseProgram(`${HEAD}output f = 1 / avg(x)\n output g = avg(x^2)`, 'p'), ENOUGH);
    expect(outputs.map(({ verdict }) => verdict)).toEqual(['singular', 'ok']);
  });

  it('is not where numbers stay away from 0', async () => {
    expect(await told('output f = 1 / avg(x^2)')).toMatchObject({ first: undefined, limit: 1, exact: true });
    expect(await told('output f = log(avg(exp(x)))')).toMatchObject({ first: undefined });
    expect(await told('output f = avg((x / sqrt(avg(x^2)))^2)')).toMatchObject({ first: undefined, verdict: 'equal' });
    expect(await told('output f = avg(normalize[n](x, epsilon = 1e-5) * tanh(x))')).toMatchObject({ first: undefined });
    // Numbers put together of others, each with its power of n.
    const both = 'fixed both = 4\n fixed one = 1\n m = mean[n](z^2)\n o[one] = (1)\n c = concat[k, one -> both](m, o)';
    expect(await told(`${both}\n output f = mean[both](1 / c)`)).toMatchObject({
      first: undefined,
      limit: 1,
      exact: true,
    });
    // Powers of n that cancel.
    expect(await told('output f = avg(x^2) * |n|^-1 / (|n|^-1 * avg(y^2))')).toMatchObject({ first: undefined });
  });
});

describe('a mean that need not exist', () => {
  it.each([
    ['a quotient of Gaussians', 'y1 = W @ x\n output f = avg(x / y1)', 'divides by y1'],
    ['an inverse square', 'output f = avg(1 / x^2)', 'divides by x ^ 2'],
    ['a logarithm of what reaches 0', 'output f = avg(log(x^2))', 'takes the logarithm of x ^ 2'],
    ['a negative power', 'output f = avg(abs(x) ^ (-0.5))', 'takes a power of abs(x)'],
    ['a bounded function of a pole', 'output f = avg(tanh(1 / x))', 'divides by x'],
    ['what tends to 0 in the tails faster than Gaussians', 'output f = avg(1 / exp(-x^2))', 'averages what grows'],
    ['exp of a square', 'output f = avg(exp(0.3 * x^2))', 'averages what grows like exp of a square'],
    ['exp of a product', 'output f = avg(exp(0.3 * x * y))', 'averages what grows like exp of a square'],
    ['a pole inside a product with a matrix', 'output f = avg(tanh(W @ (1 / x)))', 'divides by x'],
    ['a pole of pairs', "output f = avg(mean[n'](x[n] / (x[n] - y[n'])))", 'divides by'],
    ['a sum that is 0 somewhere', 'output f = avg(1 / sum[k](z))', 'divides by'],
  ])('is no pass, and not exact: %s', async (_, lines, text) => {
    const found = await told(lines);
    expect(found).toMatchObject({ exact: false, passed: false });
    expect(['unclear', 'slower']).toContain(found.verdict);
    expect(found.first).toMatchObject({ certain: false, text: expect.stringContaining(text) });
    expect(found.reasons).toContain(found.first?.text);
  });

  it.each([
    ['a square and more', 'output f = avg(x^2 / sqrt(x^2 + 1))'],
    ['a sum of what is positive', 'output f = avg(1 / (1 + exp(x)))'],
    ['epsilon', 'output f = avg(x / (abs(x) + 0.01) * tanh(x))'],
    ['fair signs', 'output f = avg(x^2 / r)'],
    ['exp of what is bounded above', 'output f = avg(exp(-x^2))'],
    ['a logarithm of more than 1', 'output f = avg(log(1 + x^2))'],
    [
      'softmax over a fixed axis',
      'fixed p = 2\n initial u[n, p] ~ normal(1)\n output f = avg(sum[p](softmax[p](u) * u))',
    ],
    ['a power of what is positive', 'output f = avg((1 + x^2) ^ (-0.3))'],
  ])('is not where the argument keeps away: %s', async (_, lines) => {
    expect(await told(lines)).toMatchObject({ first: undefined, notes: [] });
  });
});

describe('what only the proofs do not reach', () => {
  it('is a note: exp', async () => {
    const found = await told('output f = avg(exp(0.3 * x))', {}, ENOUGH);
    expect(found).toMatchObject({ first: undefined, exact: true, verdict: 'ok' });
    expect(found.notes).toEqual([expect.stringContaining('grows faster than every power (exp)')]);
    expect(await told('output f = avg(1 / exp(0.3 * x))', {}, ENOUGH)).toMatchObject({
      first: undefined,
      verdict: 'ok',
    });
    expect(await told('output f = avg(tanh(exp(x)))')).toMatchObject({ first: undefined, notes: [] });
  });

  it('is a note: m/√v, over steps', async () => {
    const lines = `state m[n] ~ 0
      state v[n] ~ 0
      state w[n] ~ normal(1)
      g = tanh(w) - 0.5 * x
      m1 = 0.9 * m + 0.1 * g
      v1 = 0.99 * v + 0.01 * g^2
      next state m = m1
      next state v = v1
      w1 = w - 0.1 * m1 / sqrt(v1)
      next state w = w1
      output f = avg(w1^2)`;
    const found = await told(lines, { steps: 3 });
    expect(found).toMatchObject({ first: undefined });
    expect(found.notes).toEqual([
      expect.stringContaining('a jump that the Master Theorem (IVb 2.6.10) does not cover'),
    ]);
    // Without the square of this step in v nothing bounds the quotient.
    const other = await told(lines.replace('0.01 * g^2', '0.01 * x^2'), { steps: 3 });
    expect(other.first?.text).toContain('divides by sqrt(v1)');
  });
});

describe('functions over a width', () => {
  it('have limits where a power of n makes means of their sums', async () => {
    // E x e^x / E e^x = 1 of a standard Gaussian.
    const found = await told('output f = avg(|n| * softmax[n](0.5 * x) * x)');
    expect(found).toMatchObject({ first: undefined, exact: true });
    expect(found.limit).toBeCloseTo(0.5, 10);
    expect((await told('output f = sum[n](softmax[n](0.5 * x) * x)')).limit).toBeCloseTo(0.5, 10);
    expect((await told('output f = log(avg(exp(x)))')).limit).toBeCloseTo(0.5, 10);
  });

  it('have none where they grow like log n, or where powers of n cancel unseen, and say how to write it', async () => {
    const textOf = async (line: string) =>
      (await check(parseProgram(HEAD + line, 'p'), FEW)).violations.map(({ text }) => text);
    expect(await textOf('output f = logSumExp[n](x)')).toEqual([
      'log of a value that grows like n^1, so that it grows like log n; the logarithm of a mean has a limit',
    ]);
    const [text] = await textOf('output f = |n|^0.5 * (avg(tanh(x + |n|^-0.5 * y)) - avg(tanh(x)))');
    expect(text).toContain('carry δ itself and write the derivative');
  });
});
