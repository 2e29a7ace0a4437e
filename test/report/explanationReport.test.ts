import { describe, expect, it } from 'vitest';
import { type ExplanationReportData, explanationReport } from '../../src/report/index.ts';
import { parsePage, texts } from './page.ts';

const DATA: ExplanationReportData = {
  task: 'invented',
  texts: [
    {
      text: 'a <b>joy</b>',
      label: 'positive',
      probability: 0.75,
      logit: 1.5,
      intercept: 0,
      initial: 0.25,
      contributions: Array.from({ length: 10 }, (_, k) => ({ text: `text ${k}`, label: 'positive', weight: 0.125 })),
      layers: [
        { layer: 'embeddings', weight: 1.5, byToken: [2, -0.5] },
        { layer: 'head', weight: -0.25, byToken: [0, -0.25] },
      ],
      tokens: [
        { token: 'joy', weight: 2 },
        { token: '</span>', weight: -0.75 },
      ],
    },
    {
      ...{ text: 'by votes', label: 'negative', probability: 0.5, logit: 2, intercept: 0, initial: 0 },
      ...{ contributions: [], layers: [] },
    },
  ],
  warnings: [],
  settings: [{ name: 'kernel', value: 'SGD kernel' }],
  made: [],
};

describe('explanationReport', () => {
  const text = explanationReport(DATA);
  const page = parsePage(text);

  it('colors tokens by sign and size, the strongest most', () => {
    const tokens = [...page.querySelectorAll('.tokens .token')];
    expect(tokens.map((one) => [one.textContent, one.getAttribute('class'), one.getAttribute('style')])).toEqual([
      ['joy', 'token for', '--share: 85%'],
      ['</span>', 'token against', '--share: 32%'],
    ]);
  });

  it('has layers as bars that are told in words too', () => {
    const [figure] = [...page.querySelectorAll('svg')];
    expect(figure?.getAttribute('aria-label')).toBe('What layers add: embeddings 1.5, head −0.25');
  });

  it('adds training examples up to the logit, those beyond the first eight in one line', () => {
    const rows = texts(page, '#text-1 ~ .scroll tfoot tr').map((row) => row.replace(/\s+/g, ' ').trim());
    expect(rows.join('; ')).toMatch(/0\.25.*2 other training examples; .*0\.25.*the model's own answer.*; sum.*1\.5/);
  });

  it('escapes what data hold', () => {
    expect(text).not.toContain('<b>joy');
    expect(texts(page, 'h2#text-1')).toEqual(['a <b>joy</b>']);
  });

  it('gives the label alone where there is no sum', () => {
    expect(texts(page, 'h2#text-2')).toEqual(['by votes']);
  });
});
