import { describe, expect, it } from 'vitest';
import { type LossFigureData, lossFigure } from '../../src/report/index.ts';

const data: LossFigureData = {
  ...{ net: 'MLP <2>', width: 64, data: 'digits', loss: 'cross-entropy', optimizer: 'adam', batch: 32 },
  losses: Array.from({ length: 1000 }, (_, k) => 2 / (1 + k)),
  evaluations: [0, 500, 1000].map((step) => ({ step, examples: 10, loss: 2.1 / (1 + step), accuracy: 0.5 })),
  best: { step: 1000, examples: 10, loss: 2.1 / 1001, accuracy: 0.5 },
  divergence: null,
};

describe('the figure of a training', () => {
  it('has a line of losses, means of neighbors where there are many, and one of the examples held out', () => {
    const svg = lossFigure(data);
    expect(svg).toMatch(/^<svg xmlns/);
    expect(svg).toContain('MLP &lt;2&gt; of width 64 with adam on digits');
    expect(svg).toContain('cross-entropy over 1,000 steps of 32 examples');
    expect(svg.match(/<title>after [\d,]+ steps: /g)).toHaveLength(3);
    expect(svg).toContain('<title>after 500 steps: 0.00419</title>');
    expect(svg).toMatch(/aria-label="[^"]*The least on examples held out is 0\.0021 after 1,000 steps\."/);
    // 1000 steps in groups of 4: 250 points, joined by lines.
    const [, path = ''] = /class="training"[^>]*>.*?d="([^"]*)"/s.exec(svg) ?? [];
    expect(path.match(/[ML]/g)).toHaveLength(250);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('is marked where training diverged, and drawn where it did at once or reached 0', () => {
    const divergence = {
      ...{ step: 3, value: 'x', instruction: 'x[] = exp(h)', found: 'Infinity' as const, place: {}, operands: [] },
      text: 'diverged at step 3: x[] = exp(h) is Infinity',
    };
    const marked = lossFigure({ ...data, losses: [1, 2], divergence });
    expect(marked).toContain('>diverged</text>');
    expect(marked).toMatch(/aria-label="[^"]*diverged at step 3: x\[\] = exp\(h\) is Infinity\."/);
    for (const losses of [[], [0, 0]]) {
      const empty = lossFigure({ ...data, losses, evaluations: [], best: null, divergence: null });
      expect(empty).toContain('steps');
      expect(empty).not.toMatch(/NaN|Infinity/);
    }
  });
});
