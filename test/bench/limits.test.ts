/** The arithmetic of the limits bench: costs to a standard error, biases, the ratio and its interval, verdicts. */

import { describe, expect, it } from 'vitest';
import {
  biasOf,
  costFigures,
  limitCost,
  limitLaw,
  type NetworkRuns,
  networkLaw,
  pairCost,
  weights,
} from '../../bench/limits/arithmetic.ts';
import { failed, type LimitsResult } from '../../bench/limits/bench.ts';
import { judged } from '../../bench/limits/bounds.ts';
import { agreementOf, type CostCase } from '../../bench/limits/cost.ts';
import { problemNamed, RULES, TANGENT } from '../../bench/limits/problems.ts';
import { sizeName } from '../../bench/limits/sides.ts';
import { fraction, size, sizes } from '../../bench/options.ts';
import { at, mean, stream } from '../../src/numeric/index.ts';
import { checkFragment, outputOf } from '../../src/program/index.ts';

describe('laws of repeated runs', () => {
  it('of the limit are of one scrambling', () => {
    const runs = [
      { values: [1, 2], errors: [0.1, 0.3], cpu: 8 },
      { values: [3, 2], errors: [0.3, 0.1], cpu: 12 },
    ];
    const law = limitLaw({ size: '64', scramblings: 4, runs });
    expect(law.means).toEqual([2, 2]);
    // Four scramblings of variance σ² have a mean of variance σ²/4; each entry's is (0.01 + 0.09) / 2.
    expect(law.variance).toBeCloseTo(4 * 0.05, 14);
    expect(law.variances.map((one) => one * 2)).toEqual([expect.closeTo(0.05, 14), expect.closeTo(0.05, 14)]);
    expect(law.cpu).toBe(10 / 4);
  });

  it('of networks are of one network', () => {
    const law = networkLaw({ width: 8, rows: [[1, 0], [3, 0], [5, 3]], cpu: [0.25, 0.75] }); // biome-ignore format: rows
    expect(law.means).toEqual([3, 1]);
    expect(law.variance).toBeCloseTo((4 + 3) / 2, 14);
    expect(law.variances).toEqual([expect.closeTo(4 / 3, 14), expect.closeTo(1, 14)]);
    expect(law.cpu).toBe(0.5);
  });
});

describe('costs to a standard error', () => {
  it('of the limit are those of as many scramblings as it takes, at least two', () => {
    const law = { means: [], variance: 0.04, cpu: 3 };
    expect(limitCost(law, 0.01)).toBeCloseTo(3 * 400, 9);
    expect(limitCost(law, 0.5)).toBe(6);
  });

  it('of a pair of widths are the least over all numbers of networks', () => {
    const [low, high] = [
      { means: [], variance: 0.5, cpu: 0.02 },
      { means: [], variance: 0.2, cpu: 0.3 },
    ];
    const factors = weights(64, 192);
    expect(factors[0] + factors[1]).toBe(1);
    // A bias of c/n is gone.
    expect(factors[0] / 64 + factors[1] / 192).toBeCloseTo(0, 15);
    const error = 0.01;
    const cost = pairCost(low, high, factors, error);
    // The number of narrow networks tells that of wide ones.
    const costs = Array.from({ length: 6000 }, (_, k) => {
      const narrow = 8000 + k;
      const left = error ** 2 - (factors[0] ** 2 * low.variance) / narrow;
      return left <= 0 ? Infinity : low.cpu * narrow + (high.cpu * factors[1] ** 2 * high.variance) / left;
    });
    expect(Math.min(...costs) / cost).toBeCloseTo(1, 6);
    expect(Math.min(...costs)).toBeGreaterThanOrEqual(cost * (1 - 1e-12));
  });
});

