/** Networks that Muon trains approach the limit that k × k matrices tell, and not where its rate has a wrong exponent. */

import { afterAll, describe, expect, it } from 'vitest';
import { widthPaths } from '../../../src/experiments/limit/distance.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { exponentsOf, MUP } from '../../../src/parametrizations/index.ts';
import { type Beside, beside, exponentOf, finitePaths, missedBy, problemOf } from './approach.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** Up to 2048 in the slow suite. */
const NETWORKS = { 64: 32, 128: 24, 256: 16 };
/**
 * No slower than the Master Theorem says. Distances of few narrow networks have long tails and fall faster, so that the rate
 * itself is asked for in the slow suite, over widths of ratio 8 and more.
 */
const SLOWEST = -0.35;
/** Of four outputs at about 15 degrees of freedom. */
const SIGMAS = 4;

describe('two hidden layers, Muon for the matrix and Adam for the rest', () => {
  const problem = problemOf(mlp({ depth: 2, activation: 'tanh' }), 'µP', 'muon');

  it('approach it, and do not where the rate of matrices has a wrong exponent', async () => {
    const found = await beside(engine, problem, { networks: NETWORKS, samples: 512, seeds: 8 });
    const exponent = exponentOf(found);
    expect(exponent).toBeLessThan(SLOWEST);
    expect(missedBy(found)).toBeLessThan(SIGMAS);

    // µP as it is for rules entry by entry: updates of order n^(-1), under which the matrix stands still.
    const wrong = {
      ...problem,
      parametrization: { ...MUP, kinds: { ...MUP.kinds, matrix: exponentsOf(0, '1/2', '1/2', 1) } },
    };
    const paths = await finitePaths(engine, wrong, { 64: 8, 256: 8 });
    const widths = paths.map(({ width, networks }) => widthPaths(found.limit, width, networks));
    const planted: Beside = { limit: found.limit, paths, widths };
    expect(exponentOf(planted)).toBeGreaterThan(SLOWEST);
    expect(missedBy(planted)).toBeGreaterThan(SIGMAS);
  });
});
