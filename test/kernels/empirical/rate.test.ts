/** Kernels of finite networks tend to the closed form as the root of the width; rate.slow.test.ts has larger ones. */

import { expect, it } from 'vitest';
import { layerNet } from '../../../src/nets/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { inputsOf } from '../kernelSupport.ts';
import { rateOfNtk } from './convergence.ts';

const X = [
  [0.6, -0.8, 0.3],
  [1.1, 0.4, -0.5],
];

it('the tangent kernel of a perceptron tends to its limit at the rate width^(−1/2)', async () => {
  const dense = { out_dim: 1, W_std: 1.5, b_std: 0.1 };
  const layers = [
    ['Dense', dense],
    ['Erf', {}],
    ['Dense', dense],
    ['Erf', {}],
    ['Dense', dense],
  ];
  const { program } = layerNet(['serial', { layers }], [3]);
  const { distances, exponent } = await rateOfNtk(program, inputsOf(X), interpret, [16, 48, 144], 12);
  expect(exponent.low).toBeLessThan(-0.5);
  expect(exponent.high).toBeGreaterThan(-0.5);
  expect(exponent.high - exponent.low).toBeLessThan(0.6);
  expect(distances.at(-1)).toBeLessThan(0.15);
}, 20_000);
