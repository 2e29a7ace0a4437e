import { describe, expect, it } from 'vitest';
import { logScale, reach, roomy, tick, ticksOf } from '../../src/report/logScale.ts';

describe('a logarithmic axis', () => {
  const axis = logScale([10, 1000], 100, 300);

  it('has equal ratios at equal distances, there and back', () => {
    expect([10, 100, 1000].map(axis.place)).toEqual([100, expect.closeTo(200, 10), expect.closeTo(300, 10)]);
    expect([100, 150, 300].map(axis.value)).toEqual([10, 10 ** 1.5, 1000].map((value) => expect.closeTo(value, 9)));
  });

  it('has ticks at 1, 2 and 5 times powers of ten, where it is long at the powers alone', () => {
    expect(ticksOf([0.013, 0.3])).toEqual([0.02, 0.05, 0.1, 0.2]);
    expect(ticksOf([2e-6, 0.5])).toEqual([1e-5, 1e-4, 1e-3, 1e-2, 0.1]);
    expect([0.002, 5, 1e-4, 2e-5, 5e-7].map(tick)).toEqual(['0.002', '5', '10⁻⁴', '2 × 10⁻⁵', '5 × 10⁻⁷']);
  });

  it('holds all its values with room, and has a least length', () => {
    const [least, most] = reach([0.1, 0.11], 6);
    expect(most / least).toBeCloseTo(6, 10);
    expect(Math.sqrt(least * most)).toBeCloseTo(Math.sqrt(0.1 * 0.11), 10);
    const [low, high] = reach([1e-4, 1], 6);
    expect(low).toBeLessThan(1e-4);
    expect(high).toBeGreaterThan(1);
  });

  it('labels values that have room, the smallest and the largest among them', () => {
    expect(roomy([10, 100, 1000], axis)).toEqual([10, 100, 1000]);
    expect(roomy([10, 11, 12, 13, 990, 1000], axis)).toEqual([10, 1000]);
    expect(roomy([10], axis)).toEqual([10]);
  });
});
