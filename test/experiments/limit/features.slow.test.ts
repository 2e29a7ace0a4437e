/** Features move in µP and stand still in NTP, and outputs of µP start at 0, as widths grow. */

import { afterAll, describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { type FinitePath, withFeatureKernels } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { at } from '../../../src/numeric/index.ts';
import { exponentOfSize, finitePaths, problemOf } from './approach.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const { net, kernels } = withFeatureKernels(mlp({ depth: 2, activation: 'tanh' }));
const NETWORKS = { 32: 16, 128: 16, 512: 16 };
/** The exponents' own errors are at most 0.07, of sizes whose logarithms spread by 0.5 from network to network. */
const BAND = 0.2;

const norm = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

/** How far a layer's kernel has moved in the end, beside its own size. */
const moved =
  (kernel: string) =>
  (path: FinitePath): number => {
    const steps = required(path.values[kernel], kernel);
    const [first, last] = [required(steps[0], 'first kernel'), required(steps.at(-1), 'last kernel')];
    return norm(last.map((value, k) => value - at(first, k))) / norm(first);
  };
const started = ({ outputs }: FinitePath): number => norm(required(outputs[0], 'first outputs'));

describe('as widths grow', () => {
  it.each([
    ['µP', 0],
    // Features move by n^(−1/2) along the readout, of which they know nothing: their products to first order not at all.
    ['NTP', -1],
  ] as const)('kernels of features in %s move as n^%d', async (which, exponent) => {
    const paths = await finitePaths(engine, problemOf(net, which, 'sgd', { outputs: kernels }), NETWORKS);
    for (const kernel of kernels)
      expect(Math.abs(exponentOfSize(paths, moved(kernel)) - exponent), kernel).toBeLessThan(BAND);
    if (which === 'µP') expect(Math.abs(exponentOfSize(paths, started) + 0.5)).toBeLessThan(BAND);
    else expect(Math.max(...paths.flatMap(({ networks }) => networks.map(started)))).toBeLessThan(1e-6);
  });
});
