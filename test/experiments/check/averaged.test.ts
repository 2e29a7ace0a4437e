/** What the rounding of an output is relative to. */

import { describe, expect, test } from 'vitest';
import { averagedSizes } from '../../../src/experiments/check/averaged.ts';
import { check } from '../../../src/experiments/index.ts';
import { parseProgram } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';

const HEAD = `width n
  fixed k = 2
  initial x[n] ~ rademacher(1)
  initial g[n] ~ normal(1)
  `;

/** Of the first output at width 64: entries of x are ±1, so that their sizes are known. */
async function sizeOfFirst(lines: string, steps = 1): Promise<number> {
  const program = parseProgram(HEAD + lines, 'p');
  const common = { widths: [64], seeds: 1, seed: 0, steps, symbol: 'n', data: {}, sizes: {} };
  const averaged = await averagedSizes(program, { ...common, run: interpret, mustBeFinite: true });
  return averaged(program.outputs.find(({ role }) => role === 'data')?.name ?? 'no output');
}

describe('the size of what an output averages', () => {
  test.each([
    ['an average', 'output f = avg(x^2)', 1],
    ['what cancels', 'output f = 1000 * avg(x^2) - 1000', 2000],
    ['what cancels in a value of its own', 'd = 1000 * x - 1000 * x\n output f = avg(d)', 2000],
    ['a product with numbers of the program', 'c[k] = (50, -50)\n d = avg(x^2) - 1\n output f = mean[k](c * d)', 100],
    ['a contraction', "initial W[n, n'] ~ rademacher(|n|^-0.5)\n d = 30 * x - 30 * x + x\n output f = avg(W @ d)", 61],
    ['one of several operands', 'output f = max(avg(x^2), 3)', 4],
    ['a quotient', 'output f = avg((8 * x - 8 * x) / (2 * x^2))', 8],
    ['a square of what cancels', 'output f = avg((10 * x - 10 * x + 1)^2)', 21 ** 2],
    ['a bounded function of what is small', 'output f = avg(tanh(0.25 * x))', 0.25],
    ['a bounded function of what is large', 'output f = avg(tanh(1000000 * x))', 1],
  ])('%s', async (_, lines, size) => {
    // A matrix makes sizes of its own.
    expect((await sizeOfFirst(lines)) / size).toBeCloseTo(1, lines.includes('W') ? 0 : 9);
  });

  test('of a state is that of what was read', async () => {
    const lines = 'state c ~ 1\n next state c = c + 1\n output f = c - avg(x^2)';
    expect(await sizeOfFirst(lines, 1)).toBeCloseTo(2, 9);
    expect(await sizeOfFirst(lines, 3)).toBeCloseTo(4, 9);
  });
});

test('a distance is not taken for rounding where a bounded function reads what is huge, or not finite', async () => {
  const options = { widths: [8, 16, 32, 64], seeds: 60, samples: 64, scramblings: 2, run: interpret };
  for (const lines of ['output f = avg(tanh(exp(40 * g)^9))', 'output f = avg(erf(exp(400 * g)))']) {
    const { outputs } = await check(parseProgram(HEAD + lines, 'p'), options);
    expect(outputs[0]).toMatchObject({ verdict: expect.stringMatching(/^(ok|unclear)$/) });
    expect(outputs[0]?.exponent).toBeCloseTo(-0.5, 0);
  }
});
