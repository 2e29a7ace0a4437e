import { describe, expect, it } from 'vitest';
import type { CoordResult, Measured } from '../../src/experiments/index.ts';
import { coordReport } from '../../src/report/index.ts';
import { parsePage, sectionOf, tableOf, texts } from './page.ts';

const widths = [64, 128, 256];

function measured(quantity: Measured['quantity'], step: number, exponent: number, predicted?: number): Measured {
  const sizes = widths.map((width) => 0.5 * width ** exponent);
  const judgement = exponent === predicted ? 'agrees' : 'differs';
  const base = {
    layer: 'output',
    quantity,
    step,
    sizes,
    exponent,
    standardError: 0.01,
    bound: false,
    judgement,
  } as const;
  return predicted === undefined ? base : { ...base, predicted };
}

const passed: CoordResult = {
  ...{ verdict: 'pass', parametrization: 'mine <1>', optimizer: 'adam', widths, seeds: 4, steps: 2 },
  measured: [0, 1, 2].flatMap((step) => [measured('preactivation', step, -0.5, -0.5)]),
  findings: [],
  doubts: [],
};

const failed: CoordResult = {
  ...passed,
  verdict: 'fail',
  measured: [0, 1, 2].flatMap((step) => [
    measured('preactivation', step, step, 0),
    { layer: 'output', quantity: 'change', step, sizes: [0, 0, 0], bound: false, judgement: 'agrees' },
  ]),
  findings: [
    {
      ...{ layer: 'output', quantity: 'preactivation', step: 1, predicted: 0, measured: 1, interval: [0.98, 1.02] },
      ...{ kind: 'differs', begins: true, text: 'output: preactivation after 1 step is of size n^1.00, predicted n^0' },
    },
  ],
  causes: [['learning rate of w3: c is off by -1', 'd is off by 1'], ['multiplier of w3: a is off by -1']],
};

const page = (result: CoordResult) =>
  parsePage(
    coordReport({
      result,
      net: 'MLP',
      settings: [{ name: 'learning rate', value: '0.01' }],
      made: [{ name: 'command', value: 'nexort coord' }],
    }),
  );

describe('the report of a coordinate check', () => {
  it('says that all is as predicted', () => {
    const found = page(passed);
    expect(texts(found, 'h1')).toEqual(['MLP in mine <1> with adam: do its coordinates scale as predicted?']);
    expect(texts(found, '.lead')).toEqual(['Pass. Every size is as predicted, and none grows with the width.']);
    expect([...found.querySelectorAll('#findings')]).toHaveLength(0);
    expect([...sectionOf(found, 'sizes').querySelectorAll('svg')]).toHaveLength(1);
  });

  it('says of what too little has been seen, and marks it; bounds are told as bounds', () => {
    const one: Measured = { ...measured('preactivation', 1, -0.25, 0), bound: true, judgement: 'unclear' };
    const text = 'output: preactivation after 1 step is of size n^(-0.25 ± 0.90), predicted at most n^0.00';
    const doubts = [{ layer: 'output', quantity: 'preactivation', step: 1, text } as const];
    const found = page({ ...passed, verdict: 'unclear', measured: [one], doubts });
    expect(texts(found, '.lead')).toEqual([
      `Unclear. Nothing contradicts the prediction, but of 1 exponent too little has been seen to rule out a mistake: ${text}. More seeds say more, and more widths, further apart.`,
    ]);
    expect(tableOf(found, 'Measured ± one')[1]).toEqual(['output, preactivation', '–', '−0.25 ± 0.01 (≤ 0) ?', '–']);
  });

  it('says what goes wrong first, and which mistakes would explain it', () => {
    const found = page(failed);
    expect(texts(found, '.lead')).toEqual([
      'Fail. Output: preactivation after 1 step is of size n^1.00, predicted n^0.',
    ]);
    expect(texts(sectionOf(found, 'findings'), 'li')).toEqual([
      'output: preactivation after 1 step is of size n^1.00, predicted n^0 (the exponent lies between 0.98 and 1.02)',
      'learning rate of w3: c is off by -1; or d is off by 1',
      'multiplier of w3: a is off by -1',
    ]);
    const downstream = { ...failed.findings[0], layer: 'layer 2', begins: false, text: 'layer 2: downstream' };
    const ordered = page({ ...failed, findings: [downstream, ...failed.findings] as CoordResult['findings'] });
    expect(texts(sectionOf(ordered, 'findings'), 'h3')).toEqual([
      'It begins here',
      'Then',
      'Any one of these mistakes would explain it',
    ]);
    expect(
      texts(sectionOf(ordered, 'findings'), 'li')
        .map((text) => text.split(':')[0])
        .slice(0, 2),
    ).toEqual(['output', 'layer 2']);
    // The step that shows it first, and the last one.
    expect(texts(sectionOf(found, 'sizes'), 'figcaption').map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([
      'After 1 update,',
      'After 2 updates.',
    ]);
  });

  it('has the exponents in a table, and how it was made', () => {
    expect(tableOf(page(failed), 'Measured ± one')).toEqual([
      ['', 'start', '1 update', '2 updates'],
      ['output, preactivation', '0.00 ± 0.01 (0)', '1.00 ± 0.01 (0)', '2.00 ± 0.01 (0)'],
      ['output, its change', '–', '–', '–'],
    ]);
    expect(tableOf(page(passed), 'The experiment')).toContainEqual(['learning rate', '0.01']);
    expect(texts(page(failed), 'td.chosen')).toEqual(['1.00 ± 0.01 (0)', '2.00 ± 0.01 (0)']);
    expect(texts(page(passed), 'td.chosen')).toEqual([]);
  });
});
