/** Where outputs of a neural tangent limit begin: drawn with the law that untrained networks have, or given. */

import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import {
  drawnStart,
  finitePath,
  frozenKernel,
  givenStart,
  type LimitProblem,
  limitPath,
  type StartPath,
  startCovariance,
} from '../../../src/experiments/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { at, matrix, solve, stream } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { NTP, uniform } from '../../../src/parametrizations/index.ts';
import { tensor } from '../../../src/program/index.ts';
import { failureOf } from '../../support/failure.ts';
import { run, stepper } from '../../training/support.ts';

const data = {
  x: tensor(['batch', 'input'], [2, 2], [1, 0.3, -0.8, 0.6]),
  target: tensor(['batch'], [2], [1, -1]),
};
const LEFT = 0.8;
const problem: LimitProblem = {
  net: mlp({ depth: 1, activation: 'erf' }),
  parametrization: NTP,
  optimizer: optimizerNamed('adamw'),
  settings: { learningRate: 0.1, smooth: true, independentDecay: 1 - LEFT },
  data,
  batches: [[0]],
  steps: 2,
};
const still = {
  ...problem,
  optimizer: optimizerNamed('adam'),
  settings: { learningRate: 0.1, smooth: true },
};
/** Closed forms are exact but for rounding. */
const CLOSED = 1e-9;

/** E erf(u) erf(v) of Gaussians, Williams' arcsine law. */
const arcsine = (uu: number, uv: number, vv: number): number =>
  (2 / Math.PI) * Math.asin((2 * uv) / Math.sqrt((1 + 2 * uu) * (1 + 2 * vv)));

/** Cov(f_s(a), f_t(b)) where all weights are LEFT^s of what they were. */
function covariance(s: number, a: number, t: number, b: number): number {
  const inner = (p: number, q: number): number =>
    (at(data.x.data, 2 * p) * at(data.x.data, 2 * q) + at(data.x.data, 2 * p + 1) * at(data.x.data, 2 * q + 1)) / 2;
  const [ls, lt] = [LEFT ** s, LEFT ** t];
  return ls * lt * arcsine(ls ** 2 * inner(a, a), ls * lt * inner(a, b), lt ** 2 * inner(b, b));
}

const flat = (path: StartPath): number[] =>
  'data' in path ? Array.from(path.data, Number) : path.flatMap((one) => Array.from(one.data, Number));

describe('a drawn start', () => {
  it('has the joint law of outputs at decayed weights, over steps and examples', async () => {
    const { kernel, sampled } = await startCovariance(problem);
    expect(sampled).toBe(false);
    expect(kernel.rows).toBe(6);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 6; j++) {
        const exact = covariance(Math.floor(i / 2), i % 2, Math.floor(j / 2), j % 2);
        expect(Math.abs(at(kernel.data, 6 * i + j) - exact)).toBeLessThan(CLOSED);
      }
    }
    // A square root of the covariance times independent Gaussians z: fᵀ C⁻¹ f = zᵀ z.
    const f = flat(await drawnStart(problem, { seed: 5 }));
    const { data: whitened } = solve(kernel, matrix(6, 1, Float64Array.from(f)));
    const own = f.reduce((sum, value, k) => sum + value * at(whitened, k), 0);
    const z = stream(5, 'start of a limit').normals(6);
    expect(Math.abs(own - z.reduce((sum, value) => sum + value ** 2, 0))).toBeLessThan(1e-6);
  });

  it('is one number for each output without decay, the same for the same seed, and 0 where f_0 vanishes', async () => {
    const own = flat(await drawnStart(still, { seed: 3 }));
    expect(own).toHaveLength(2);
    expect(flat(await drawnStart(still, { seed: 3 }))).toEqual(own);
    expect(flat(await drawnStart(still, { seed: 4 }))).not.toEqual(own);
    const between = flat(await drawnStart({ ...still, parametrization: uniform('1/4') }, { seed: 3 }));
    expect(Math.max(...between.map(Math.abs))).toBeLessThan(CLOSED);
  });

  it('is where the limit and networks begin, and what is left of it at later steps', async () => {
    const start = await drawnStart(problem, { seed: 1 });
    const path = await limitPath(problem, { samples: 16, seeds: 2, start });
    const network = await finitePath(problem, { width: 8, seed: 0, start, stepper, run });
    const f = flat(start);
    for (const k of [0, 1]) {
      expect(Math.abs(required(path.outputs[0]?.[k], 'output').value - at(f, k))).toBeLessThan(1e-12);
      expect(Math.abs(at(required(network.outputs[0], 'outputs'), k) - at(f, k))).toBeLessThan(1e-12);
    }
  });
});

describe('the covariance of outputs', () => {
  it('is sampled to a percent where it is not known in closed form, and the same', async () => {
    const closed = await frozenKernel(still, 'nngp');
    expect(closed.sampled).toBe(false);
    const many = Array.from({ length: 17 }, () => Array.from(data.x.data)).flat();
    const sampled = await frozenKernel({ ...still, data: { x: tensor(['batch', 'input'], [34, 2], many) } }, 'nngp');
    expect(sampled.sampled).toBe(true);
    for (const [row, column] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const exact = at(closed.kernel.data, 2 * row + column);
      expect(exact).toBeCloseTo(covariance(0, row, 0, column), 6);
      expect(Math.abs(at(sampled.kernel.data, 34 * row + column) - exact)).toBeLessThan(0.02);
    }
  });
});

describe('a given start', () => {
  it('has a number for each output, and under decay for each step', async () => {
    expect(flat(givenStart(still, [2, 1], [0.5, 0.25]))).toEqual([0.5, 0.25]);
    expect(flat(givenStart(problem, [3, 2], [1, 2, 3, 4, 5, 6]))).toEqual([1, 2, 3, 4, 5, 6]);
    const expected =
      'the start of the outputs: expected 3 × 2 finite numbers, one for each output, and where weights decay one for each after every step, but ';
    expect((await failureOf(() => givenStart(problem, [2], [1, 2]))).message).toBe(`${expected}it has 2.`);
    expect((await failureOf(() => givenStart(problem, [3, 2], [1, 2, 3, Number.NaN, 5, 6]))).message).toBe(
      `${expected}number 4 is NaN.`,
    );
  });
});
