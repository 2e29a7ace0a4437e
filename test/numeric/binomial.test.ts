import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../src/numeric/binomial.ts';

describe('wilsonInterval', () => {
  it.each([
    // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
    // method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d among %d', (found, trials, low, high) => {
    const [a, b] = wilsonInterval(found / trials, trials);
    expect(a).toBeCloseTo(low, 4);
    expect(b).toBeCloseTo(high, 4);
  });

  it('has the ends at which the share found is z standard deviations away', () => {
    const z = 1.959963984540054;
    for (const [share, trials] of [
      [0.3, 7],
      [0.91, 250],
    ] as const) {
      for (const end of wilsonInterval(share, trials)) {
        expect(Math.abs(share - end)).toBeCloseTo(z * Math.sqrt((end * (1 - end)) / trials), 12);
      }
    }
  });

  it('covers about as often as it says', () => {
    // The probability, exactly, that the interval of a binomial number of successes holds the share it is drawn with.
    const [trials, share] = [40, 0.7];
    let [covered, weight] = [0, (1 - share) ** trials];
    for (let found = 0; found <= trials; found++) {
      const [low, high] = wilsonInterval(found / trials, trials);
      if (low <= share && share <= high) covered += weight;
      weight *= ((trials - found) / (found + 1)) * (share / (1 - share));
    }
    expect(covered).toBeGreaterThan(0.93);
    expect(covered).toBeLessThan(0.97);
  });
});
