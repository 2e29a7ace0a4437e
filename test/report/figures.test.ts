/** Figures of a report against its data: places are read back through the ticks that a reader would use. */

import { describe, expect, it } from 'vitest';
import { type KernelReportData, kernelReport } from '../../src/report/index.ts';
import { cellColors, only, type PageElement, parsePage, sectionOf, texts } from './page.ts';
import { sampleData } from './sample.ts';

/** Plot moves lines by half a pixel to keep them sharp. */
const PIXEL = 1;

const number = (element: PageElement, name: string): number => Number(element.getAttribute(name));

/** Positions of tick labels along an axis with the numbers written there. */
function ticks(figure: PageElement, axis: 'x' | 'y'): { readonly value: number; readonly place: number }[] {
  const labels = [...figure.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)];
  return labels.map((label) => {
    const [x = '', y = ''] = label.getAttribute('transform')?.match(/-?[\d.]+/g) ?? [];
    return { value: tickValue(label.textContent), place: Number(axis === 'x' ? x : y) };
  });
}

function tickValue(text: string): number {
  const [, power] = /^10(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(text) ?? [];
  if (power === undefined) return Number(text.replace('%', '').replace('−', '-'));
  return 10 ** Number([...power].map((digit) => (digit === '⁻' ? '-' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit))).join(''));
}

/** The value at a place, between the first and the last tick of an axis. */
function valueAt(axis: ReturnType<typeof ticks>, place: number, scale: (value: number) => number = (value) => value) {
  const [first, last] = [axis[0], axis.at(-1)];
  if (first === undefined || last === undefined) return expect.fail('an axis without ticks');
  const share = (place - first.place) / (last.place - first.place);
  return scale(first.value) + share * (scale(last.value) - scale(first.value));
}

const shape = (page: PageElement, id: string): PageElement => only(sectionOf(page, id), 'figure svg');

describe('the figure of scores', () => {
  const data = sampleData({ seeds: [13, 21, 42, 87, 100] });
  const figure = shape(parsePage(kernelReport(data)), 'scores');
  const axis = ticks(figure, 'x');
  /** Percent on one pixel. */
  const tolerance = Math.abs(valueAt(axis, PIXEL) - valueAt(axis, 0));
  const [, kernel] = data.scores;

  it('has a dot for each draw at its score', () => {
    const dots = [...figure.querySelectorAll('.dots circle')];
    expect(dots.map((dot) => texts(dot, 'title')[0])).toEqual([
      'all draws: 65.0%',
      ...(kernel?.values.map((value, k) => `seed ${data.seeds[k]}: ${(100 * value).toFixed(1)}%`) ?? []),
    ]);
    const values = data.scores.flatMap((score) => score.values);
    dots.forEach((dot, k) => {
      expect(Math.abs(valueAt(axis, number(dot, 'cx')) - 100 * (values[k] ?? 0))).toBeLessThan(tolerance);
    });
  });

  it('has a bar of one standard deviation around the mean of the kernel only', () => {
    const bar =
      only(figure, '.bars path')
        .getAttribute('d')
        ?.match(/-?[\d.]+/g) ?? [];
    const mean = only(figure, '.means line');
    const ends = [Number(bar[0]), Number(bar[2]), number(mean, 'x1')].map((place) => valueAt(axis, place) / 100);
    const [center = 0, spread = 0] = [kernel?.mean, kernel?.std];
    [center - spread, center + spread, center].forEach((expected, k) => {
      expect(Math.abs((ends[k] ?? 0) - expected)).toBeLessThan(tolerance / 100);
    });
  });

  it('marks the chance level', () => {
    const rule = only(figure, '[stroke-dasharray] line, line[stroke-dasharray]');
    expect(Math.abs(valueAt(axis, number(rule, 'x1')) - 50)).toBeLessThan(tolerance);
    expect(texts(figure, 'text')).toContain('chance 50.0%');
  });
});

