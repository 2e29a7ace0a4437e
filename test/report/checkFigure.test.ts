/** The figure of a check against its data: places are read back through the ticks that a reader would use. */

import { DOMParser } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { CheckedOutput, CheckResult, Verdict } from '../../src/experiments/index.ts';
import { mostInformative } from '../../src/report/checkFigure.ts';
import { checkFigure } from '../../src/report/index.ts';
import { only, type PageElement, texts } from './page.ts';

const WIDTHS = [32, 64, 128, 256, 512];
/** Coordinates are rounded to two decimals of a pixel, and an axis is some hundred pixels long. */
const TOLERANCE = 1e-3;

function output(name: string, size: number, exponent: number, verdict: Verdict = 'ok'): CheckedOutput {
  const distances = WIDTHS.map((width) => {
    const rms = verdict === 'equal' ? 0 : size * width ** exponent;
    return { width, rms, standardError: 0.07 * rms, mean: 0.5 };
  });
  const fitted = verdict === 'equal' ? {} : { exponent, exponentInterval: [exponent - 0.1, exponent + 0.1] as const };
  return { name, limit: 0.5, standardError: 1e-4, distances, ...fitted, verdict, reasons: [] };
}

function result(...outputs: readonly CheckedOutput[]): CheckResult {
  const passed = outputs.every(({ verdict }) => verdict !== 'slower');
  const base = {
    inFragment: true,
    violations: [],
    notes: [],
    singularities: [],
    steps: 1,
    widths: WIDTHS,
    seeds: 100,
    finite: [],
  };
  return { program: 'random features', ...base, outputs, passed };
}

function parse(svg: string | undefined): PageElement {
  return only(new DOMParser().parseFromString(svg ?? '', 'image/svg+xml') as unknown as PageElement, 'svg'); // as page.ts
}

/** Pixel of a power law's axis from the labels of its ticks. */
function axisOf(svg: PageElement, axis: 'x' | 'y'): (value: number) => number {
  const labels = [...svg.querySelectorAll(`.${axis}-ticks text`)];
  const ticks = labels.map((label) => {
    const [x = '', y = ''] = label.getAttribute('transform')?.match(/-?[\d.]+/g) ?? [];
    return { value: Number(label.textContent), place: Number(axis === 'x' ? x : y) };
  });
  const [first, last] = [ticks[0], ticks.at(-1)];
  if (first === undefined || last === undefined || first === last) return expect.fail('an axis without ticks');
  const scale = (last.place - first.place) / Math.log(last.value / first.value);
  return (value) => first.place + scale * Math.log(value / first.value);
}

const number = (element: PageElement | undefined, name: string): number => Number(element?.getAttribute(name));

function pathOf(element: PageElement): number[] {
  return (element.getAttribute('d')?.match(/-?[\d.]+/g) ?? []).map(Number);
}

