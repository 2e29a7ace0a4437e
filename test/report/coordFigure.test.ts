import { describe, expect, it } from 'vitest';
import type { CoordResult, Measured } from '../../src/experiments/index.ts';
import { coordFigure } from '../../src/report/index.ts';

const widths = [64, 128, 256];

function measured(
  layer: string,
  quantity: Measured['quantity'],
  step: number,
  exponent: number,
  predicted: number,
): Measured {
  const sizes = widths.map((width) => 0.5 * width ** exponent);
  return {
    layer,
    quantity,
    step,
    sizes,
    exponent,
    standardError: 0.01,
    predicted,
    bound: false,
    judgement: exponent === predicted ? 'agrees' : 'differs',
  };
}

const result: CoordResult = {
  verdict: 'fail',
  parametrization: 'mine <1>',
  optimizer: 'adam',
  widths,
  seeds: 4,
  steps: 3,
  measured: [1, 3].flatMap((step) => [
    measured('layer 1', 'preactivation', step, 0, 0),
    measured('layer 1', 'change', step, 0, 0),
    measured('output', 'change', step, step, 0),
  ]),
  doubts: [],
  findings: [
    {
      layer: 'output',
      quantity: 'change',
      step: 1,
      predicted: 0,
      measured: 1,
      interval: [0.98, 1.02],
      kind: 'differs',
      begins: true,
      text: '',
    },
  ],
  causes: [],
};

describe('the figure of a coordinate check', () => {
  const svg = coordFigure(result);

  it('shows the step at which something goes wrong first, a line for every layer and panel', () => {
    expect(svg).toContain(
      'sizes after 1 update, 4 seeds a width; dashed: the predicted slope, dotted: one not to be exceeded',
    );
    expect(svg.match(/stroke-dasharray="5 4"/g)).toHaveLength(3);
    for (const text of ['preactivations', 'change since the start', 'what updates see', 'layer 1', 'output']) {
      expect(svg).toContain(`>${text}<`);
    }
  });

  it('draws a slope that is a bound dotted', () => {
    const bounds = result.measured.map((one) => ({ ...one, bound: true }));
    const drawn = coordFigure({ ...result, measured: bounds });
    expect(drawn.match(/stroke-dasharray="1 5"/g)).toHaveLength(3);
    expect(drawn).not.toContain('stroke-dasharray="5 4"');
  });

  it('has a row of panels for each block of a network of many layers, that where it begins first', () => {
    const layers = [
      'embedding',
      'query 1',
      'key 1',
      'value 1',
      'mix 1',
      'up 1',
      'down 1',
      'query 2',
      'key 2',
      'output',
    ];
    const all = layers.map((layer) => measured(layer, 'change', 1, 0, 0));
    const [first] = result.findings;
    if (first === undefined) expect.fail('no finding');
    const deep = coordFigure({ ...result, measured: all, findings: [{ ...first, layer: 'key 2' }] });
    const places = ['block 2', 'query 2', 'embedding', 'block 1', '○ down 1', 'output'].map((text) =>
      deep.indexOf(`>${text}<`),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    // Rows from top to bottom: 2, embedding, 1, output.
    const rowOf = (text: string): number =>
      Number(new RegExp(`translate\\([\\d.]+,([\\d.]+)\\)"[^>]*>${text}<`).exec(deep)?.[1]);
    const rows = ['block 2', 'embedding', 'block 1', 'output'].map(rowOf);
    expect(rows).toEqual(rows.toSorted((one, other) => one - other));
    expect(new Set(deep.match(/--series-\d/g) ?? []).size).toBe(0);
    expect(coordFigure({ ...result, measured: all.slice(0, 5) })).not.toContain('>block 1<');
  });

  it('is a file of its own that says what it shows, with every text escaped', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('trained by adam, at the widths 64, 128 and 256');
    expect(svg).not.toContain('mine <1>');
    expect(svg).not.toContain('var(--');
    expect(coordFigure(result)).toBe(svg);
  });

  it('leaves out what is 0 or not finite, and says so', () => {
    const lost = (sizes: readonly number[]): Measured => ({
      ...{ layer: 'layer 2', quantity: 'change', step: 1, sizes },
      ...{ exponent: Number.POSITIVE_INFINITY, predicted: 0, bound: false, judgement: 'differs' },
    });
    const words = '; lines with sizes that are not finite are left out';
    for (const sizes of [
      [1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [1, 2, Number.NaN],
    ]) {
      const some = coordFigure({ ...result, measured: [...result.measured, lost(sizes)] });
      expect(some).toContain(words);
      expect(some.match(/stroke-dasharray="5 4"/g)).toHaveLength(3);
      expect(some).not.toMatch(/NaN|Infinity/);
      expect(coordFigure({ ...result, measured: [lost(sizes)] })).toContain(words);
    }
    expect(svg).not.toContain(words);
    expect(coordFigure({ ...result, measured: [...result.measured, lost([0, 0, 0])] })).not.toContain(words);
  });

  it('shows the last step where nothing is wrong', () => {
    expect(coordFigure({ ...result, verdict: 'pass', findings: [] })).toContain('sizes after 3 updates');
  });
});
