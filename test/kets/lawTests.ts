/**
 * Lazy simulation is exact in law at a finite width (theory 3): whole programs, run with matrices that are sampled along
 * what they meet and with matrices that are stored, give scalars of one joint law, trained matrices included. The same
 * tests reject samplers with planted mistakes.
 */

import { describe, expect, it } from 'vitest';
import { isColumns, type KetOptions } from '../../src/kets/index.ts';
import { type Program, parseProgram } from '../../src/program/index.ts';
import { notToldApart } from '../support/twoSample.ts';
import { wrongSamplers } from './gaussian/wrongSamplers.ts';
import { stepping } from './stepping.ts';

/** Family-wise over the programs below. */
const LEVEL = 1e-3;

export interface Case {
  readonly name: string;
  readonly steps: number;
  readonly program: Program;
}

export const cases: readonly Case[] = [
  {
    name: 'W and its transpose in turn, two matrices, repeated inputs',
    steps: 1,
    program: parseProgram(`
      width n
      initial x[n] ~ normal(1)
      initial W[n, n'] ~ normal(|n|^-0.5)
      initial U[n, n'] ~ normal(1.3 |n|^-0.5)
      y = tanh(W @ x)
      z = W^T @ y
      twice = W @ (2 * x)
      u = relu(U @ z + twice)
      back = U^T @ u
      again = W @ tanh(z + back)
      output a = avg(x * z)
      output b = avg(z^2)
      output c = avg(y * again)
      output d = avg(u * again)
      output e = avg(back * z)
      output f = avg(W @ x * twice)`),
  },
  {
    name: 'rectangular matrices and a batch',
    steps: 1,
    program: parseProgram(`
      fixed batch = 2
      width n, half = 0.5 n
      initial x[batch, n] ~ normal(1)
      initial W[half, n] ~ normal(|n|^-0.5)
      y = tanh(W @[n] x)
      z = y @[half] W
      u = W @[n] sin(z)
      first of batch = 0
      second of batch = 1
      output a = avg(x * z[batch = second])
      output b = mean[half](y[batch = first] * u[batch = second])
      output c = avg(z^2)`),
  },
  {
    name: 'a matrix trained with SGD',
    steps: 3,
    program: parseProgram(`
      fixed batch = 2
      width n
      initial x[batch, n] ~ normal(1)
      initial v[n] ~ normal(1)
      target[batch] = (1, -1)
      state W[n, n'] ~ normal(|n|^-0.5)
      y = tanh(W @ x)
      f = avg(v * y)
      dh = (f - target) * v * (1 - y^2)
      back = W^T @ dh
      next state W = W - 0.6 * |n|^-1 * (dh @[batch] x[n'])
      output f
      output size = avg(back^2)
      output overlap = avg(back * x)`),
  },
  {
    name: 'a matrix trained with Adam, averages over all units',
    steps: 3,
    program: parseProgram(`
      fixed batch = 2
      width n
      initial x[batch, n] ~ normal(1)
      initial v[n] ~ normal(1)
      target[batch] = (1, -1)
      state W[n, n'] ~ normal(|n|^-0.5)
      state m[n, n'] ~ 0
      state s[n, n'] ~ 0
      y = tanh(W @ x)
      f = avg(v * y)
      dh = (f - target) * v * (1 - y^2)
      back = W^T @ dh
      g[n, n'] = dh @[batch] x[n']
      m1 = 0.8 * m + 0.2 * g
      s1 = 0.9 * s + 0.1 * g^2
      next state m = m1
      next state s = s1
      next state W = W - 0.3 * |n|^-1 * (m1 / sqrt(s1 + 0.01))
      output f
      output size = avg(back^2)
      output overlap = avg(back * x)`),
  },
];

/** At which width, and how often. */
interface Sample {
  readonly width: number;
  readonly draws: number;
}

/** Scalars of the last step, one row for each seed. */
function draws(
  { program, steps }: Case,
  { width, draws: count }: Sample,
  matrices: NonNullable<KetOptions['matrices']>,
  first: number,
): number[][] {
  return Array.from({ length: count }, (_, k) => {
    const run = stepping(program, { width, seed: first + k, matrices });
    let { outputs } = run.step();
    for (let step = 1; step < steps; step++) ({ outputs } = run.step());
    return Object.values(outputs).flatMap((output) => (isColumns(output) ? [] : [...output.data]));
  });
}

/** Tests of these programs, whose draws of stored matrices are shared by their tests. */
export function testLaws(chosen: readonly Case[], sample: Sample): void {
  describe.each(chosen)(`$name, at width ${sample.width}`, (given) => {
    const stored = draws(given, sample, 'dense', 1_000_000);

    it('has one law with lazy and with stored matrices', () => {
      const { rejected, smallest, which } = notToldApart(draws(given, sample, 'lazy', 1), stored, LEVEL / cases.length);
      expect(rejected, `smallest adjusted p ${smallest}: ${which}`).toBe(false);
    });

    it.each(wrongSamplers)('tells apart a sampler with $name', ({ sampler }) => {
      expect(notToldApart(draws(given, sample, sampler, 1), stored, LEVEL / cases.length).rejected).toBe(true);
    });
  });
}
