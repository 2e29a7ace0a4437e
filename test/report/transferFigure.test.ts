import { describe, expect, it } from 'vitest';
import { transferFigure } from '../../src/report/index.ts';
import { valueText } from '../../src/report/transferParts.ts';
import { curve, diverged, RATES, sweep, transferOf } from './transferSample.ts';

describe('the figure of a transfer', () => {
  it('has a panel a parametrization, a line a width with its points, and a mark at each best rate', () => {
    const svg = transferFigure(
      transferOf([sweep('mup', [curve(2), curve(1.8)]), sweep('sp', [curve(2), diverged])], { net: 'MLP' }),
    );
    expect(svg).toMatch(/^<svg xmlns/);
    expect(svg).toContain('MLP with adam on digits');
    expect(svg.match(/<title>width 64, [\d.]+: /g)).toHaveLength(2 * RATES.length);
    expect(svg.match(/<title>width 512, [\d.]+: /g)).toHaveLength(RATES.length);
    expect(svg.match(/<title>width \d+: best/g)).toHaveLength(3);
    expect(svg).toContain('width 64: best 0.04 (0.04 to 0.04)');
    expect(svg).toMatch(/aria-label="[^"]*mup: the best learning rate stays within a factor of 2/);
    expect(svg).toMatch(/aria-label="[^"]*sp: whether [^"]* is unclear: training diverged at every learning rate/);
  });

  it('is drawn where everything diverged', () => {
    const svg = transferFigure(transferOf([sweep('sp', [diverged, diverged])]));
    expect(svg).toContain('learning rate');
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('places the values of a β by 1/(1 − β)', () => {
    const beta = { name: 'beta1', words: 'beta1', scale: 'memory' } as const;
    const values = [0.5, 0.75, 0.875, 0.9375];
    const svg = transferFigure(
      transferOf([sweep('mup', [curve(2), curve(1.8)], values, beta)], { values, hyperparameter: beta }),
    );
    const path = /class="lines"[^>]*>\s*<path[^>]* d="([^"]+)"/.exec(svg)?.[1] ?? '';
    const x = [...path.matchAll(/[ML]([\d.]+),/g)].map(([, at]) => Number(at));
    const steps = x.slice(1).map((at, k) => at - (x[k] ?? 0));
    expect(steps).toHaveLength(3);
    for (const step of steps) expect(Math.abs(step - (steps[0] ?? 0))).toBeLessThan(0.05);
    expect(svg).toContain('>beta1<');
  });

  it('has words for values', () => {
    expect([2 ** -7, 0.5, 1, 1e-8, 3e-5, 0.998, 0.0123, 64].map(valueText)).toEqual([
      '2⁻⁷',
      '0.5',
      '1',
      '10⁻⁸',
      '3 × 10⁻⁵',
      '0.998',
      '0.0123',
      '2⁶',
    ]);
  });
});
