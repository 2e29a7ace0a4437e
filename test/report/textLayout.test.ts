import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spread } from '../../src/report/textLayout.ts';

describe('spread', () => {
  it('leaves labels that are far apart where they are', () => {
    expect(spread([50, 150], 14, 200)).toEqual([50, 150]);
  });

  it('pushes crowded labels down, and up from the end', () => {
    expect(spread([5, 6, 7], 10, 100)).toEqual([5, 15, 25]);
    expect(spread([93, 96, 99], 10, 100)).toEqual([75, 85, 95]);
  });

  it('keeps any labels apart, in order and above the end', () => {
    const places = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(places, (given) => {
        const wanted = given.toSorted((a, b) => a - b);
        const gap = Math.min(14, 300 / wanted.length);
        const placed = spread(wanted, 14, 300);
        placed.slice(1).forEach((place, k) => {
          expect(place - (placed[k] ?? 0)).toBeGreaterThan(gap - 1e-9);
        });
        expect(Math.max(...placed)).toBeLessThanOrEqual(300);
        expect(Math.min(...placed)).toBeGreaterThan(-1e-9);
      }),
    );
  });
});
