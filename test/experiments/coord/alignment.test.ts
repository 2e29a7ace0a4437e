/** Alignment of planted weights: independent ones, aligned ones, and what a step of SGD makes of them. */

import { describe, expect, it } from 'vitest';
import { alignment, alignmentsOf, withAlignment } from '../../../src/experiments/coord/alignment.ts';
import { type Runs, rootMeanSquare } from '../../../src/experiments/coord/measure.ts';
import { rowsOf } from '../../../src/experiments/coord/rows.ts';
import { mlp } from '../../../src/nets/index.ts';
import { draws, stream } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP } from '../../../src/parametrizations/index.ts';
import { stepperOf, type Tensors, tensor } from '../../../src/program/index.ts';
import { oracle } from '../../../src/reference/index.ts';
import { drawState, trainingStep } from '../../../src/training/index.ts';

const [WIDTHS, BATCH, INPUT, STEPS] = [[32, 64, 128], 3, 4, 2] as const;

/** ln (|W x| / (|W| |x|)) of a matrix and rows. */
function ratioOf(w: Float64Array, x: Float64Array, n: number): number {
  const rows = x.length / n;
  const product = Array.from({ length: rows * n }, (_, place) => {
    const [row, unit] = [Math.floor(place / n), place % n];
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (w[unit * n + j] ?? Number.NaN) * (x[row * n + j] ?? Number.NaN);
    return sum;
  });
  return Math.log(rootMeanSquare(product) / (rootMeanSquare(w) * rootMeanSquare(x)));
}

describe('alignment', () => {
  it('is 1/2 of independent vectors and 1 of aligned ones, and neither of half of both', () => {
    const SEEDS = 6;
    const planted = (exponent: 'independent' | 'aligned' | 'between') =>
      alignment(
        WIDTHS.map((n) =>
          Array.from({ length: SEEDS }, (_, seed) => {
            const x = stream(seed, `x ${n}`).normals(n);
            const u = stream(seed, `u ${n}`).normals(n);
            const drawn = stream(seed, `w ${n}`).normals(n * n);
            // u xᵀ sums aligned terms; beside entries of order 1, n^(-1/4) of it gives sums of n^(3/4).
            const share = { independent: 0, aligned: 1, between: n ** -0.25 }[exponent];
            const own = exponent === 'aligned' ? 0 : 1;
            const w = drawn.map((value, k) => own * value + share * (u[Math.floor(k / n)] ?? 0) * (x[k % n] ?? 0));
            return ratioOf(w, x, n);
          }),
        ),
        WIDTHS,
      );
    const [independent, full, between] = (['independent', 'aligned', 'between'] as const).map(planted);
    expect(independent?.aligned).toBe('independent');
    expect(Math.abs((independent?.exponent ?? Number.NaN) - 0.5)).toBeLessThan(0.05);
    expect(full?.aligned).toBe('aligned');
    expect(Math.abs((full?.exponent ?? Number.NaN) - 1)).toBeLessThan(0.05);
    expect(Math.abs((between?.exponent ?? Number.NaN) - 0.75)).toBeLessThan(0.1);
    expect(full?.ratios.every((ratio) => Math.abs(ratio - 1) < 0.1)).toBe(true);
  });

  it('has no exponent where as many terms are summed at every width, and nothing of what does not move', () => {
    expect(alignment([[0.3], [0.4]], [8, 8])).toEqual({
      terms: [8, 8],
      ratios: [0.3 / Math.log(8), 0.4 / Math.log(8)],
    });
    expect(alignment([[Number.NaN], [1]], [8, 16])).toBeUndefined();
  });

  it('is measured of a training step: the terms add up to the product, and SGD’s first update is aligned', async () => {
    const net = mlp({ depth: 2, activation: 'tanh' });
    const { products } = rowsOf(net);
    const plain = trainingStep(net, {
      parametrization: MUP,
      optimizer: optimizerNamed('sgd'),
      settings: { learningRate: 0.5 },
      outputs: ['h2'],
    });
    const program = withAlignment(plain, products);
    const data: Tensors = {
      x: tensor(['batch', 'input'], [BATCH, INPUT], stream(1).normals(BATCH * INPUT)),
      target: tensor(['batch'], [BATCH], stream(2).normals(BATCH)),
    };
    const runs: Record<string, { value: number[]; change: number[] }>[][] = [];
    for (const n of WIDTHS) {
      const atWidth: Record<string, { value: number[]; change: number[] }>[] = [];
      for (const seed of [1, 2, 3]) {
        const sizes = { n, batch: BATCH, input: INPUT };
        const stepper = stepperOf(oracle({ sizes, draw: draws(seed) }), program, drawState(program, sizes, seed));
        const series: Record<string, { value: number[]; change: number[] }> = {};
        for (let step = 0; step <= STEPS; step++) {
          for (const [name, { data: numbers }] of Object.entries(await stepper.step(data))) {
            const own = series[name] ?? { value: [], change: [] };
            own.value.push(rootMeanSquare(numbers));
            series[name] = own;
          }
        }
        atWidth.push(series);
      }
      runs.push(atWidth);
    }
    const found = alignmentsOf(plain, products, runs as Runs, {
      widths: WIDTHS,
      steps: STEPS,
      sizes: {},
      data,
      symbol: 'n',
    });
    const of = (parameter: string, term: string, step: number) =>
      found.find((one) => one.parameter === parameter && one.term === term && one.step === step);
    // Nothing has changed before the first update, and the input of the first layer never does.
    expect(of('w2', 'ΔW x₀', 0)).toBeUndefined();
    expect(found.filter(({ parameter, term }) => parameter === 'w1' && term === 'W₀ Δx')).toEqual([]);
    expect(of('w1', 'W x', 1)?.exponent).toBeUndefined();
    expect(of('w2', 'W x', 0)?.aligned).toBe('independent');
    expect(of('w2', 'ΔW x₀', 1)?.aligned).toBe('aligned');
    expect(of('w2', 'W x', 0)?.layer).toBe('layer 2');
  });
});
