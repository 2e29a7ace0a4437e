import { describe, expect, it } from 'vitest';
import { estimateLimit, forecastBytes, type KetOptions } from '../../src/kets/index.ts';
import { mean, standardDeviation } from '../../src/numeric/index.ts';
import { type Program, parseProgram } from '../../src/program/index.ts';
import { example } from './programs.ts';
import { stepping } from './stepping.ts';

/** The first entry of an output of the last step. */
function sample(program: Program, name: string, steps: number, options: KetOptions): number {
  const run = stepping(program, options);
  let { outputs } = run.step();
  for (let k = 1; k < steps; k++) ({ outputs } = run.step());
  const output = outputs[name];
  return output !== undefined && 'data' in output ? (output.data[0] ?? Number.NaN) : expect.fail(`no ${name}`);
}

describe('estimateLimit', () => {
  it('takes one width as it is where it is told not to extrapolate', async () => {
    const program = example('sgd-two-hidden-layers.nex');
    const options = { width: 64, seeds: 3, seed: 5, steps: 2 };
    const found = await estimateLimit(program, { ...options, extrapolate: false });
    const own = [5, 6, 7].map((seed) =>
      sample(program, 'loss', 2, { width: 64, seed, sampling: 'quasi', limit: true }),
    );
    const loss = found.at(-1)?.find(({ name }) => name === 'loss')?.entries[0];
    expect(loss?.value).toBeCloseTo(mean(own), 12);
    const extrapolated = (await estimateLimit(program, options)).at(-1)?.find(({ name }) => name === 'loss')
      ?.entries[0];
    expect(extrapolated?.value).not.toBe(loss?.value);
  });

  it('takes away the bias of order 1/n', async () => {
    // ⟨WᵀW x, WᵀW x⟩ over n is E tr (WᵀW)²/n = 2 + 1/n at a finite width.
    const program = parseProgram(`
      width n
      initial x[n] ~ rademacher(1)
      initial W[n, n'] ~ normal(|n|^-0.5)
      z = W^T @ (W @ x)
      output size = avg(z^2)`);
    const options = { width: 32, seeds: 400, sampling: 'pseudo' } as const;
    const [[output] = []] = await estimateLimit(program, options);
    const { value, standardError } = output?.entries[0] ?? expect.fail('no output');
    expect(Math.abs(value - 2)).toBeLessThan(4 * standardError);
    // The bias alone would be seen: it is several standard errors of a mean over as many runs at the larger width.
    const plain = Array.from({ length: 4000 }, (_, seed) => sample(program, 'size', 1, { width: 32, seed }));
    const error = (standardDeviation(plain) ?? Number.NaN) / Math.sqrt(plain.length);
    expect(Math.abs(mean(plain) - 2 - 1 / 32)).toBeLessThan(4 * error);
  });

  it('sets left-over powers of n to their limit', async () => {
    const program = parseProgram('width n\ninitial x[n] ~ normal(1)\noutput f = avg((x + |n|^-0.25)^2) + |n|^-0.1');
    const [[output] = []] = await estimateLimit(program, { seeds: 8 });
    const { value, standardError } = output?.entries[0] ?? expect.fail('no output');
    expect(Math.abs(value - 1)).toBeLessThan(4 * standardError + 1e-12);
    expect(standardError).toBeLessThan(1e-2);
  });

  it('gives every step, outputs entry by entry on their axes', async () => {
    const steps = await estimateLimit(example('sgd-two-hidden-layers.nex'), { steps: 3, seeds: 4, width: 1024 });
    expect(steps.map((outputs) => outputs.map(({ name, axes, shape }) => [name, axes, shape]))).toEqual(
      [1, 2, 3].map(() => [
        ['f', ['batch'], [4]],
        ['loss', [], []],
      ]),
    );
    const losses = steps.map((outputs) => outputs[1]?.entries[0]?.value ?? Number.NaN);
    expect(losses[1]).toBeLessThan(losses[0] ?? 0);
    expect(losses[2]).toBeLessThan(losses[1] ?? 0);
  });

  it('reports the share done, which grows to 1', async () => {
    const shares: number[] = [];
    await estimateLimit(example('random-features.nex'), {
      seeds: 3,
      width: 64,
      onProgress: (share) => shares.push(share),
    });
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });

  it('has errors that fall with more scramblings, and refuses one', async () => {
    await expect(estimateLimit(example('random-features.nex'), { seeds: 1 })).rejects.toThrow(
      'a standard error needs at least 2 independent seeds, but 1 were asked for.',
    );
  });

  it('refuses what does not fit into memory, naming the width that does', async () => {
    const program = example('sgd-two-hidden-layers.nex');
    const run = estimateLimit(program, { steps: 8, width: 2 ** 20, memory: 2 ** 30 });
    await expect(run).rejects.toThrow(
      /^sampling a width of 1048576 over 8 steps is forecast to take \d\.\d GB, more than the 1\.0 GB allowed\. A width of \d+ fits; or give fewer steps, or more memory\.$/,
    );
    // Few samples of many steps: refused after eight of them.
    const long = estimateLimit(program, { steps: 1e6, width: 1024, memory: 2 ** 30 });
    await expect(long).rejects.toThrow(
      /^sampling a width of 1024 over 1000000 steps is forecast to take \d+(\.\d)? GB, more/,
    );
  });
});

describe('quasi-random kets', () => {
  it('spread less than pseudo-random ones around the same limit', () => {
    const program = example('sgd-two-hidden-layers.nex');
    const of = (sampling: 'pseudo' | 'quasi'): number[] =>
      Array.from({ length: 24 }, (_, seed) => sample(program, 'loss', 3, { width: 1024, seed, sampling, limit: true }));
    const [pseudo, quasi] = [of('pseudo'), of('quasi')];
    const spread = (values: number[]): number => standardDeviation(values) ?? Number.NaN;
    // The 99.9 % point of the ratio of deviations of two equal laws, 24 draws each, is 1.99 (F distribution).
    expect(spread(pseudo) / spread(quasi)).toBeGreaterThan(1.99);
    const error = Math.hypot(spread(pseudo), spread(quasi)) / Math.sqrt(24);
    // At one width both have the bias of order 1/n, the same to first order.
    expect(Math.abs(mean(pseudo) - mean(quasi))).toBeLessThan(4 * error);
  });
});

describe('forecasts of memory', () => {
  it.each([
    ['sgd-two-hidden-layers.nex', 8, undefined],
    ['sgd-two-hidden-layers.nex', 24, undefined],
    ['adam-hidden-matrix.nex', 2, 256],
  ] as const)('are what a wide run holds, and what is not columns: %s', async (file, steps, subsample) => {
    const program = example(file);
    const options = { width: 16384, seed: 1, limit: true, ...(subsample === undefined ? {} : { subsample }) };
    const run = stepping(program, options);
    for (let k = 0; k < steps; k++) run.step();
    const columns = ((await forecastBytes([{ program, steps }], options)) - 120 * 2 ** 20) / 1.3;
    expect(columns / run.peakBytes()).toBeGreaterThan(0.95);
    expect(columns / run.peakBytes()).toBeLessThan(1.1);
  });
});