describe('biasOf', () => {
  const noise = [[0.01], [-0.01]];

  it('takes the spread off, and is 0 where nothing is left', () => {
    expect(biasOf([0.05], [0.0009], noise, 0.01).value).toBeCloseTo(0.04, 12);
    expect(biasOf([0.01], [0.0009], noise, 0.01)).toEqual({ value: 0, above: false });
  });

  it('is above a bound only beyond doubt', () => {
    // b² = 0.0024 and 0.0003, off by about 2 · gap · 0.01 = 0.001 and 0.0004.
    expect(biasOf([0.05], [0.0001], noise, 0.01).above).toBe(true);
    expect(biasOf([0.02], [0.0001], noise, 0.01)).toMatchObject({
      value: expect.closeTo(Math.sqrt(3e-4), 12),
      above: false,
    });
  });
});

/** Networks whose outputs are 1 + 2/n + c/n² + noise / √n. */
function networks(width: number, count: number, curvature: number): NetworkRuns {
  const draws = stream(3, `width ${width}`).normals(2 * count);
  const value = 1 + 2 / width + curvature / width ** 2;
  const rows = Array.from({ length: count }, (_, k) =>
    [0, 1].map((entry) => value + at(draws, 2 * k + entry) / Math.sqrt(width)),
  );
  return { width, rows, cpu: [width ** 2 * 1e-6, width ** 2 * 1e-6] };
}

/** Estimates of 1 from scramblings of a deviation. */
function limits(scramblings: number, deviation: number, runs: number) {
  const error = deviation / Math.sqrt(scramblings);
  const draws = stream(4, 'limit').normals(2 * runs);
  return Array.from({ length: runs }, (_, k) => ({
    values: [0, 1].map((entry) => 1 + error * at(draws, 2 * k + entry)),
    errors: [error, error],
    cpu: scramblings,
  }));
}

describe('costFigures', () => {
  const reference = { size: '4096', scramblings: 2, runs: limits(2, 0.003, 8) };

  it('takes the cheapest ways, and a ratio within its interval', () => {
    const widths = [networks(16, 2000, 0), networks(32, 1000, 0), networks(64, 500, 0)];
    const figures = costFigures({ sizes: [reference], widths }, 0.01, 200, stream(0, 'bootstrap'));
    expect(figures.limit).toEqual([{ name: '4096', cost: 2, bias: { value: 0, above: false } }]);
    expect(figures.pairs.map(({ name }) => name)).toEqual(['16, 32', '16, 64', '32, 64']);
    // c s² = 1e-6 n: |a₁| √c₁ s₁ + a₂ √c₂ s₂ is 1e-3 (√16 + 2 √32), and 1e-3 (4 + 4 · 8) / 3 for 16 and 64.
    expect(at(figures.pairs, 0).cost).toBeCloseTo(((4 + 2 * Math.sqrt(32)) / 10) ** 2, 0);
    expect(figures.pairs.map(({ bias }) => bias.above)).toEqual([false, false, false]);
    expect(figures.best.pair).toBe('16, 64');
    const { ratio } = figures;
    expect(ratio?.value).toBeCloseTo(2 / at(figures.pairs, 1).cost, 12);
    expect(ratio?.low).toBeLessThan(2 / 1.44);
    expect(ratio?.high).toBeGreaterThan(2 / 1.44);
    expect((ratio?.high ?? 0) / (ratio?.low ?? 0)).toBeLessThan(1.5);
  });

  it('leaves out pairs and sizes that are surely biased', () => {
    // Left over by 16 and 32: −c / (16 · 32) = −0.2; by 512 and 1024: −2e-4.
    const widths = [networks(16, 500, 100), networks(32, 500, 100), networks(512, 200, 100), networks(1024, 200, 100)];
    const off = {
      ...reference,
      size: '64',
      runs: reference.runs.map((run) => ({ ...run, values: [1.1, 1.1], cpu: 0.1 })),
    };
    const { limit, pairs, best } = costFigures({ sizes: [off, reference], widths }, 0.01, 200, stream(0, 'bootstrap'));
    expect(at(pairs, 0)).toMatchObject({ name: '16, 32', bias: { value: expect.closeTo(0.195, 1), above: true } });
    expect(pairs.find(({ name }) => name === '512, 1024')?.bias.above).toBe(false);
    expect(limit.map(({ bias }) => bias.above)).toEqual([true, false]);
    expect(best.limit).toBe('4096');
    expect(best.pair).not.toBe('16, 32');
  });

  it('gives no ratio where nothing counts', () => {
    const widths = [networks(16, 500, 100), networks(32, 500, 100)];
    const figures = costFigures({ sizes: [reference], widths }, 0.01, 50, stream(0, 'bootstrap'));
    expect(figures).toMatchObject({ best: { limit: '4096', pair: 'none' } });
    expect('ratio' in figures).toBe(false);
  });
});

