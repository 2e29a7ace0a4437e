/** The best learning rate stays under µP and moves under SP with Adam; what is trained once is not trained again. */

import { describe, expect, it } from 'vitest';
import {
  type Cell,
  type CellStore,
  nameOf,
  type TransferOptions,
  teacherExamples,
  transfer,
} from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { NTP, SP } from '../../../src/parametrizations/index.ts';

const engine = nodeEngine({ threads: 2 });
const run: TransferOptions['run'] = (program, feeds, sizes) => engine.run(program, feeds, sizes);
const examples = await teacherExamples({ examples: 512, input: 16, classes: 4, run });
const common = { net: mlp({ depth: 2, classes: 4 }), optimizer: optimizerNamed('adam'), examples, run };
const SMALL = { ...common, widths: [8, 16], rates: [0.01, 0.02, 0.04], steps: 5, seeds: 2, batch: 32 };

const rates = (least: number, greatest: number): number[] =>
  Array.from({ length: greatest - least + 1 }, (_, k) => 2 ** (least + k));

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

describe('from width 64 to 512 with Adam', () => {
  it('µP keeps the best learning rate within a factor of 2; SP, the same network at width 64, does not', async () => {
    const { sweeps } = await transfer({
      ...common,
      ...{ widths: [64, 512], rates: rates(-12, -5), steps: 30, batch: 32, seeds: 2 },
    });
    const [mup, sp] = sweeps;
    expect(mup?.text).toMatch(/^the best learning rate stays within a factor of 2/);
    expect(mup?.verdict).toBe('stays');
    expect(sp?.verdict).toBe('moves');
    // Adam's steps in SP change the output by n times the rate.
    expect(sp?.factor).toBeLessThan(1 / 4);
    expect(sp?.widths[0]).toEqual(mup?.widths[0]);
  });
});

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
    const counting: TransferOptions['run'] = (program, feeds, sizes) => {
      trained++;
      return run(program, feeds, sizes);
    };
    expect(await transfer({ ...SMALL, cells, run: counting })).toEqual(first);
    expect(trained).toBe(0);
    const shares: number[] = [];
    const more = { ...SMALL, seeds: 3, run: counting };
    const continued = await transfer({ ...more, cells, onProgress: (share) => shares.push(share) });
    expect(trained).toBe(2 * 2 * 3 * SMALL.steps);
    expect(shares).toHaveLength(12);
    expect(shares.at(-1)).toBeCloseTo(1, 12);
    expect(continued).toEqual(await transfer({ ...SMALL, seeds: 3 }));
  });

  it('tells of rates at which training diverges, and takes the best of the others', async () => {
    const { sweeps } = await transfer({
      ...SMALL,
      ...{ optimizer: optimizerNamed('sgd'), parametrizations: [SP], rates: [0.01, 0.1, 1e30] },
    });
    for (const { points, optimum } of sweeps[0]?.widths ?? []) {
      expect(points.map(({ diverged }) => diverged)).toEqual([0, 0, 2]);
      expect(points[2]).toMatchObject({ loss: null, standardError: null, losses: [null, null] });
      expect(optimum.rate).toBe(0.1);
    }
  });

  it.each([
    [{ widths: [64, 64] }, 'a transfer needs at least 2 different widths, but 64 was given'],
    [{ rates: [0.1, 0.2] }, 'an optimum needs at least 3 different learning rates, but 0.1, 0.2 were given'],
    [{ rates: [0, 0.1, 0.2] }, '0 is no learning rate; expected numbers above 0.'],
    [{ steps: 0 }, 'the steps of a transfer must be a whole number of at least 1, but 0 was given.'],
    [{ parametrizations: [SP, SP] }, 'the parametrizations sp, sp cannot be told apart by their names'],
  ])('refuses %o', async (wrong, message) => {
    await expect(transfer({ ...SMALL, ...wrong })).rejects.toThrow(message);
  });
});
