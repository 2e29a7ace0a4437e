/** The phase diagram against its data: places are read back through the ticks that a reader would use. */

import { DOMParser } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { type PhaseData, phaseDiagram } from '../../src/report/index.ts';
import { only, type PageElement, texts } from './page.ts';

const NAMED = [
  { name: 'µP', readout: 1, r: 0 },
  { name: 'NTP', readout: 0.5, r: 0.5 },
  { name: 'UP_1/4', readout: 0.75, r: 0.25 },
  { name: 'SP, rate n^(−3/2)', readout: 0.5, r: 0.5 },
  { name: 'SP, rate n^(−1)', readout: 0.5, r: 0 },
];
const GIVEN = { name: 'mine', readout: 1.25, r: 0.75 };
const data = (given: PhaseData['given'] = GIVEN): PhaseData => ({
  ...{ title: 'mine with adam, 3 hidden layers', verdict: 'trivial, r = 3/4', given, named: NAMED },
});

function parse(svg: string): PageElement {
  return only(new DOMParser().parseFromString(svg, 'image/svg+xml') as unknown as PageElement, 'svg'); // as page.ts
}

const numbers = (text: string | null): number[] => (text?.match(/-?[\d.]+/g) ?? []).map(Number);

/** The value of `1/4`, `−1/2`, `1`. */
const fraction = (text: string): number => {
  const [top = 0, bottom = 1] = numbers(text.replace('−', '-').replace('/', ' '));
  return top / bottom;
};

/** Pixel of a value from the labels of its axis. */
function axisOf(svg: PageElement, axis: 'x' | 'y'): (value: number) => number {
  const ticks = [...svg.querySelectorAll(`.${axis}-ticks text`)].map((label) => ({
    value: fraction(label.textContent),
    place: numbers(label.getAttribute('transform'))[axis === 'x' ? 0 : 1] ?? Number.NaN,
  }));
  const [first, last] = [ticks[0], ticks.at(-1)];
  if (first === undefined || last === undefined || first === last) return expect.fail('an axis without ticks');
  const scale = (last.place - first.place) / (last.value - first.value);
  for (const { value, place } of ticks) expect(place).toBeCloseTo(first.place + scale * (value - first.value), 0);
  return (value) => first.place + scale * (value - first.value);
}

const center = (dot: PageElement | undefined): number[] => [
  Number(dot?.getAttribute('cx')),
  Number(dot?.getAttribute('cy')),
];

describe('the phase diagram', () => {
  const text = phaseDiagram(data());
  const svg = parse(text);
  const [x, y] = [axisOf(svg, 'x'), axisOf(svg, 'y')];

  it('is an SVG file of its own with colors written out, and dark ones for those who prefer them', () => {
    expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(text).not.toMatch(/var\(|#ff00ff|<script|url\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(text).toContain('@media (prefers-color-scheme: dark)');
    expect(only(svg, 'rect.page').getAttribute('fill')).toBe('#ffffff');
  });

  it('marks parametrizations at the size of their readout and at r, those of one place together', () => {
    const dots = [...svg.querySelectorAll('.named circle')].map(center);
    const places = [...new Map(NAMED.map(({ readout, r }) => [`${readout} ${r}`, [x(readout), y(r)]])).values()];
    expect(dots).toHaveLength(places.length);
    places.forEach((place, k) => {
      // Labels of ticks stand half a pixel off.
      expect(Math.hypot((dots[k]?.[0] ?? 0) - (place[0] ?? 0), (dots[k]?.[1] ?? 0) - (place[1] ?? 0))).toBeLessThan(1);
    });
    expect(texts(svg, '.point-name text')).toEqual([
      'µP',
      'NTP, SP, rate n^(−3/2)',
      'UP_1/4',
      'SP, rate n^(−1)',
      'mine',
    ]);
    const [cx = 0, cy = 0] = center(only(svg, '.given circle'));
    expect(Math.hypot(cx - x(GIVEN.readout), cy - y(GIVEN.r))).toBeLessThan(1);
  });

  it('has the regions of the classification with their names', () => {
    /** Corners of an area: its path runs along the top and back along the bottom. */
    const corners = (name: string): number[][] => {
      const path = numbers(only(svg, `.region.${name} path, path.region.${name}`).getAttribute('d'));
      return Array.from({ length: path.length / 2 }, (_, k) => path.slice(2 * k, 2 * k + 2));
    };
    const has = (name: string, at: readonly [number, number]): void => {
      const near = corners(name).some(([px = 0, py = 0]) => Math.hypot(px - x(at[0]), py - y(at[1])) < 1);
      expect(near, `${name} at ${at}`).toBe(true);
    };
    for (const [name, ...points] of [
      ['start', [0.25, 1], [0.5, -0.5]],
      ['features', [0.5, 0], [1.5, -0.5]],
      ['output', [0.5, 0], [0.5, 0.5], [1, 0]],
      ['operator', [0.5, 0.5], [1, 0], [1, 1]],
      ['trivial', [1, 0], [1.5, 1]],
    ] as const) {
      for (const point of points) has(name, point);
    }
    const line = numbers(only(svg, '.uniform path, path.uniform').getAttribute('d'));
    [x(0.5), y(0.5), x(1), y(0)].forEach((place, k) => {
      expect(Math.abs((line[k] ?? 0) - place)).toBeLessThan(1);
    });
    expect(texts(svg, '.region-name text').join(' | ')).toBe(
      [
        'unstable: the readout is too large',
        'unstable: features grow',
        'unstable:f grows with thechange of features',
        'operator regimeif the readout learns (a + c = 1),trivial if it does not',
        'operator regime',
        'trivial:f does not change',
        'feature learning',
      ].join(' | '),
    );
  });

  it('says in words what it shows', () => {
    expect(svg.getAttribute('aria-label')).toBe(
      'Phase diagram of mine with adam, 3 hidden layers: trivial, r = 3/4. The size n^(−x) of the trained readout against the change n^(−r) of features. Unstable where x is below 1/2, r below 0 or x + r below 1; the line x + r = 1 is the operator regime, its end at x = 1, r = 0 feature learning; beyond x = 1 training is trivial. Marked: mine at x = 1.25, r = 0.75, µP at x = 1, r = 0, NTP at x = 0.5, r = 0.5, UP_1/4 at x = 0.75, r = 0.25, SP, rate n^(−3/2) at x = 0.5, r = 0.5 and SP, rate n^(−1) at x = 0.5, r = 0.',
    );
  });

  it('keeps what lies beyond its axes at their ends, and tells where it is', () => {
    const far = parse(phaseDiagram(data({ name: 'far', readout: 0, r: -1 })));
    const [cx = 0, cy = 0] = center(only(far, '.given circle'));
    expect(cx).toBeGreaterThan(x(0.25));
    expect(cx).toBeLessThan(x(0.5));
    expect(cy).toBeLessThan(y(-0.5));
    expect(cy).toBeGreaterThan(y(0));
    expect(texts(far, '.point-name text').at(-1)).toBe('far (beyond: x = 0, r = −1)');
  });

  it('does without a place of the given one, and escapes its name', () => {
    const without = parse(phaseDiagram({ ...data(), given: undefined }));
    expect([...without.querySelectorAll('.given')]).toHaveLength(0);
    const odd = phaseDiagram(data({ ...GIVEN, name: '</svg><b>"&' }));
    expect(odd.match(/<\/svg>/g)).toHaveLength(1);
    expect(texts(parse(odd), '.point-name text')).toContain('</svg><b>"&');
  });
});
