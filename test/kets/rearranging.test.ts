/** Entries moved along fixed axes in the limit, where each entry is told by its scale. */

import { describe, expect, test } from 'vitest';
import { estimateLimit, exactLimit } from '../../src/kets/index.ts';
import { parseProgram } from '../../src/program/index.ts';

/** Sums of a few f64 numbers. */
const ROUNDING = 1e-12;

/** u has entries of variance 1, 4, 9, 16 along time; W, V have 1, 4, 9. */
const program = parseProgram(`
  fixed time = 4, half = 2, pair = 2, one = 1, three = 3, all = 7
  width n
  initial x[time, n] ~ normal(1)
  initial y[n] ~ rademacher(1)
  initial W[half, n, n'] ~ normal(|n|^-0.5)
  initial V[one, n, n'] ~ normal(3 |n|^-0.5)
  scale[time] = (1, 2, 3, 4)
  doubled[half] = (1, 2)
  u = x * scale
  faint = |n|^-0.5 * x
  M = concat[half, one -> three](W * doubled, V)
  N = select[three -> half; after one](M)
  P = pad[half -> time; after 1](N)
  Q = merge[half, pair -> time](split[time -> pair, half](P))
  output split = avg(split[time -> pair, half](u)^2)
  output merge = avg(merge[half, pair -> time](split[time -> pair, half](u))^2)
  output select = avg(select[time -> half; after 1](u)^2)
  output pad = avg(pad[time -> all; after one, 1](u)^2)
  output concat = avg(concat[time, three -> all](u, pad[half -> three](select[time -> half; after 2](u)))^2)
  output vanishing = avg(concat[time, three -> all](faint, select[time -> three](u))^2)
  output joined = avg((M @ y)^2)
  output padded = avg((P @ y)^2)
  output turned = avg((Q @ y)^2)
  output windowed = avg((window[three -> half, pair; pad 1](M) @ y)^2)`);

/** By axes in the order of the first operand's, that which is made in the place of what it is made of. */
const known: Readonly<Record<string, readonly number[]>> = {
  split: [1, 4, 9, 16],
  merge: [1, 9, 4, 16],
  select: [4, 9],
  pad: [0, 0, 1, 4, 9, 16, 0],
  concat: [1, 4, 9, 16, 9, 16, 0],
  vanishing: [0, 0, 0, 0, 1, 4, 9],
  joined: [1, 4, 9],
  padded: [0, 4, 9, 0],
  turned: [0, 9, 4, 0],
  windowed: [0, 1, 1, 4],
};

describe('entries moved along fixed axes', () => {
  test('keep their limits exactly', () => {
    const [outputs = []] = exactLimit(program);
    const found = Object.fromEntries(outputs.map(({ name, entries }) => [name, entries]));
    for (const [name, numbers] of Object.entries(known)) {
      expect(found[name], name).toHaveLength(numbers.length);
      numbers.forEach((number, k) => {
        expect(Math.abs(Number(found[name]?.[k]) - number), `${name}[${k}]`).toBeLessThan(ROUNDING);
      });
    }
  });

  test('keep them within the errors of sampling', async () => {
    const [outputs = []] = await estimateLimit(program, { seeds: 8 });
    expect(outputs.map(({ name }) => name)).toEqual(Object.keys(known));
    for (const { name, entries } of outputs) {
      entries.forEach(({ value, standardError }, k) => {
        const off = Math.abs(value - (known[name]?.[k] ?? Number.NaN));
        // With 8 scramblings, 1 in 500 values lies more than five errors off by chance; there are 49.
        expect(off, `${name}[${k}] = ${value} ± ${standardError}`).toBeLessThanOrEqual(5 * standardError + ROUNDING);
      });
    }
  });
});
