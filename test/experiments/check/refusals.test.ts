/** What the check refuses before its work, and numbers that are not finite. */

import { describe, expect, it } from 'vitest';
import { checkMemory } from '../../../src/experiments/check/memory.ts';
import { check } from '../../../src/experiments/index.ts';
import { parseProgram } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { failureOf } from '../../support/failure.ts';

const run = interpret;
const options = { widths: [4, 8, 16], seeds: 3, samples: 64, scramblings: 2, run };

describe('memory', () => {
  const program = parseProgram(`program p
    width n
    initial x[n] ~ normal(1)
    initial W[n, n'] ~ normal(|n|^-0.5)
    output f = avg(tanh(W @ x))`);

  it('is forecast from what is fed and the largest value', () => {
    // W of 2²⁰ entries: 8 bytes as drawn, 4 as run on, and three values of that size in f32.
    const bytes = 24 * 2 ** 20;
    expect(() => checkMemory(program, [64, 1024], 'n', {}, bytes)).toThrow();
    checkMemory(program, [64, 1024], 'n', {}, 1.01 * bytes);
  });

  it('is refused with the width, the value and what would help', async () => {
    const error = await failureOf(() => check(program, { ...options, widths: [4, 8, 65536], memory: 2 ** 30 }));
    expect(error.code).toBe('experiments.too-large');
    expect(error.message).toBe(
      'at width 65536, "W" has 65536 × 65536 entries and a run takes about 96.0 GB, more than the 1.0 GB allowed; give smaller widths, or more memory.',
    );
    expect(error.data).toMatchObject({ node: 'W', width: 65536 });
  });
});

describe('numbers that are not finite', () => {
  it.each([
    ['an overflow', 'z = exp(exp(exp(9 * x^2)))', 'z', 'Infinity'],
    ['the root of a negative number', 'z = sqrt(x) + 1', 'z', 'NaN'],
    ['0/0', 'z = (x - x) / (x - x)', 'z', 'NaN'],
    ['one in a sum', 'z = 1 + mean[n](log(x))', 'v1', 'NaN'],
  ])('are traced to the first value that holds one: %s', async (_, line, node, value) => {
    const program = parseProgram(`program p
      width n
      initial x[n] ~ normal(1)
      ${line}
      output f = avg(tanh(x) + z * z)`);
    const error = await failureOf(() => check(program, options));
    expect({ code: error.code, data: error.data }).toEqual({
      code: 'experiments.not-finite',
      data: { output: 'f', node },
    });
    expect(error.message).toContain(`output "f" is ${value} at width 4 from seed 0; "${node}" is the first value`);
  });

  it('are let through where no output shows them', async () => {
    const program = parseProgram(`program p
      width n
      initial x[n] ~ normal(1)
      huge = exp(exp(exp(9 * x^2)))
      output f = avg(tanh(huge))`);
    const { outputs } = await check(program, options);
    expect(outputs.map(({ verdict }) => verdict)).toEqual(['equal']);
  });

  it('do not hide why a program leaves the language', async () => {
    const program = parseProgram(`program p
      width n
      initial x[n] ~ normal(1)
      output f = sum[n](sqrt(x))`);
    const { inFragment, finite } = await check(program, options);
    expect(inFragment).toBe(false);
    expect(finite[0]?.widths.map(({ mean }) => mean)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});
