/** Tangents at infinite width: the limit of a derivative is the derivative of the limit. */

import { describe, expect, test } from 'vitest';
import { estimateLimit, exactLimit, isNotClosed } from '../../src/kets/index.ts';
import { checkFragment, forward, gaussian, type Program, parseProgram, tensor } from '../../src/program/index.ts';

/** Two hidden layers; s is the size of what enters. */
const program = parseProgram(
  `width n
   data s
   initial u[n] ~ normal(1)
   initial W[n, n'] ~ normal(|n|^-0.5)
   h = tanh(s * u)
   g = W @ h
   output f = avg(tanh(g)^2)`,
  'two layers',
);
const along = forward(program, { inputs: ['s'] });
const given = (s: number) => ({ s: tensor([], [], [s]), 't.s': tensor([], [], [1]) });

function exact(one: Program, name: string, s: number): number {
  const data = Object.fromEntries(
    Object.entries(given(s)).filter(([input]) => one.nodes.some((node) => node.name === input)),
  );
  const [outputs = []] = exactLimit(one, { data });
  const entry = outputs.find((output) => output.name === name)?.entries[0];
  if (entry === undefined || isNotClosed(entry)) return expect.fail(`no limit of ${name}`);
  return entry;
}

/** Limits are exact to 1e-10: over a step of 5e-3, 3e-8; the truncation, 5e-3 to the fourth, is less. */
const STEP = 5e-3;
const DIFFERENCES = 1e-7;

describe('a perceptron along its input', () => {
  test('lies in the language', () => {
    expect(checkFragment(along).violations).toEqual([]);
  });

  test.each([0.5, 1.5])('has the derivative of the limit as its limit, at %f', async (s) => {
    const at = (h: number): number => exact(program, 'f', s + h);
    const slope = (8 * (at(STEP) - at(-STEP)) - (at(2 * STEP) - at(-2 * STEP))) / (12 * STEP);
    const limit = exact(along, 't.f', s);
    expect(Math.abs(slope)).toBeGreaterThan(0.01);
    expect(Math.abs(limit - slope), `${limit} for ${slope}`).toBeLessThan(DIFFERENCES);
    const [outputs = []] = await estimateLimit(along, { data: given(s), seeds: 16, width: 1024 });
    const { value, standardError } =
      outputs.find(({ name }) => name === 't.f')?.entries[0] ?? expect.fail('no estimate');
    expect(Math.abs(value - limit), `${value} ± ${standardError} for ${limit}`).toBeLessThan(4 * standardError);
    expect(standardError).toBeLessThan(0.01);
  });
});

test('a matrix moving independently of everything moves no average, in the limit', async () => {
  const moved = forward(program, {
    inputs: ['W'],
    law: () => gaussian(1, [{ space: 'n', exponent: -0.5 }]),
  });
  expect(checkFragment(moved).violations).toEqual([]);
  expect(Math.abs(exact(moved, 't.f', 1))).toBeLessThan(1e-10);
  const [outputs = []] = await estimateLimit(moved, { data: { s: tensor([], [], [1]) }, seeds: 16, width: 1024 });
  const { value, standardError } = outputs.find(({ name }) => name === 't.f')?.entries[0] ?? expect.fail('no estimate');
  expect(Math.abs(value)).toBeLessThan(4 * standardError);
  expect(standardError).toBeGreaterThan(0);
});

test('entries moved along fixed axes carry their tangents with them, in the limit', () => {
  const joined = parseProgram(
    `fixed four = 4, two = 2, one = 1, five = 5
     width n
     data s
     initial u[four, n] ~ normal(1)
     initial v[one, n] ~ normal(1)
     turned = merge[two', two -> four](split[four -> two, two'](u))
     x = tanh(concat[four, one -> five](s * turned, v))
     y = pad[two -> five; after one, 1](select[five -> two](x))
     output f = sum[five](avg((x + y)^2))`,
    'joined',
  );
  const moved = forward(joined, { inputs: ['s'] });
  expect(checkFragment(moved).violations).toEqual([]);
  const at = (h: number): number => exact(joined, 'f', 0.7 + h);
  const slope = (8 * (at(STEP) - at(-STEP)) - (at(2 * STEP) - at(-2 * STEP))) / (12 * STEP);
  expect(Math.abs(slope)).toBeGreaterThan(0.01);
  expect(Math.abs(exact(moved, 't.f', 0.7) - slope)).toBeLessThan(DIFFERENCES);
});
