/** The report of a choice at infinite width, and the infinite network's marks in the figures of a transfer. */

import { describe, expect, it } from 'vitest';
import { tuned } from '../../src/experiments/transfer/tune.ts';
import { transferFigure, transferReport, tuneReport } from '../../src/report/index.ts';
import { parsePage, sectionOf, tableOf, texts } from './page.ts';
import { curve, diverged, RATES, sweep, transferOf, withInfinite } from './transferSample.ts';

const infinite = withInfinite('mup', [curve(2), curve(1.8)], curve(1.7));
const INK = '#1b1f24';

describe('the infinite network in figures', () => {
  it('has its curve with a band, its best value with an interval, and a name, in the ink of limits', () => {
    const svg = transferFigure(transferOf([infinite]));
    expect(svg.match(/<title>width ∞, [\d.]+: /g)).toHaveLength(RATES.length);
    expect(svg).toContain('<title>width ∞: best');
    expect(svg).toContain('◆ ∞');
    for (const part of ['bands', 'intervals'])
      expect(svg).toMatch(new RegExp(`<g(?=[^>]*class="${part}")(?=[^>]*fill="${INK}")`));
    expect(svg).toMatch(/at the widths 64, 512,? and ∞/);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('is nowhere where none was asked for', () => {
    const svg = transferFigure(transferOf([sweep('mup', [curve(2), curve(1.8)])]));
    expect(svg).not.toContain('∞');
  });

  it('stands in the report: optima, losses by step, tables; one that has no limit says why', () => {
    const without = { ...sweep('ntp', [curve(2), curve(1.8)]), infinite: { reason: 'features stand still' } };
    const page = parsePage(transferReport({ result: transferOf([infinite, without]), made: [] }));
    expect(
      tableOf(page, 'Best learning rate')
        .find(([width]) => width === '∞')
        ?.slice(1, 2),
    ).toEqual(['0.0325']);
    expect(tableOf(page, 'Mean training loss')[0]).toEqual(['learning rate', 'width 64', 'width 512', '∞']);
    const [transferred] = [...sectionOf(page, 'curves').querySelectorAll('svg')];
    // Two widths and the infinite network under µP, two widths under NTP.
    expect([...(transferred?.querySelectorAll('.curves path') ?? [])]).toHaveLength(5);
    expect([...sectionOf(page, 'optima').querySelectorAll('.limits')].length).toBeGreaterThan(0);
    expect(sectionOf(page, 'losses').textContent).toContain('ntp at infinite width: features stand still.');
  });

  it('is drawn where everything diverged there', () => {
    const svg = transferFigure(transferOf([withInfinite('mup', [curve(2), curve(1.8)], diverged)]));
    expect(svg).not.toMatch(/NaN|Infinity|width ∞: best/);
  });
});

describe('the report of a tuning', () => {
  it('has the choice, the curves with the infinite one, and the checks', () => {
    const result = tuned(transferOf([infinite]), [64], [512]);
    const text = tuneReport({ result, made: [{ name: 'command', value: 'nexort tune' }] });
    const page = parsePage(text);
    expect(texts(page, 'h1')).toEqual(['MLP <b> with adam on digits: the learning rate of the infinite network']);
    expect(texts(page, '.lead')[0]).toMatch(/^0\.0325 .*is best at infinite width; of the values tried 0\.04, /);
    expect(tableOf(page, 'What the limit').map(([width]) => width)).toEqual(['width', '512']);
    expect([...sectionOf(page, 'losses').querySelectorAll('svg')]).toHaveLength(2);
    expect(text).toContain('width ∞: best');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});
