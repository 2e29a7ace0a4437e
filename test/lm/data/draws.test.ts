import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRAW_SEEDS, drawShots } from '../../../src/lm/data/draws.ts';
import type { Example } from '../../../src/lm/data/example.ts';
import { failureOf } from '../../support/failure.ts';

const LABELS = ['x', 'y', 'z'];

/** A pool with the labels interleaved; texts are unique. */
function poolOf(perLabel: number): Example[] {
  return Array.from({ length: perLabel }, (_, i) => LABELS.map((label) => ({ label, text: `${label}${i}` }))).flat();
}

describe('drawShots', () => {
  it('draws k per label for train and k others for dev, ordered by label', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(10), fc.nat(), (k, more, seed) => {
        const pool = poolOf(2 * k + more);
        const { train, dev } = drawShots(pool, LABELS, k, seed);
        const labels = LABELS.flatMap((label) => Array<string>(k).fill(label));
        expect(train.map(({ label }) => label)).toEqual(labels);
        expect(dev.map(({ label }) => label)).toEqual(labels);
        expect(new Set([...train, ...dev]).size).toBe(6 * k);
        expect(pool).toEqual(expect.arrayContaining([...train, ...dev]));
      }),
    );
  });

  it('gives the same draw for the same seed, another for another', () => {
    const pool = poolOf(50);
    expect(drawShots(pool, LABELS, 16, 13)).toEqual(drawShots(pool, LABELS, 16, 13));
    const draws = DRAW_SEEDS.map((seed) => JSON.stringify(drawShots(pool, LABELS, 16, seed)));
    expect(new Set(draws).size).toBe(DRAW_SEEDS.length);
    expect(DRAW_SEEDS).toEqual([13, 21, 42, 87, 100]);
  });

  it('draws a label alike with or without other labels, and whatever k', () => {
    const pool = poolOf(20);
    const { train } = drawShots(pool, LABELS, 4, 21);
    expect(drawShots(pool, ['y'], 4, 21).train).toEqual(train.slice(4, 8));
    expect(drawShots(pool, ['y'], 8, 21).train.slice(0, 4)).toEqual(train.slice(4, 8));
  });

  it('draws every example of a label equally often', () => {
    const [size, k, draws] = [10, 2, 4000];
    const counts = new Map<string, number>();
    for (let seed = 0; seed < draws; seed++) {
      for (const { text } of drawShots(poolOf(size), ['x'], k, seed).train)
        counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    // A count is binomial with p = k / size; five standard deviations.
    const p = k / size;
    const band = 5 * Math.sqrt(draws * p * (1 - p));
    const deviations = [...counts.values()].map((count) => Math.abs(count - draws * p));
    expect(counts.size).toBe(size);
    expect(Math.max(...deviations)).toBeLessThan(band);
  });

  it('has no text twice in a draw, whatever copies the pool has, and the draw of a pool without them as ever', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.nat(8), fc.constantFrom('x', 'y')), { maxLength: 30 }),
        fc.nat(),
        (k, copies, seed) => {
          const plain = poolOf(2 * k + 1);
          // Of any text, under its own label or under another one.
          const more = copies.map(([place, label]) => ({ label, text: plain[place % plain.length]?.text ?? '' }));
          const { train, dev } = drawShots([...plain, ...more], LABELS, k, seed);
          expect({ seed, train, dev }).toEqual(drawShots(plain, LABELS, k, seed));
          expect(new Set([...train, ...dev].map(({ text }) => text)).size).toBe(6 * k);
        },
      ),
    );
  });

  it('counts copies once where there are too few', async () => {
    const pool = [...poolOf(6), ...poolOf(6)];
    expect((await failureOf(() => drawShots(pool, LABELS, 4, 13))).message).toBe(
      "Label 'x' has 6 different examples (12 with copies) in the train pool; a draw of k = 4 takes 4 for train and 4 for dev, 8 in all. Use k = 3 or less, or add examples.",
    );
  });

  it('refuses a k that the pool cannot serve', async () => {
    const pool = [...poolOf(8), { label: 'x', text: 'more' }];
    expect(await failureOf(() => drawShots(pool, ['x', 'y'], 5, 13))).toMatchObject({
      code: 'lm.too-few-shots',
      message:
        "Label 'x' has 9 examples in the train pool; a draw of k = 5 takes 5 for train and 5 for dev, 10 in all. Use k = 4 or less, or add examples.",
      data: { label: 'x', available: 9, asked: 10 },
    });
    expect((await failureOf(() => drawShots(pool, ['none'], 1, 13))).message).toBe(
      "Label 'none' has 0 examples in the train pool; a draw of k = 1 takes 1 for train and 1 for dev, 2 in all. Add examples.",
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses k = %d', async (k) => {
    expect(await failureOf(() => drawShots(poolOf(8), LABELS, k, 13))).toMatchObject({
      code: 'lm.bad-shot-count',
      message: `k is ${k}; expected a positive whole number of examples per label, such as 16.`,
    });
  });
});
