/**
 * The Master Theorem on every example program (IVb 2.6.10): scalars approach their limits no slower than n^(-1/2), and
 * those whose fluctuations are generic at just that rate.
 */

import { describe, expect, it } from 'vitest';
import { check } from '../../src/experiments/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { example } from '../kets/programs.ts';
import { cases, expectRates, expectUniversal } from './exampleRates.ts';

const engine = nodeEngine({ threads: 1 });

/** Met at half of their widths here, and at all of them in the slow suite. */
const HALF = new Set([
  'two-layer-backpropagation.nex',
  'w-and-transpose.nex',
  'sgd-two-hidden-layers.nex',
  'adam-hidden-matrix.nex',
  'update-clipping.nex',
]);
/** Slow suite only: too long for here, or asking what others here ask; universality below runs the one of signs. */
const SLOW = new Set([
  'two-widths.nex',
  'attention.nex',
  'triples.nex',
  'convolution.nex',
  'tied-recurrent.nex',
  'adafactor-factored-moment.nex',
  'rademacher.nex',
]);

describe.each(cases.filter(({ file }) => !SLOW.has(file)))('$file', (given) => {
  it('approaches its limit at the rate of the theorem', () =>
    expectRates(given, (program, feeds, sizes) => engine.run(program, feeds, sizes), HALF.has(given.file) ? 1 / 4 : 1));
});

describe('universality (IVb 2.6.4)', () => {
  it('matrices of signs and of Gaussian entries reach one limit', () =>
    expectUniversal((program, feeds, sizes) => engine.run(program, feeds, sizes), 1 / 4));
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
