import { describe, expect, it } from 'vitest';
import type { Range } from '../../../../src/experiments/node/kernels/examples.ts';
import { predictInPortions } from '../../../../src/experiments/node/kernels/predictions.ts';
import { limitingKernels } from '../../../../src/kernels/index.ts';
import { layerNet } from '../../../../src/nets/index.ts';
import { matrix, stream } from '../../../../src/numeric/index.ts';
import { tensor } from '../../../../src/program/index.ts';

const layers = [
  ['Dense', { out_dim: 1 }],
  ['Relu', {}],
  ['Dense', { out_dim: 1 }],
];
const { program } = layerNet(['serial', { layers }], [2]);
const [TRAIN, TEST] = [5, 7];
const numbers = stream(1, 'inputs').normals(2 * (TRAIN + TEST));
const inputs = ({ from, to }: Range) => ({
  x: tensor(['batch', 'input'], [to - from, 2], numbers.subarray(2 * from, 2 * to)),
});
const train = { from: 0, to: TRAIN };
const later = ({ from, to }: Range): Range => ({ from: TRAIN + from, to: TRAIN + to });

describe('predictions in portions', () => {
  it.for([1, 3, 6])('of %d inputs are those of all inputs together', async (portion) => {
    const kernels = {
      train: async () => limitingKernels(program, { x1: inputs(train) }),
      mixed: async (test: Range) => limitingKernels(program, { x1: inputs(train), x2: inputs(later(test)) }),
      test: async (test: Range) => limitingKernels(program, { x1: inputs(later(test)) }),
      count: TEST,
    };
    const options = { targets: matrix(TRAIN, 2, stream(2, 'targets').normals(2 * TRAIN)), ridge: 0.01, time: 40 };
    const whole = await predictInPortions({ ...kernels, portion: TEST }, options);
    const found = await predictInPortions({ ...kernels, portion }, options);
    expect(found.divergentRate).toBe(whole.divergentRate);
    expect(found.mean.map((row) => row.length)).toEqual(Array.from({ length: TEST }, () => 2));
    for (let k = 0; k < TEST; k++) {
      expect(found.deviation[k]).toBeCloseTo(whole.deviation[k] ?? Number.NaN, 12);
      for (const output of [0, 1]) {
        expect(found.mean[k]?.[output]).toBeCloseTo(whole.mean[k]?.[output] ?? Number.NaN, 12);
      }
    }
  });
});
