/**
 * The Master Theorem on every example program (IVb 2.6.10): scalars approach their limits no slower than n^(-1/2), and
 * those whose fluctuations are generic at just that rate.
 */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/experiments/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { type Program, parseProgram, type Sizes, type Tensors } from '../../src/program/index.ts';
import { example } from '../kets/programs.ts';

const FOLDER = resolve(import.meta.dirname, '../../examples/programs');

const engine = nodeEngine({ threads: 1 });

/** The band asked of generic outputs, around −1/2. */
const BAND = 0.1;

interface Case {
  readonly file: string;
  readonly steps?: number;
  readonly seeds?: number;
  readonly widths?: readonly number[];
  /** Outputs whose fluctuations of order n^(-1/2) do not vanish: all entries of these names. */
  readonly generic: readonly string[];
}

const cases: readonly Case[] = [
  { file: 'random-features.nex', seeds: 400, generic: ['kernel'] },
  { file: 'two-layer-backpropagation.nex', generic: ['f', 'features', 'gradient2'] },
  { file: 'w-and-transpose.nex', generic: ['overlap', 'size', 'later'] },
  { file: 'tied-recurrent.nex', generic: ['size', 'memory', 'echo'] },
  { file: 'convolution.nex', generic: ['size', 'echo', 'later'] },
  { file: 'attention.nex', generic: ['weight'] },
  { file: 'sgd-two-hidden-layers.nex', steps: 3, generic: ['f'] },
  { file: 'adam-hidden-matrix.nex', steps: 2, widths: [16, 32, 64, 128, 256], generic: ['f', 'loss'] },
  { file: 'update-clipping.nex', widths: [16, 32, 64, 128, 256], generic: ['norm', 'f'] },
  { file: 'adafactor-factored-moment.nex', widths: [16, 32, 64, 128, 256], generic: ['both', 'f'] },
  { file: 'rademacher.nex', generic: ['size', 'overlap', 'later'] },
  { file: 'triples.nex', widths: [12, 24, 48, 96, 192], generic: ['size', 'spread'] },
];

describe.each(cases)('$file', ({ file, steps = 1, seeds = 100, widths, generic }) => {
  it('approaches its limit at the rate of the theorem', async () => {
    const result = await check(example(file), {
      steps,
      seeds,
      ...(widths === undefined ? {} : { widths }),
      run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
    });
    expect(result.widths.length).toBeGreaterThanOrEqual(5);
    expect(result.outputs.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(result.passed).toBe(true);
    const rates = result.outputs
      .filter(({ name }) => generic.includes(name.replace(/\[.*/, '')))
      .map(({ name, exponent = Number.NaN }) => ({ name, off: Math.abs(exponent + 0.5) }));
    expect(rates.length).toBeGreaterThanOrEqual(generic.length);
    expect(rates.filter(({ off }) => !(off <= BAND))).toEqual([]);
  });
});

describe('universality (IVb 2.6.4)', () => {
  it('matrices of signs and of Gaussian entries reach one limit', async () => {
    const signs = readFileSync(join(FOLDER, 'rademacher.nex'), 'utf8');
    const gaussian = parseProgram(signs.replace('~ rademacher', '~ normal'), 'gaussian.nex');
    const options = {
      seeds: 100,
      run: (program: Program, feeds: Tensors, sizes: Sizes) => engine.run(program, feeds, sizes),
    };
    const [one, other] = [await check(example('rademacher.nex'), options), await check(gaussian, options)];
    expect(one.passed && other.passed).toBe(true);
    const limits = (outputs: typeof one.outputs): unknown => outputs.map(({ name, limit }) => [name, limit]);
    expect(limits(one.outputs)).toEqual(limits(other.outputs));
    // The fluctuations are not the same: what is universal is the limit.
    expect(one.outputs[1]?.distances).not.toEqual(other.outputs[1]?.distances);
  });
});

describe.each(['outside.nex', 'central-limit.nex'])('%s', (file) => {
  it('is outside the language and runs at finite widths', async () => {
    const result = await check(example(file), {
      widths: [16, 32, 64],
      seeds: 5,
      run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
    });
    expect(result.inFragment).toBe(false);
    expect(result.passed).toBe(false);
    expect(result.outputs).toEqual([]);
    expect(result.finite.map(({ name }) => name)).toEqual(['f']);
    for (const { mean, deviation } of result.finite[0]?.widths ?? []) {
      expect(Number.isFinite(mean)).toBe(true);
      expect(deviation).toBeGreaterThan(0);
    }
  });
});
