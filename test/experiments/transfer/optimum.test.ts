/** The best rate of known curves, and what is said of how far it moves. */

import { describe, expect, it } from 'vitest';
import { best, factorText, type Losses, sweepOf } from '../../../src/experiments/transfer/optimum.ts';

const RATES = [1, 2, 4, 8, 16, 32, 64];
const [SMALL, LARGE] = [64, 512];

/** Parabolas in log rate with their least at 2^power, one a seed. */
const curve = (...powers: number[]): number[][] =>
  RATES.map((rate) => powers.map((power) => 0.3 + (Math.log2(rate) - power) ** 2));

const swept = (losses: Losses) => sweepOf('mup', [SMALL, LARGE], RATES, losses);

describe('the best rate', () => {
  it('is where the parabola through the best three has its least', () => {
    expect(best(RATES, curve(2.3), [0])?.value).toBeCloseTo(2 ** 2.3, 10);
    expect(best(RATES, curve(2.3), [0])?.edge).toBeNull();
  });

  it('is right for rates that are not evenly spaced', () => {
    const rates = [1, 3, 4, 10, 100];
    const losses = rates.map((rate) => [(Math.log(rate) - Math.log(5)) ** 2]);
    expect(best(rates, losses, [0])?.value).toBeCloseTo(5, 10);
  });

  it('is the best of those tried at the ends, which are told', () => {
    expect(best(RATES, curve(-1), [0])).toEqual({ value: 1, edge: 'least' });
    expect(best(RATES, curve(9), [0])).toEqual({ value: 64, edge: 'greatest' });
  });

  it('is the best of those tried beside rates at which a seed diverged; there is none where all did', () => {
    const cut = curve(2.3, 2.3).map(([a = 0, b = 0], k): (number | null)[] => [a, k >= 3 ? null : b]);
    expect(best(RATES, cut, [0, 1])).toEqual({ value: 4, edge: null });
    expect(best(RATES, cut, [0])?.value).toBeCloseTo(2 ** 2.3, 10);
    const none = RATES.map(() => [null]);
    expect(best(RATES, none, [0])).toBeUndefined();
  });
});

