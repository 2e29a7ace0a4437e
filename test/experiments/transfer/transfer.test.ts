/** Sweeps over widths: what is trained once is not trained again, and other hyperparameters. How rates stay is in the slow suite. */

import { describe, expect, it } from 'vitest';
import { type Cell, type CellStore, nameOf, type TransferOptions, transfer } from '../../../src/experiments/index.ts';
import { residualMlp } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, NTP, SP } from '../../../src/parametrizations/index.ts';
import { common, stepper } from './setup.ts';

const SMALL = { ...common, widths: [8, 16], values: [0.01, 0.02, 0.04], steps: 5, seeds: 2, batch: 32 };

/** Cells in memory. */
function memory(): CellStore & { readonly cells: Map<string, Cell> } {
  const cells = new Map<string, Cell>();
  return {
    cells,
    read: async (key) => cells.get(nameOf(key)),
    write: async (cell) => {
      cells.set(nameOf(cell), cell);
    },
  };
}

describe('transfer', () => {
  it('trains the networks of every parametrization alike at the base width', async () => {
    const { sweeps } = await transfer({ ...SMALL, parametrizations: [SP, NTP], baseWidth: 16 });
    const [sp, ntp] = sweeps;
    expect(ntp?.widths[0]).not.toEqual(sp?.widths[0]);
    sp?.widths[1]?.points.forEach(({ loss }, k) => {
      // f32, whose errors training makes larger.
      expect(Math.abs((ntp?.widths[1]?.points[k]?.loss ?? 0) / (loss ?? 1) - 1)).toBeLessThan(1e-4);
    });
  });

  it('goes on from what is kept, with more widths, rates and seeds, to what one run gives', async () => {
    const cells = memory();
    const first = await transfer({ ...SMALL, cells });
    expect(cells.cells.size).toBe(2 * 2 * 3 * 2);
    let trained = 0;
    const counting: TransferOptions['stepper'] = async (program, sizes, state) => {
      const made = await stepper(program, sizes, state);
      return {
        ...made,
        step: (data) => {
          trained++;
          return made.step(data);
        },
        release: () => made.release(),
      };
    };
    expect(await transfer({ ...SMALL, cells, stepper: counting })).toEqual(first);
    expect(trained).toBe(0);
    const shares: number[] = [];
    const more = { ...SMALL, seeds: 3, stepper: counting };
    const continued = await transfer({ ...more, cells, onProgress: (share) => shares.push(share) });
    expect(trained).toBe(2 * 2 * 3 * SMALL.steps);
    expect(shares).toHaveLength(12);
    expect(shares.at(-1)).toBeCloseTo(1, 12);
    expect(continued).toEqual(await transfer({ ...SMALL, seeds: 3 }));
  });

  it('hands out losses by step: at the value best at the smallest width, and at the best of each', async () => {
    const { sweeps, curveSteps } = await transfer({ ...SMALL, steps: 10 });
    expect(curveSteps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { widths, transferred, own } of sweeps) {
      const best = widths.map(({ points }) => points.toSorted((a, b) => (a.loss ?? 0) - (b.loss ?? 0))[0]);
      expect(transferred.map(({ width, value }) => [width, value])).toEqual([
        [8, best[0]?.value],
        [16, best[0]?.value],
      ]);
      own.forEach(({ value, losses }, k) => {
        expect(value).toBe(best[k]?.value);
        expect(losses).toHaveLength(10);
        // What is compared is the mean of the last fifth of the steps.
        expect(Math.abs(((losses[8] ?? 0) + (losses[9] ?? 0)) / 2 / (best[k]?.loss ?? 1) - 1)).toBeLessThan(1e-5);
      });
    }
  });

  it('sweeps other hyperparameters, and the learning rate stays what it is told', async () => {
    const at = (learningRate: number): TransferOptions => ({
      ...SMALL,
      ...{ hyperparameter: 'beta1', values: [0, 0.5, 0.9], settings: { learningRate } },
    });
    const result = await transfer(at(0.02));
    expect(result.hyperparameter).toEqual({ name: 'beta1', words: 'beta1', scale: 'memory' });
    expect(result.learningRate).toBe(0.02);
    const byRate = await transfer(SMALL);
    // Adam's own β₁ is 0.9: the network of the rate 0.02 in the sweep of rates.
    expect(result.sweeps[0]?.widths[1]?.points[2]?.losses).toEqual(byRate.sweeps[0]?.widths[1]?.points[1]?.losses);
    expect(result.sweeps[0]?.widths[1]?.points[0]?.losses).not.toEqual(result.sweeps[0]?.widths[1]?.points[2]?.losses);
  });

  it('sweeps constants in front of powers of n: 1 is the network itself', async () => {
    const plain = await transfer({ ...SMALL, values: [0.01, 0.02, 0.04] });
    for (const hyperparameter of ['initialScale', 'outputMultiplier']) {
      const swept = await transfer({
        ...SMALL,
        ...{ hyperparameter, values: [0.25, 1, 4], settings: { learningRate: 0.02 } },
      });
      const [first] = swept.sweeps;
      expect(first?.widths[0]?.points[1]?.losses).toEqual(plain.sweeps[0]?.widths[0]?.points[1]?.losses);
      // A loss at the start of log 4 needs a small output.
      const starts = await transfer({ ...SMALL, steps: 1, hyperparameter, values: [1e-4, 1, 4] });
      const losses = starts.sweeps[0]?.widths[1]?.points.map(({ loss }) => loss ?? 0) ?? [];
      expect(Math.abs((losses[0] ?? 0) - Math.log(4))).toBeLessThan(1e-3);
      expect(losses[2]).toBeGreaterThan(losses[1] ?? 0);
    }
  });

  it('starts the steps of Rprop anew at each learning rate', async () => {
    const optimizer = optimizerNamed('rprop');
    const alone = await transfer({ ...SMALL, optimizer, values: [0.0025, 0.005, 0.01] });
    const after = await transfer({ ...SMALL, optimizer, values: [0.0001, 0.005, 0.01] });
    expect(after.sweeps[0]?.widths[0]?.points[2]?.losses).toEqual(alone.sweeps[0]?.widths[0]?.points[2]?.losses);
    expect(after.sweeps[0]?.widths[0]?.points[0]?.losses).not.toEqual(alone.sweeps[0]?.widths[0]?.points[0]?.losses);
  });

  it('takes the base width of the parametrization that has one', async () => {
    const { baseWidth, sweeps } = await transfer({ ...SMALL, parametrizations: [{ ...MUP, baseWidth: 16 }, SP] });
    expect(baseWidth).toBe(16);
    const [mup, sp] = sweeps.map(({ widths }) => widths[1]?.points[0]?.loss ?? 0);
    expect(Math.abs((mup ?? 0) / (sp ?? 1) - 1)).toBeLessThan(1e-4);
  });

  it('trains residual networks too', async () => {
    const { net, sweeps } = await transfer({ ...SMALL, net: residualMlp({ depth: 1, classes: 4 }) });
    expect(net).toBe('residual MLP of 1 block');
    expect(sweeps[0]?.widths[0]?.points.every(({ loss }) => loss !== null && loss > 0)).toBe(true);
  });

  it('tells of rates at which training diverges, and takes the best of the others', async () => {
    const { sweeps } = await transfer({
      ...SMALL,
      ...{ optimizer: optimizerNamed('sgd'), parametrizations: [SP], values: [0.01, 0.1, 1e30] },
    });
    for (const { points, optimum } of sweeps[0]?.widths ?? []) {
      expect(points.map(({ diverged }) => diverged)).toEqual([0, 0, 2]);
      expect(points[2]).toMatchObject({ loss: null, standardError: null, losses: [null, null] });
      expect(optimum.value).toBe(0.1);
    }
  });

  it('asks for values where none follow from the usual one', async () => {
    const { values: _, ...rest } = SMALL;
    await expect(transfer({ ...rest, hyperparameter: 'decoupledDecay' })).rejects.toThrow(
      'the decoupledDecay of this optimizer is 0 unless told otherwise, from which no values to try follow; give some',
    );
  });

  it.each([
    [{ widths: [64, 64] }, 'a transfer needs at least 2 different widths, but 64 was given'],
    [
      { values: [0.1, 0.2] },
      'an optimum needs at least 3 different values of the learning rate, but 0.1, 0.2 were given',
    ],
    [{ values: [0, 0.1, 0.2] }, '0 cannot be tried as learning rate; expected a number above 0.'],
    [
      { hyperparameter: 'beta1', values: [0.5, 0.9, 1] },
      '1 cannot be tried as beta1; expected a number at least 0 and below 1.',
    ],
    [{ hyperparameter: 'bta1' }, '"bta1" is nothing that a sweep with adam can change. Did you mean "beta1"?'],
    [{ hyperparameter: 'lr' }, 'What libraries call so is here: learningRate.'],
    [{ hyperparameter: 'amsgrad' }, 'amsgrad of adam is true or false, and a sweep needs numbers'],
    [
      { parametrizations: [{ ...MUP, baseWidth: 8 }, SP], baseWidth: 16 },
      'parametrization "mup" has base width 8, and base width 16 is given; expected one.',
    ],
    [
      {
        parametrizations: [
          { ...MUP, baseWidth: 8 },
          { ...SP, baseWidth: 16 },
        ],
      },
      'the parametrizations have different base widths, 8 of "mup" and 16 of "sp"',
    ],
    [{ steps: 0 }, 'the steps of a transfer must be a whole number of at least 1, but 0 was given.'],
    [{ parametrizations: [SP, SP] }, 'the parametrizations sp, sp cannot be told apart by their names'],
  ])('refuses %o', async (wrong, message) => {
    await expect(transfer({ ...SMALL, ...wrong })).rejects.toThrow(message);
  });
});
