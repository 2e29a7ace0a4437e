/** Forecasts of several parts of work, on a clock that the test moves. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import { WorkClock } from '../../../src/experiments/limit/workClock.ts';

describe('a clock of work', () => {
  let now = 0;
  const at = (seconds: number): void => {
    now = 1000 * seconds;
  };
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const clock = (...kept: readonly string[]): WorkClock => {
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    at(0);
    return new WorkClock(async (name, compute) => (kept.includes(name) ? JSON.parse('1') : compute()));
  };

  it('tells all parts from one of each, and shares that never fall', () => {
    const work = clock();
    at(2);
    work.expect('width 8', 4 * 2);
    work.finish('width 8', 1 / 4);
    // Half a second for a twentieth of the limit: ten in all.
    at(2.5);
    work.measure('limit', 0.05);
    expect(work.expected()).toBeCloseTo(18, 12);
    expect(work.share()).toBeCloseTo(2.5 / 18, 12);
    // Slower than it began: thirty seconds in all, of which fifteen are done.
    at(17);
    work.measure('limit', 0.5);
    expect(work.expected()).toBeCloseTo(38, 12);
    const share = work.share();
    expect(share).toBeCloseTo(17 / 38, 12);
    at(60);
    work.measure('limit', 0.51);
    expect(work.share()).toBeGreaterThanOrEqual(share);
    work.finish('limit', 1);
    work.finish('width 8', 1);
    expect(work.share()).toBe(1);
  });

  it('knows whether something had been kept before, whose time tells nothing', async () => {
    const work = clock('old');
    expect(await work.kept('new', async () => 2)).toBe(2);
    expect(work.isFresh).toBe(true);
    expect(await work.kept('old', async () => 2)).toBe(1);
    expect(work.isFresh).toBe(false);
  });
});
