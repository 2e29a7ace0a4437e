import { describe, expect, it } from 'vitest';
import type { TransferResult } from '../../src/experiments/index.ts';
import { sweepOf } from '../../src/experiments/transfer/optimum.ts';
import { transferFigure } from '../../src/report/index.ts';

const RATES = [0.01, 0.02, 0.04, 0.08];
const WIDTHS = [64, 512];

/** Losses with their least at 2^place times 0.01. */
const curve = (place: number): number[][] =>
  RATES.map((_, k) => [0.3 + (k - place) ** 2 / 10, 0.31 + (k - place) ** 2 / 10]);
const diverged = RATES.map(() => [null, null]);

function result(...sweeps: TransferResult['sweeps']): TransferResult {
  const common = { net: 'MLP', optimizer: 'adam', data: 'digits', baseWidth: 64, widths: WIDTHS, rates: RATES };
  return { ...common, seeds: 2, steps: 10, batch: 16, averaged: 2, sweeps };
}

describe('the figure of a transfer', () => {
  it('has a panel a parametrization, a line a width with its points, and a mark at each best rate', () => {
    const svg = transferFigure(
      result(sweepOf('mup', WIDTHS, RATES, [curve(2), curve(1.8)]), sweepOf('sp', WIDTHS, RATES, [curve(2), diverged])),
    );
    expect(svg).toMatch(/^<svg xmlns/);
    expect(svg).toContain('MLP with adam on digits');
    expect(svg.match(/<title>width 64, rate/g)).toHaveLength(2 * RATES.length);
    expect(svg.match(/<title>width 512, rate/g)).toHaveLength(RATES.length);
    expect(svg.match(/<title>width \d+: best rate/g)).toHaveLength(3);
    expect(svg).toContain('width 64: best rate 0.0400 (0.0400 to 0.0400)');
    expect(svg).toMatch(/aria-label="[^"]*mup: the best learning rate stays within a factor of 2/);
    expect(svg).toMatch(/aria-label="[^"]*sp: training diverged at every rate/);
  });

  it('is drawn where everything diverged', () => {
    const svg = transferFigure(result(sweepOf('sp', WIDTHS, RATES, [diverged, diverged])));
    expect(svg).toContain('learning rate');
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});