describe('the figure of a check', () => {
  const [fast, slow] = [output('fast', 0.3, -0.51), output('slow', 0.2, -0.2, 'slower')];
  const text = checkFigure(result(fast, slow));
  const svg = parse(text);
  const [x, y] = [axisOf(svg, 'x'), axisOf(svg, 'y')];

  it('is an SVG file of its own with colors written out, and dark ones for those who prefer them', () => {
    expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(text).not.toMatch(/var\(|#ff00ff|<script|url\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(text).toContain('@media (prefers-color-scheme: dark)');
    expect(only(svg, 'rect.page').getAttribute('fill')).toBe('#ffffff');
  });

  it('has a point for each width at its distance, on logarithmic axes', () => {
    const groups = [...svg.querySelectorAll('.dots')];
    expect(groups).toHaveLength(2);
    [fast, slow].forEach(({ distances, name }, k) => {
      const dots = [...(groups[k]?.querySelectorAll('circle') ?? [])];
      expect(dots).toHaveLength(WIDTHS.length);
      distances.forEach(({ width, rms }, place) => {
        expect(number(dots[place], 'cx') / x(width)).toBeCloseTo(1, 2);
        expect(Math.abs(number(dots[place], 'cy') / y(rms) - 1)).toBeLessThan(TOLERANCE);
      });
      expect(texts(svg, '.dots title')).toContain(
        `${name} at width 64: ${distances[1]?.rms.toPrecision(3)} ± ${distances[1]?.standardError.toPrecision(2)}`,
      );
    });
  });

  it('has bars of one standard error of the logarithm', () => {
    const [bar] = [...svg.querySelectorAll('.bars line')];
    const [first] = fast.distances;
    const ends = [number(bar, 'y1'), number(bar, 'y2')].sort((a, b) => b - a);
    [-1, 1].forEach((sign, k) => {
      const expected = y((first?.rms ?? 0) * Math.exp(sign * 0.07));
      expect(Math.abs((ends[k] ?? 0) / expected - 1)).toBeLessThan(TOLERANCE);
    });
  });

  it('has a dashed line of slope −1/2 above all points', () => {
    const line = only(svg, '.reference path, path.reference');
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = pathOf(line);
    const logs = [x(Math.E) - x(1), y(Math.E) - y(1)];
    expect((y2 - y1) / (logs[1] ?? 1) / ((x2 - x1) / (logs[0] ?? 1))).toBeCloseTo(-0.5, 2);
    expect(y1).toBeLessThan(y(0.3 * 32 ** -0.51));
    expect(only(svg, '.reference').getAttribute('stroke-dasharray')).toMatch(/\d+ \d+/);
  });

  it('names its lines with their slopes, apart from each other, and says which is slower', () => {
    const labels = [...svg.querySelectorAll('[aria-label="text"] text')];
    const placeOf = (wanted: string): number => {
      const label = labels.find(({ textContent }) => textContent === wanted);
      return Number(label?.getAttribute('transform')?.match(/-?[\d.]+/g)?.[1] ?? expect.fail(wanted));
    };
    const pairs = [
      ['fast', '−0.51'],
      ['slow', 'slower −0.20'],
      ['n^(−1/2)', '−0.50'],
    ] as const;
    for (const [name, slope] of pairs) expect(placeOf(name)).toBe(placeOf(slope));
    const places = pairs.map(([name]) => placeOf(name)).sort((a, b) => a - b);
    for (const [k, place] of places.slice(1).entries()) expect(place - (places[k] ?? 0)).toBeGreaterThan(12);
  });

  it('says in words what it shows', () => {
    expect(svg.getAttribute('aria-label')).toBe(
      'Root-mean-square distance of random features from its infinite-width limit at the widths 32, 64, 128, 256 and 512, 100 seeds each, on logarithmic axes with the slope −1/2 for comparison. Fitted slopes: fast −0.51; slow −0.20 (slower).',
    );
  });
});

describe('what a figure leaves out', () => {
  it('is everything where all outputs equal their limits', () => {
    expect(checkFigure(result(output('zero', 0, 0, 'equal')))).toBeUndefined();
    expect(checkFigure({ ...result(), inFragment: false, passed: false })).toBeUndefined();
  });

  it('is told', () => {
    const many = Array.from({ length: 30 }, (_, k) => output(`kernel[${k}]`, 0.1 + k / 30, -0.5));
    const found = texts(parse(checkFigure(result(...many, output('zero', 0, 0, 'equal')))), 'text');
    expect(found).toContain('12 of 30 outputs are drawn: slower ones first, then entries of every output.');
    expect(found).toContain('1 output not drawn: equal to the limit at every width.');
    expect(found.filter((name) => name.startsWith('kernel['))).toHaveLength(12);
  });

  it('keeps slower outputs and some entries of every output', () => {
    const kernel = Array.from({ length: 9 }, (_, k) => output(`kernel[${Math.floor(k / 3)}, ${k % 3}]`, 1 + k, -0.5));
    const last = output('kernel[2, 2]', 1, -0.1, 'slower');
    const chosen = mostInformative([...kernel.slice(0, 8), last, output('loss', 0.5, -0.5)], 4);
    expect(chosen.map(({ name }) => name)).toEqual(['kernel[0, 0]', 'kernel[0, 1]', 'kernel[2, 2]', 'loss']);
  });

  it('is first of all what lies under another line', () => {
    const [size, other] = [output('kernel[0, 0]', 1, -0.5), output('kernel[0, 1]', 2, -0.5)];
    const twin = { ...other, name: 'kernel[1, 0]' };
    const chosen = mostInformative([size, other, twin, output('kernel[1, 1]', 3, -0.5)], 3);
    expect(chosen.map(({ name }) => name)).toEqual(['kernel[0, 0]', 'kernel[0, 1]', 'kernel[1, 1]']);
  });

  it('has names escaped', () => {
    const text = checkFigure({ ...result(output('<script>"&', 1, -0.5)), program: '</svg><b>' });
    expect(text).not.toContain('<script>');
    expect(text?.match(/<\/svg>/g)).toHaveLength(1);
    expect(texts(parse(text), 'text')).toContain('</svg><b>');
  });
});
