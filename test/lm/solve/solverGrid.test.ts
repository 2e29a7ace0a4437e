import { describe, expect, it } from 'vitest';
import { fitOnDev } from '../../../src/lm/solve/fitOnDev.ts';
import type { KernelSplit } from '../../../src/lm/solve/kernelSplit.ts';
import { gridChoices, INITIAL_SCALES, RIDGES } from '../../../src/lm/solve/solverGrid.ts';
import { matrix, multiply, transpose } from '../../../src/numeric/index.ts';
import { failureOf } from '../../support/failure.ts';
import { gram, normals, permuted } from './kernels.ts';

const TWO = { outputs: 1, classes: [0, 1, 0, 1], initial: true, signed: true };
const THREE = { outputs: 3, classes: [0, 1, 2, 0, 1, 2], initial: true, signed: false };

const ROWS = Array.from({ length: 24 }, (_, k) => k);
const split = (kernel = gram(normals(24, 9, 1, 'factor')), first = 0): KernelSplit => ({
  rows: permuted(kernel, ROWS.slice(first, first + 12), ROWS.slice(0, 12)),
  classes: ROWS.slice(0, 12).map((k) => k % 2),
  initial: normals(12, 1, first, 'initial').data,
});

describe('gridChoices', () => {
  it('counts the settings of each method', () => {
    const counts = (about: typeof TWO) =>
      (['least-squares', 'logistic', 'svc', 'svr', 'asymmetric'] as const).map(
        (method) => gridChoices({ methods: [method] }, about).length,
      );
    const [ridges, scales] = [RIDGES.length, INITIAL_SCALES.length];
    // Ridges above 0 and cross-validation; five C; two ε and all scales; three λ and six γ.
    expect(counts(TWO)).toEqual([ridges * scales, ridges, 5, 2 * scales * 5, 18]);
    // No cross-validation; both schemes; one ε without f₀; λ = 1.
    expect(counts(THREE)).toEqual([ridges * scales, ridges - 1, 10, 5, 6]);
    expect(gridChoices({}, TWO)).toHaveLength(ridges * scales + ridges);
    expect(gridChoices({}, THREE)).toHaveLength(ridges * scales);
  });

  it('leaves what is fixed alone', () => {
    const fixed = {
      cost: 2,
      ridge: 0.5,
      scheme: 'one-vs-one',
      epsilon: 0,
      initialScale: 3,
      gamma: 1,
      lambda: 0,
    } as const;
    expect(gridChoices({ methods: ['svc', 'svr', 'asymmetric', 'logistic'], fixed }, THREE)).toEqual([
      { method: 'svc', cost: 2, ridge: 0.5, scheme: 'one-vs-one' },
      { method: 'svr', cost: 2, epsilon: 0, ridge: 0.5, initialScale: 3 },
      { method: 'asymmetric', gamma: 1, lambda: 0, ridge: 0.5 },
      { method: 'logistic', ridge: 0.5, withIntercept: false },
    ]);
    const transposed = gridChoices(
      { methods: ['least-squares'], fixed: { ridge: 0, initialScale: null, transposed: true } },
      TWO,
    );
    expect(transposed).toEqual([{ method: 'least-squares', ridge: 0, initialScale: null, transposed: true }]);
  });
});

describe('fitOnDev with a grid', () => {
  it('chooses among the settings of a machine, and of one setting needs no dev examples', async () => {
    const [train, dev] = [split(), split(undefined, 12)];
    for (const method of ['svc', 'svr'] as const) {
      const { predictor, candidates } = fitOnDev({
        train,
        dev,
        outputs: 1,
        metric: 'accuracy',
        grid: { methods: [method] },
      });
      expect(predictor.method).toBe(method);
      expect(candidates.filter(({ chosen }) => chosen)).toEqual([
        expect.objectContaining({ settings: predictor.settings }),
      ]);
      expect(candidates.find(({ chosen }) => chosen)?.score).toBe(Math.max(...candidates.map(({ score }) => score)));
    }
    const none: KernelSplit = { rows: matrix(0, 12, new Float64Array(0)), classes: [] };
    const alone = fitOnDev({
      train,
      dev: none,
      outputs: 1,
      metric: 'accuracy',
      grid: { methods: ['svc'], fixed: { cost: 1 } },
    });
    expect(alone).toMatchObject({
      candidates: [],
      predictor: { settings: { cost: 1, ratio: null }, calibration: { source: 'targets' } },
    });
    const error = await failureOf(() =>
      fitOnDev({ train, dev: none, outputs: 1, metric: 'accuracy', grid: { methods: ['svc'] } }),
    );
    expect(error).toMatchObject({ code: 'lm.no-dev-examples' });
  });

  it('tries both kernels of the asymmetric machine where both are there', () => {
    const factor = normals(24, 30, 5, 'factor');
    const kernel = multiply(factor, transpose({ ...factor, data: factor.data.map(Math.sign) }));
    const other = transpose(kernel);
    const both = (first: number): KernelSplit =>
      Object.assign(split(kernel, first), { signed: split(other, first).rows });
    const grid = { methods: ['asymmetric'] } as const;
    const { candidates } = fitOnDev({ train: both(0), dev: both(12), outputs: 1, metric: 'accuracy', grid });
    expect(candidates).toHaveLength(18);
    const one = fitOnDev({ train: split(kernel), dev: split(kernel, 12), outputs: 1, metric: 'accuracy', grid });
    expect(one.candidates).toHaveLength(6);
    expect(one.predictor).not.toHaveProperty('signedCoefficients');
  });

  it('leaves poles of the asymmetric machine out', async () => {
    // Twice a rotation: all singular values are 2, so that γ = 1/2 has no solution; that of ratio 1 is the same.
    const train: KernelSplit = { rows: matrix(2, 2, Float64Array.of(0, 2, -2, 0)), classes: [0, 1] };
    const grid = { methods: ['asymmetric'], fixed: { gamma: 0.5 } } as const;
    const error = await failureOf(() => fitOnDev({ train, dev: train, outputs: 1, metric: 'accuracy', grid }));
    expect(error).toMatchObject({ code: 'lm.singular-machine' });
  });
});
