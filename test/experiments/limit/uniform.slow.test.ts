/**
 * Networks along UP_s approach the limit of their class as n^(−min(2s, 1/2 − s)): their own f_0 falls as n^(s − 1/2), and what
 * features move, seen by outputs, as n^(−2s).
 */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { at, mean, weightedLinearFit } from '../../../src/numeric/index.ts';
import { alongUniform, lastOf, movedFromLimit, trainedWhole } from './uniformTests.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** The slope on logarithms, whose errors are given. */
const slope = (widths: readonly number[], sizes: readonly number[], errors: readonly number[]) =>
  weightedLinearFit(widths.map(Math.log), sizes.map(Math.log), errors);

describe('networks along UP_s', () => {
  const NETWORKS = 64;

  it.each([
    ['1/4', 1 / 4],
    ['3/8', 1 / 8],
    ['1/2', 0],
  ] as const)('s = %s: with their own f_0 they approach as n^-%d', async (s, expected) => {
    const widths = [1024, 4096, 16384];
    const problem = alongUniform(s, 0.5);
    const limit = lastOf(problem);
    const distances: number[] = [];
    for (const width of widths) {
      const networks = await trainedWhole(engine, problem, width, NETWORKS);
      distances.push(Math.sqrt(mean(networks.flatMap((f) => f.map((value, k) => (value - at(limit, k)) ** 2)))));
    }
    // A root mean square over outputs that count as two at least.
    const errors = widths.map(() => 1 / Math.sqrt(2 * 2 * NETWORKS));
    const { slope: found, slopeStandardError } = slope(widths, distances, errors);
    expect(Math.abs(found + expected)).toBeLessThan(4 * slopeStandardError);
  });

  it('s = 1/4: without it outputs on average approach as n^(-1/2) = n^(-2s)', async () => {
    const widths = [1024, 4096, 16384];
    const problem = alongUniform('1/4', 4);
    const found = [];
    for (const width of widths) found.push(await movedFromLimit(engine, problem, width, NETWORKS));
    const sizes = found.map((outputs) => Math.sqrt(mean(outputs.map(([value]) => value ** 2))));
    const errors = found.map((outputs, k) => Math.sqrt(mean(outputs.map(([, error]) => error ** 2))) / at(sizes, k));
    const { slope: exponent, slopeStandardError } = slope(widths, sizes, errors);
    // Higher orders, n^(-4s), flatten it by a tenth at most here.
    expect(Math.abs(exponent + 1 / 2)).toBeLessThan(4 * slopeStandardError + 0.05);
  });
});