describe('the heat maps', () => {
  const data = sampleData({
    labels: ['no', 'maybe', 'yes'],
    trainLabels: [2, 0, 2, 1, 1, 2, 0, 2],
    seeds: [7],
    common: 2,
  });
  const page = parsePage(kernelReport(data));
  const section = sectionOf(page, 'kernel');
  const [plain, centered] = [...section.querySelectorAll('figure svg')];
  const [plainLegend, centeredLegend] = [...section.querySelectorAll('.keys svg')];
  const [draw] = data.kernel.draws;
  // Labels 0, 1, 2 are at 1 and 6, at 3 and 4, and at the other places.
  const order = [1, 6, 3, 4, 0, 2, 5, 7];

  function trace(i: number, j: number): number {
    const size = 3 * order.length;
    return [0, 1, 2].reduce((sum, c) => sum + (draw?.kernel[(3 * i + c) * size + 3 * j + c] ?? Number.NaN) / 3, 0);
  }

  /** The values that a map's colors have in a legend, NaN for colors that are not in it. */
  function valuesIn(
    map: PageElement | undefined,
    legend: PageElement | undefined,
    theme: 'light' | 'dark',
  ): number[][] {
    if (map === undefined || legend === undefined) return expect.fail('a map without legend');
    const [ramp = []] = cellColors(legend, theme);
    const axis = ticks(legend, 'x');
    const image = only(legend, `.only-${theme} image`);
    return cellColors(map, theme).map((row) =>
      row.map((color) => {
        const place = ramp.indexOf(color);
        if (place < 0) return Number.NaN;
        return valueAt(axis, number(image, 'x') + ((place + 0.5) / ramp.length) * number(image, 'width'));
      }),
    );
  }

  it.each(['light', 'dark'] as const)(
    'has the colors of the normalized trace, ordered by class, in the %s theme',
    (theme) => {
      const shown = valuesIn(plain, plainLegend, theme);
      const step = 2 / 255 + 0.01; // one color, and ticks of two decimals
      order.forEach((a, i) => {
        order.forEach((b, j) => {
          const value = shown[i]?.[j] ?? 0;
          if (a === b) expect(value).toBeNaN();
          else expect(Math.abs(value - trace(a, b) / Math.sqrt(trace(a, a) * trace(b, b)))).toBeLessThan(step);
        });
      });
    },
  );

  it('has both signs around 0 in the centered map', () => {
    const values = valuesIn(centered, centeredLegend, 'light').flat().filter(Number.isFinite);
    expect(Math.min(...values)).toBeLessThan(0);
    expect(Math.max(...values)).toBeGreaterThan(0);
    const axis = centeredLegend === undefined ? [] : ticks(centeredLegend, 'x');
    expect(axis[2]?.value).toBe(0);
    expect(axis[0]?.value).toBe(-(axis.at(-1)?.value ?? 0));
  });

  it('draws and names the classes', () => {
    const image = only(plain ?? page, '.only-light image');
    const [left, side] = [number(image, 'x'), number(image, 'width')];
    const lines = [...(plain?.querySelectorAll('[aria-label="rule"] line') ?? [])];
    const upright = lines.filter((line) => line.getAttribute('x1') === line.getAttribute('x2'));
    expect(upright.map((line) => Math.round(((number(line, 'x1') - left) / side) * 8))).toEqual([2, 4]);
    expect(lines).toHaveLength(4);
    expect(texts(plain ?? page, '[aria-label="text"] text')).toEqual(['no', 'maybe', 'yes']);
  });

  it('tells the example of a row', () => {
    const titles = [...(plain?.querySelectorAll('.rows title') ?? [])].map(({ textContent }) => textContent);
    expect(titles).toHaveLength(8);
    expect(titles[2]).toMatch(
      /^Example 3, maybe: Text 3 of class 1 .*\nMean with no 0\.\d\d, maybe 0\.\d\d, yes 0\.\d\d$/,
    );
  });

  it('says in words what it shows', () => {
    expect(plain?.getAttribute('aria-label')).toMatch(
      /^Heat map of the SGD kernel of draw 7, normalized: 8 by 8 training examples in the order 2 no, 2 maybe, 4 yes\. Mean over pairs of one class 0\.\d\d, over pairs of two classes 0\.\d\d\./,
    );
  });

  it('averages neighbors of one class where cells would be too small', () => {
    const many = manyExamples(300);
    const map = parsePage(kernelReport(many)).querySelector('figure[class], .draw figure svg');
    const colors = map === null ? [] : cellColors(map, 'light');
    expect(colors).toHaveLength(150);
    expect(texts(map ?? page, '.rows title').slice(-1)).toEqual(['Examples 299 to 300: positive']);
  });
});

/** One draw with a kernel that is 1 on the diagonal and 0.5 elsewhere. */
function manyExamples(count: number): KernelReportData {
  const data = sampleData({ shots: 1, seeds: [1] });
  const labels = Array.from({ length: count }, (_, k) => (k < count / 2 ? 0 : 1));
  const kernel = labels.flatMap((_, i) => labels.map((__, j) => (i === j ? 1 : 0.5)));
  const draw = { seed: 1, labels, texts: labels.map(String), kernel, eigenvalues: labels.map(() => 1) };
  return { ...data, kernel: { ...data.kernel, draws: [draw] } };
}

describe('the figure of eigenvalues', () => {
  const [given] = sampleData({ shots: 2, seeds: [5] }).kernel.draws;
  const eigenvalues = [2, 1000, 1e-13, 50]; // 1e-13 is below 4 · 2⁻⁵² · 1000
  const solver = { chosen: 'a', ridge: 0.02, candidates: [] };
  const draws = given === undefined ? [] : [{ ...given, eigenvalues, solver }];
  const data = sampleData({ shots: 2, seeds: [5] });
  const page = parsePage(kernelReport({ ...data, kernel: { ...data.kernel, draws } }));
  const figure = shape(page, 'spectrum');
  const [x, y] = [ticks(figure, 'x'), ticks(figure, 'y')];

  it('has eigenvalues above rounding relative to the largest, on a log scale against rank', () => {
    const dots = [...figure.querySelectorAll('[aria-label="dot"] circle')];
    const points = dots.map((dot) => [valueAt(x, number(dot, 'cx')), valueAt(y, number(dot, 'cy'), Math.log10)]);
    const expected = [
      [1, 0],
      [2, Math.log10(0.05)],
      [3, Math.log10(0.002)],
    ];
    expect(points).toHaveLength(3);
    points.flat().forEach((value, k) => {
      expect(Math.abs(value - (expected.flat()[k] ?? 0))).toBeLessThan(0.02);
    });
  });

  it('marks the ridge', () => {
    const rule = only(figure, '[stroke-dasharray] line, line[stroke-dasharray]');
    expect(Math.abs(valueAt(y, number(rule, 'y1'), Math.log10) - Math.log10(0.02))).toBeLessThan(0.02);
    expect(texts(figure, '.ridges text')).toEqual(['ridge 0.02']);
  });

  it('has its numbers in the table beside it', () => {
    const row = texts(sectionOf(page, 'spectrum'), 'tbody tr th, tbody tr td');
    expect(row).toEqual(['5', expect.stringMatching(/^−?[01]\.\d\d$/), '1,000', '95.1%', '3 of 4', '2']);
  });
});