describe('how far the best rate moves', () => {
  it('stays', () => {
    const { verdict, factor, interval, text } = swept([curve(3.2, 3.3), curve(3, 3.1)]);
    expect(factor).toBeCloseTo(2 ** -0.2, 10);
    expect(interval?.[0]).toBeCloseTo(2 ** -0.2, 10);
    expect(verdict).toBe('stays');
    expect(text).toBe(
      'the best learning rate stays within a factor of 2: it moves by ÷1.15 (95 %: ÷1.15 to ÷1.15) from width 64 to 512; with the best of width 64, the loss at width 512 is 1.00 times its least',
    );
  });

  it('moves', () => {
    const moved = swept([curve(4.2, 4.3), curve(2.2, 2)]);
    expect(moved.verdict).toBe('moves');
    expect(moved.factor).toBeCloseTo(2 ** -2.15, 10);
    expect(moved.text).toMatch(/^the best learning rate moves by ÷4\.44 /);
  });

  it('is unclear where the interval holds a factor of 2, at ends, and without any number', () => {
    expect(swept([curve(3, 3), curve(1.6, 2.6)]).verdict).toBe('unclear');
    const none = swept([curve(3), RATES.map(() => [null])]);
    expect([none.verdict, none.factor]).toEqual(['unclear', null]);
    expect(none.text).toBe(
      'whether the best learning rate stays is unclear: training diverged at every learning rate at width 512; give smaller rates',
    );
  });

  it.each([
    [curve(4.2, 4.2), curve(-2, -2), 'width 512', '÷18.4', 'smaller ones'],
    [curve(-2, -2), curve(4.2, 4.2), 'width 64', '×18.4', 'smaller ones'],
    [curve(3, 3), curve(9, 9), 'width 512', '×8.00', 'larger ones'],
    [curve(-3, -3), curve(9, 9), 'widths 64 and 512', '×64.0', 'smaller and larger ones'],
  ])('is unclear where an optimum lies at the end of the values tried', (small, large, where, factor, needed) => {
    const { verdict, text } = swept([small, large]);
    expect(verdict).toBe('unclear');
    expect(text).toContain(`unclear: at ${where} it lies at the end of the values tried, at ${factor} (95 %`);
    expect(text).toMatch(new RegExp(`; give ${needed}$`));
  });

  it('is unclear where nothing was learnt: the least loss is that of a constant answer', () => {
    const [chance, seeds] = [2.2, [0, 0.01, -0.01]];
    // Far apart, and both of losses that noise alone makes the least.
    const noise = (at: number): number[][] =>
      RATES.map((_, k) => seeds.map((part) => 2.199 + part + 0.001 * (k - at) ** 2));
    const swept = (losses: Losses) => sweepOf('mup', [SMALL, LARGE], RATES, losses, { chance });
    const idle = swept([noise(1), noise(5)]);
    expect(idle.widths.map(({ trained }) => trained)).toEqual([false, false]);
    expect(idle.verdict).toBe('unclear');
    expect(idle.text).toBe(
      'whether the best learning rate stays is unclear: no learning rate has trained the network at widths 64 and 512, where the least loss, 2.20 ± 0.006 and 2.20 ± 0.006, is not surely below the 2.20 of a constant answer; give more steps, or other rates',
    );
    expect(swept([curve(1.1, 1.1), noise(5)]).text).toContain(
      'no learning rate has trained the network at width 512, ',
    );
    // Losses that are numbers and far above chance are no training either.
    const huge = swept([curve(1.1, 1.1), curve(5, 5).map((losses) => losses.map((loss) => loss + 10))]);
    expect([huge.verdict, huge.widths[1]?.trained]).toEqual(['unclear', false]);
    expect(swept([curve(1.1, 1.1), curve(5, 5)]).verdict).toBe('moves');
    // Without a chance level any loss counts.
    expect(sweepOf('mup', [SMALL, LARGE], RATES, [noise(1), noise(5)]).verdict).toBe('moves');
  });

  it('has no interval for one seed, and says what diverged', () => {
    const losses = curve(3, 3).map(([a = 0], k): (number | null)[] => [a, k === 6 ? null : a]);
    const [first] = swept([losses, losses]).widths;
    expect(first?.points[6]).toMatchObject({ loss: null, standardError: null, diverged: 1 });
    expect(first?.points[0]).toMatchObject({ loss: 9.3, standardError: 0, diverged: 0 });
    const one = swept([curve(3), curve(3)]);
    expect([one.interval, one.verdict]).toEqual([null, 'stays']);
    expect(one.text).toContain('it moves by ×1.00 (one seed: no interval) from width 64 to 512');
    expect(swept([curve(4), curve(2)]).text).toMatch(
      /^the best learning rate moves by ÷4\.00 \(one seed: no interval\) from /,
    );
  });

  it('costs what the small network’s best gives at the large width', () => {
    // Of the values tried, 8 is best at the small width and 4 at the large one, where 8 gives 0.3 + 0.8² and 4 0.3 + 0.2².
    const { cost, text } = swept([curve(3, 3), curve(2.2, 2.2)]);
    expect(cost).toBeCloseTo((0.3 + 0.8 ** 2) / (0.3 + 0.2 ** 2), 10);
    const beyond = curve(2, 2).map(([a = 0], k): (number | null)[] => (k >= 3 ? [a, null] : [a, a]));
    expect(swept([curve(3, 3), beyond]).cost).toBeNull();
    expect(swept([curve(4.4, 4.4), beyond]).text).toContain('with the best of width 64, width 512 diverges');
    expect(text).toContain('the loss at width 512 is 2.76 times its least');
  });

  it('costs nothing that a ratio could tell where the least loss is 0, which is not divergence', () => {
    const exact = RATES.map((_, k) => [(k - 2) ** 2, (k - 2) ** 2]);
    const { cost, text } = swept([curve(3, 3), exact]);
    expect(cost).toBeNull();
    expect(text).toContain('with the best of width 64, the loss at width 512 is 1, and its least 0');
    expect(text).not.toContain('diverges');
  });

  it('is one of 1/(1 − β) for a share of the past', () => {
    const betas = [0.5, 0.75, 0.875, 0.9375];
    // Least at 1 − β = 2^-place.
    const losses = (place: number): number[][] =>
      betas.map((_, k) => [1 + (k + 1 - place) ** 2, 1 + (k + 1 - place) ** 2]);
    const beta = { name: 'beta1', words: 'beta1', scale: 'memory' } as const;
    const { widths, factor, verdict, text } = sweepOf('mup', [SMALL, LARGE], betas, [losses(2.2), losses(2.9)], {
      hyperparameter: beta,
    });
    expect(widths[0]?.optimum.value).toBeCloseTo(1 - 2 ** -2.2, 12);
    expect(factor).toBeCloseTo(2 ** 0.7, 10);
    expect(verdict).toBe('stays');
    expect(text).toMatch(/^the best beta1 stays within a factor of 2: it moves by ×1\.62 in 1\/\(1 − beta1\) /);
  });

  it('has words for factors', () => {
    expect([1, 1.234, 0.5, 0.01].map(factorText)).toEqual(['×1.00', '×1.23', '÷2.00', '÷100.0']);
    expect([2 ** 20, 10 ** -30.5].map(factorText)).toEqual(['×1.05e+6', '÷3.16e+30']);
  });
});