describe('agreementOf', () => {
  it('compares the extrapolation with the limit', () => {
    const reference = { size: '4096', scramblings: 2, runs: limits(2, 0.003, 8) };
    const widths = [networks(256, 200, 0), networks(512, 200, 0)];
    expect(agreementOf(reference, widths)).toMatchObject({ agrees: true });
    const other = { ...reference, runs: reference.runs.map((run) => ({ ...run, values: [1.5, 1] })) };
    const { agrees, distance } = agreementOf(other, widths);
    expect(agrees).toBe(false);
    // √(4 · 1/512 + 1/256) / √200 is 0.0077.
    expect(distance).toBeGreaterThan(40);
    expect(distance).toBeLessThan(90);
  });
});

describe('verdicts', () => {
  it('need a figure and a quiet machine', () => {
    expect(judged(0.05, { low: 0.01, high: 0.04 }, undefined)).toEqual({ verdict: 'met' });
    expect(judged(0.05, { low: 0.06, high: 0.07 }, undefined)).toEqual({ verdict: 'missed' });
    expect(judged(0.05, { low: 0.01, high: 0.07 }, undefined)).toEqual({ verdict: 'open' });
    expect(judged(0.05, { low: 0.01, high: 0.04 }, 'busy')).toEqual({ verdict: 'none', reason: 'busy' });
    expect(judged(0.05, undefined, undefined)).toMatchObject({ verdict: 'none' });
  });

  it('fail the bench where a bound is missed or answers differ', () => {
    const result = (verdict: CostCase['verdict']): LimitsResult => ({
      cost: [{ verdict } as CostCase], // all that is read
      transformer: [],
      tangent: { missing: 'no NumPy' },
    });
    expect((['met', 'open', 'none', 'missed', 'answers differ'] as const).map((one) => failed(result(one)))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});

describe('what is trained', () => {
  it.each([...RULES, 'transformer', 'tangent'] as const)('%s is in the fragment that has a limit', (name) => {
    const { program, output } = problemNamed(name);
    expect(checkFragment(program).inFragment).toBe(true);
    expect(outputOf(program, output).role).toBe('data');
  });

  it('has 32 inputs of mean square 1 with the sign of a product, in all rules the same', () => {
    const [sgd, adam] = [problemNamed('sgd').data, problemNamed('adam').data];
    expect(adam).toEqual(sgd);
    const [x, target] = [Array.from(sgd.x?.data ?? []), Array.from(sgd.target?.data ?? [])];
    expect(target).toHaveLength(32);
    target.forEach((sign, k) => {
      const row = x.slice(6 * k, 6 * k + 6);
      expect(mean(row.map((one) => one * one))).toBeCloseTo(1, 12);
      expect(sign).toBe(Math.sign(at(row, 0) * at(row, 1)));
    });
    expect(TANGENT.weight).toContain(0);
  });
});

describe('sizes', () => {
  it('are samples, with or without those of nested averages', () => {
    expect(sizes('4096,1024x128')).toEqual([{ width: 4096 }, { width: 1024, subsample: 128 }]);
    expect(sizes('4096,1024x128').map(sizeName)).toEqual(['4096', '1024x128']);
    expect(sizeName({})).toBe('default');
  });

  it('leave out directions of a part of 1', () => {
    expect(fraction('1e-3')).toBe(1e-3);
    for (const text of ['', '0', '1', '-1', 'x']) expect(() => fraction(text)).toThrow('above 0 and below 1');
  });

  it.each(['', '1000', '1', '64x0', '64x', 'x8', '64.5'])('are not %j', (text) => {
    expect(() => size(text)).toThrow('Give sizes such as 4096 or 1024x128');
  });
});
