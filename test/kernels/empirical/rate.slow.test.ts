/** Kernels of finite networks of up to 2048 units beside the closed form, on the engine. */

import { expect, it } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { layerNet } from '../../../src/nets/index.ts';
import { inputsOf } from '../kernelSupport.ts';
import { rateOfNtk } from './convergence.ts';

const dense = { out_dim: 1, W_std: 1.5, b_std: 0.1 };
const rows = [...Array(4)].map((_, i) => [...Array(6)].map((__, k) => Math.sin(1 + 3 * i + 1.7 * k)));
const series = [...Array(3)].map((_, i) =>
  [...Array(5)].map((__, p) => [...Array(2)].map((___, c) => Math.sin(1 + 3 * i + 1.7 * p + 0.9 * c))),
);
const convolution = ['Conv', { out_chan: 1, filter_shape: [3], padding: 'SAME', W_std: 1.5, b_std: 0.1 }];

it.each([
  [
    'a perceptron',
    [
      ['Dense', dense],
      ['Relu', {}],
      ['Dense', dense],
      ['Relu', {}],
      ['Dense', dense],
    ],
    rows,
  ],
  [
    'a convolutional network',
    [convolution, ['Relu', {}], convolution, ['Relu', {}], ['GlobalAvgPool', {}], ['Dense', dense]],
    series,
  ],
] as const)('the tangent kernel of %s tends to its limit at the rate width^(−1/2)', async (_, layers, x) => {
  const { program } = layerNet(['serial', { layers }], x === rows ? [6] : [5, 2]);
  const engine = nodeEngine({ threads: 2 });
  const { distances, exponent } = await rateOfNtk(
    program,
    inputsOf(x),
    (...how) => engine.run(...how),
    [32, 128, 512, 2048],
    32,
  );
  expect(exponent.low).toBeLessThan(-0.5);
  expect(exponent.high).toBeGreaterThan(-0.5);
  expect(exponent.high - exponent.low).toBeLessThan(0.25);
  expect(distances.at(-1)).toBeLessThan(0.05);
});
