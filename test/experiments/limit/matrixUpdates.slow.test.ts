/** Networks of widths up to 2048 that Muon and Shampoo train, beside the limit that k × k matrices tell. */

import { afterAll, describe, expect, it } from 'vitest';
import type { LimitProblem } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp, transformer } from '../../../src/nets/index.ts';
import { indexTensor } from '../../../src/program/index.ts';
import { beside, exponentOf, missedBy, problemOf, type Sizes } from './approach.ts';

const engine = nodeEngine({ threads: 2 });
afterAll(() => engine.release());

/** The rate of the Master Theorem is −1/2; over widths of ratio 32 the exponent's own error is 0.03. */
const [SLOWEST, FASTEST] = [-0.4, -0.6];
/** Of a few outputs at about 15 degrees of freedom. */
const SIGMAS = 4;

const text = {
  loss: 'cross-entropy',
  data: {
    tokens: indexTensor(['batch', 'time'], [4, 2], [0, 1, 1, 2, 2, 0, 1, 1]),
    target: indexTensor(['batch', 'time'], [4, 2], [1, 2, 2, 0, 0, 1, 1, 0]),
  },
} as const;

const layers: Sizes = { networks: { 64: 64, 128: 64, 256: 48, 512: 24, 1024: 12, 2048: 6 }, samples: 4096, seeds: 16 };
const blocks: Sizes = { networks: { 64: 48, 128: 48, 256: 32, 512: 16 }, samples: 2048, seeds: 16 };

/** Widths at which a single run takes seconds; the exponent's own error is about 0.05. */
const small: Sizes = { networks: { 64: 48, 128: 32, 256: 24, 512: 8 }, samples: 1024, seeds: 8 };
/** The band of networks that few seeds tell. */
const [WIDE_SLOWEST, WIDE_FASTEST] = [-0.35, -0.65];

describe('networks that Muon trains approach its limit', () => {
  it('two hidden layers, at small sizes', async () => {
    const found = await beside(engine, problemOf(mlp({ depth: 2, activation: 'tanh' }), 'µP', 'muon'), small);
    const exponent = exponentOf(found);
    expect(exponent).toBeLessThan(WIDE_SLOWEST);
    expect(exponent).toBeGreaterThan(WIDE_FASTEST);
    expect(missedBy(found)).toBeLessThan(SIGMAS);
  });

  it('two hidden layers that Shampoo trains, at small sizes', async () => {
    const found = await beside(engine, problemOf(mlp({ depth: 2, activation: 'tanh' }), 'µP', 'shampoo'), {
      ...small,
      networks: { 64: 96, 128: 64, 256: 48, 512: 16 },
    });
    const exponent = exponentOf(found);
    expect(exponent).toBeLessThan(WIDE_SLOWEST);
    expect(exponent).toBeGreaterThan(WIDE_FASTEST);
    expect(missedBy(found)).toBeLessThan(SIGMAS);
  });

  it.each<readonly [string, LimitProblem, Sizes]>([
    [
      'Shampoo, whose statistics are sums',
      problemOf(mlp({ depth: 2, activation: 'tanh' }), 'µP', 'shampoo'),
      { ...layers, networks: { 64: 64, 128: 48, 256: 24, 512: 12, 1024: 4 } },
    ],
    ['two hidden layers', problemOf(mlp({ depth: 2, activation: 'tanh' }), 'µP', 'muon'), layers],
    [
      'the polar factor',
      problemOf(mlp({ depth: 2, activation: 'tanh' }), 'µP', 'polar'),
      { ...layers, networks: blocks.networks },
    ],
    [
      'a transformer of one block',
      problemOf(transformer({ vocabulary: 3, context: 2, depth: 1, heads: 2 }), 'µP', 'muon', text),
      blocks,
    ],
  ])('%s', async (_, problem, sizes) => {
    const found = await beside(engine, problem, sizes);
    const exponent = exponentOf(found);
    expect(exponent).toBeLessThan(SLOWEST);
    expect(exponent).toBeGreaterThan(FASTEST);
    expect(missedBy(found)).toBeLessThan(SIGMAS);
  });
});
