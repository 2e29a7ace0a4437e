import { describe, expect, it } from 'vitest';
import { distance, heavyTail, rateOf } from '../../../src/experiments/check/rate.ts';
import { at } from '../../../src/numeric/index.ts';

const WIDTHS = [32, 64, 128, 256, 512];

describe('the distance of runs from a limit', () => {
  it('is the root of the mean square, with its standard error by propagation', () => {
    const { rms, standardError, mean } = distance(8, [1, 3, 2, 6], 2);
    // Squares 1, 1, 0, 16: mean 4.5, deviation √(177/3), and d√s = ds / 2√s.
    expect(rms).toBeCloseTo(Math.sqrt(4.5), 12);
    expect(standardError).toBeCloseTo(Math.sqrt(177 / 3) / 2 / (2 * Math.sqrt(4.5)), 12);
    expect(mean).toBe(3);
  });
});

describe('the exponent and the verdict', () => {
  const exact = { limit: 0.5, standardError: 0, seeds: 200, averaged: 0 };
  const noisy = (exponent: number, spread = 0.05) =>
    WIDTHS.map((width) => ({ width, rms: width ** exponent, standardError: spread * width ** exponent, mean: 0.5 }));

  it('are those of a power law', () => {
    for (const [exponent, verdict] of [
      [-0.5, 'ok'],
      [-1, 'ok'],
      [-0.3, 'slower'],
      [0, 'slower'],
    ] as const) {
      const found = rateOf(noisy(exponent), exact);
      expect(found.exponent).toBeCloseTo(exponent, 10);
      expect(found.verdict).toBe(verdict);
      const [low = 0, high = 0] = found.exponentInterval ?? [];
      expect((low + high) / 2).toBeCloseTo(exponent, 10);
      // Slope error 0.05 / √Σ(ln n − mean)² = 0.05 / (ln 2 √10), and Student's 97.5 % on 199 degrees of freedom; rounding adds a millionth.
      expect((high - low) / 2).toBeCloseTo((1.971956544249395 * 0.05) / (Math.LN2 * Math.sqrt(10)), 5);
    }
  });

  it('leave room for three standard errors of the slope', () => {
    // As many as Student's law allows for.
    const error = ((1.971956544249395 / 1.959963984540054) * 0.05) / (Math.LN2 * Math.sqrt(10));
    expect(rateOf(noisy(-0.5 + 2.9 * error), exact).verdict).toBe('ok');
    expect(rateOf(noisy(-0.5 + 3.1 * error), exact).verdict).toBe('slower');
  });

  it('are there where seeds do not matter', () => {
    const fixed = WIDTHS.map((width) => ({ width, rms: 1 / width, standardError: 0, mean: 0.5 + 1 / width }));
    expect(rateOf(fixed, exact)).toMatchObject({ verdict: 'ok', exponent: expect.closeTo(-1, 10) });
    const slow = fixed.map((d) => ({ ...d, rms: d.width ** -0.1, mean: 0.5 + d.width ** -0.1 }));
    expect(rateOf(slow, exact)).toMatchObject({ verdict: 'slower', exponent: expect.closeTo(-0.1, 10) });
  });

  it('are wide where the limit is not known well enough', () => {
    // Distances that fall like 1/n down to the error of the limit, and then stay there.
    const floor = 0.004;
    const flattened = WIDTHS.map((width) => {
      const rms = Math.hypot(1 / width, floor);
      return { width, rms, standardError: 0, mean: 0.5 + rms };
    });
    const [low = 0, high = 0] = rateOf(flattened, { ...exact, standardError: floor }).exponentInterval ?? [];
    const [lowest = 0, highest = 0] = rateOf(flattened, exact).exponentInterval ?? [];
    expect(low).toBeLessThan(-0.9);
    expect(high - low).toBeGreaterThan(highest - lowest);
  });

  it('are no exponent where distances are rounding, and one where only some are', () => {
    const rounding = WIDTHS.map((width) => ({ width, rms: 3e-8, standardError: 1e-9, mean: 0.5 }));
    expect(rateOf(rounding, exact)).toEqual({ verdict: 'equal', reasons: [] });
    const some = noisy(-0.5).map((d, k) => (k === 2 ? { ...d, rms: 0, standardError: 0 } : d));
    expect(Number.isFinite(rateOf(some, exact).exponent)).toBe(true);
  });

  it('are unclear where too little is seen', () => {
    // Three widths and two seeds: the errors of two squares say little about themselves.
    const three = noisy(-0.5, 0.2).slice(0, 3);
    expect(rateOf(three, { ...exact, seeds: 2 })).toMatchObject({
      verdict: 'unclear',
      reasons: [expect.stringContaining('may lie on either side of -0.5')],
    });
    // Hundred seeds make three widths enough.
    const many = noisy(-0.5, 0.07).slice(0, 3);
    expect(rateOf(many, { ...exact, seeds: 100 }).verdict).toBe('ok');
    // What is no line is not seen well, however small its errors.
    const scattered = noisy(-0.5, 0.01).map((d, k) => ({ ...d, rms: d.rms * at([1, 3, 0.4, 2, 1], k) }));
    expect(rateOf(scattered, exact).verdict).toBe('unclear');
    expect(rateOf(noisy(1.7, 2).slice(0, 3), { ...exact, seeds: 20 }).verdict).toBe('unclear');
  });

  it('count distances of the size of what cancelled in f32 as rounding', () => {
    const cancelled = WIDTHS.map((width) => ({ width, rms: 3e-8, standardError: 1e-9, mean: 1e-9 }));
    expect(rateOf(cancelled, { ...exact, limit: 0, averaged: 1 }).verdict).toBe('equal');
    // Small numbers by themselves are none.
    const small = noisy(-0.25).map((d) => ({
      ...d,
      rms: 1e-10 * d.rms,
      standardError: 1e-10 * d.standardError,
      mean: 0,
    }));
    expect(rateOf(small, { ...exact, limit: 0, averaged: 1e-10 }).verdict).toBe('slower');
  });
});

describe('a heavy tail', () => {
  it('is one run that carries more than half of the spread', () => {
    const usual = Array.from({ length: 40 }, (_, k) => Math.sin(k));
    expect(heavyTail(usual)).toBeUndefined();
    expect(heavyTail([...usual, 100])).toBeGreaterThan(0.9);
    expect(heavyTail([0, 0, 0, 100])).toBeUndefined();
  });
});
