import { describe, expect, it } from 'vitest';
import { transferReport } from '../../src/report/index.ts';
import { parsePage, sectionOf, tableOf, texts } from './page.ts';
import { curve, diverged, RATES, sweep, transferOf } from './transferSample.ts';

const made = [{ name: 'command', value: 'nexort transfer --data digits' }];
const result = transferOf([sweep('mup', [curve(2), curve(1.8)]), sweep('sp', [curve(3), curve(1.1)])]);
const text = transferReport({ result, made });
const page = parsePage(text);

describe('the report of a transfer', () => {
  it('begins with the verdicts in words', () => {
    expect(texts(page, 'h1')).toEqual([
      'MLP <b> with adam on digits: does the best learning rate stay as the network grows?',
    ]);
    const [mup, sp] = texts(page, '.lead');
    expect(mup).toBe(
      'mup: the best learning rate stays within a factor of 2: it moves by ÷1.15 (95 %: ÷1.15 to ÷1.15) from width 64 to ' +
        '512; with the best of width 64, the loss at width 512 is 1.00 times its least.',
    );
    expect(sp).toMatch(
      /^sp: whether .* is unclear: at width 64 it lies at the end of the values tried, at ÷3\.73 .*; give larger ones\.$/,
    );
    expect(texts(page, '.cards li')).toEqual([
      'mup stays ÷1.15 from width 64 to 512',
      'sp unclear ÷3.73 from width 64 to 512',
    ]);
    expect(texts(page, '.warnings li')).toEqual([
      '2 seeds a point: intervals come from drawing seeds anew and are rough with so few.',
      'Under sp, the best learning rate at width 64 lies at the end of the values tried; a better one may lie beyond.',
    ]);
  });

  it('draws losses by value, optima by width, and losses by step', () => {
    const figures = (section: string): number => [...sectionOf(page, section).querySelectorAll('figure svg')].length;
    expect(['losses', 'optima', 'curves'].map(figures)).toEqual([1, 1, 2]);
    const curves = [...sectionOf(page, 'curves').querySelectorAll('svg')];
    // A line for each width in each of the panels.
    for (const svg of curves) expect([...svg.querySelectorAll('.curves path')]).toHaveLength(4);
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has the numbers in tables', () => {
    expect(tableOf(page, 'Best learning rate')).toEqual([
      ['', 'mup', 'sp'],
      ['width', 'best', 'from', 'to', 'best', 'from', 'to'],
      ['64', '0.0400', '0.0400', '0.0400', '≥ 0.0800', '0.0800', '0.0800'],
      ['512', '0.0348', '0.0348', '0.0348', '0.0214', '0.0214', '0.0214'],
      ['largest / smallest', '÷1.15', '÷1.15', '÷1.15', '÷3.73', '÷3.73', '÷3.73'],
      ['cost of transfer', '1.000', '', '', '2.176', '', ''],
    ]);
    expect(tableOf(page, 'Mean training loss').slice(0, 3)).toEqual([
      ['learning rate', 'width 64', 'width 512'],
      ['0.01', '0.705 ± 0.0050', '0.629 ± 0.0050'],
      ['0.02', '0.405 ± 0.0050', '0.369 ± 0.0050'],
    ]);
  });

  it('says how it was made, with the licence of the data, and escapes every text', () => {
    const facts = tableOf(page, 'The experiment');
    expect(facts).toContainEqual(['where from', '20 digits from a package (licence MIT).']);
    expect(facts).toContainEqual(['seeds', '5 to 6']);
    expect(facts).toContainEqual(['swept', `learningRate: ${RATES.join(', ')}`]);
    expect(tableOf(page, 'The run')).toEqual([['command', 'nexort transfer --data digits']]);
    expect(text).not.toContain('MLP <b>');
    expect(text).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(transferReport({ result, made })).toBe(text);
  });

  it('tells a loss of 0, which gives no ratio, from divergence', () => {
    const exact = RATES.map((_, k) => [(k - 2) ** 2, (k - 2) ** 2]);
    const cut = curve(1).map((losses) => losses.map((loss, k) => (k === 0 ? null : loss)));
    const sweeps = [sweep('mup', [curve(1), exact]), sweep('sp', [curve(1), cut])];
    const found = parsePage(transferReport({ result: transferOf(sweeps), made: [] }));
    expect(tableOf(found, 'Best learning rate').at(-1)).toEqual(['cost of transfer', '–', '', '', 'diverges', '', '']);
  });

  it('is written where everything diverged, and for another hyperparameter', () => {
    const none = transferReport({ result: transferOf([sweep('sp', [diverged, diverged])], { seeds: 1 }), made: [] });
    expect(none).toContain('diverged, 2 of 1');
    expect(none).not.toMatch(/NaN|Infinity/);
    const beta = { name: 'beta1', words: 'beta1', scale: 'memory' } as const;
    const values = [0.5, 0.75, 0.875, 0.9375];
    const swept = sweep('mup', [curve(1.5), curve(1.8)], values, beta);
    const other = parsePage(
      transferReport({ result: transferOf([swept], { values, hyperparameter: beta, learningRate: 0.01 }), made: [] }),
    );
    expect(texts(other, '.cards li')).toEqual(['mup stays ×1.23 in 1/(1 − beta1) from width 64 to 512']);
    expect(tableOf(other, 'The experiment')).toContainEqual(['learning rate', '0.01']);
    expect(tableOf(other, 'Best beta1')[2]).toEqual(['64', '0.82', '0.82', '0.82']);
  });
});
