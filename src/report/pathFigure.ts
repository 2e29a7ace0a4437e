/** Lines with bands in panels side by side: the limit in ink, networks in the colors of their widths. */

import { required } from '../errors/index.ts';
import { margins } from './axes.ts';
import { figure, linesAbove, Plot } from './figure.ts';
import { listed, shortened } from './format.ts';
import type { Html } from './html.ts';
import { reach, tick, ticksOf } from './logScale.ts';
import { textWidth } from './textLayout.ts';

const HEIGHT = 360;
const MARGIN = { top: 112, right: 20, bottom: 58, left: 64 } as const;
/** Of all panels together, and of one at least, in pixels. */
const [ROW, LEAST_PANEL] = [880, 200];
/** Panels that a row has room for. */
const PANELS = 4;
const LEAST_WIDTH = 620;
const TITLE_CHARACTERS = 90;
const BETWEEN = 26;
/** Standard errors, or deviations, to each side of a line. */
export const BAND = 2;
/** Of the range of values, the room above and below. */
const ROOM = 0.06;
const TICKS = 6;
/** Between the ends of a log scale at least. */
const LEAST_RATIO = 4;
export const LIMIT = 'var(--ink)';

/** A value by update; low and high bound its band. */
export interface PathPoint {
  readonly panel: string;
  readonly step: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A line with its band. */
export interface PathLine {
  readonly name: string;
  readonly color: string;
  readonly points: readonly PathPoint[];
}

export const banded = (panel: string, step: number, value: number, error: number): PathPoint => {
  const reach = Number.isFinite(error) ? BAND * error : 0;
  return { panel, step, value, low: value - reach, high: value + reach };
};

/** Places from the first to the last, as many as have room. */
export function spreadPlaces(count: number): readonly number[] {
  if (count <= PANELS) return Array.from({ length: count }, (_, k) => k);
  return Array.from({ length: PANELS }, (_, k) => Math.round((k * (count - 1)) / (PANELS - 1)));
}

export interface PathsOptions {
  readonly title: string;
  readonly about: string;
  readonly panels: readonly string[];
  readonly lines: readonly PathLine[];
  readonly rules?: readonly { readonly panel: string; readonly target: number }[];
  /** What runs along a panel, and from where on; default updates from 0 on. */
  readonly along?: string;
  readonly from?: number;
  /** What the names of lines are names of; default widths. */
  readonly named?: string;
  /** Whether the axis of values is logarithmic; what is not positive is then left out. */
  readonly log?: boolean;
}

/** Draws the panels. */
export function paths(options: PathsOptions): Html {
  const { title, about, panels, rules = [], along = 'updates', from = 0, log = false, named = 'width' } = options;
  const isShown = (value: number): boolean => Number.isFinite(value) && (!log || value > 0);
  const lines = options.lines.map((line) => ({
    ...line,
    points: line.points
      .filter(({ value }) => isShown(value))
      .map((point) => (log && point.low <= 0 ? { ...point, low: point.value, high: point.value } : point)),
  }));
  const values = [
    ...lines.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
    ...rules.map(({ target }) => target),
  ];
  const [least, most] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const room = ROOM * (most - least) || 1;
  const domain: readonly [number, number] = log ? reach([least, most], LEAST_RATIO) : [least - room, most + room];
  const marks = log ? ticksOf(domain) : undefined;
  const last = Math.max(from + 1, ...lines.flatMap(({ points }) => points.map(({ step }) => step)));
  const panel = panels.length === 1 ? ROW / 2 : Math.max(LEAST_PANEL, Math.floor(ROW / panels.length));
  const { right, left } = MARGIN;
  const [first] = panels;
  const ticks = stepMarks(last).filter((step) => step >= from);
  return figure({
    label: `${title}, by ${along}: ${listed(lines.map(({ name }) => name))}.`,
    width: Math.max(left + right + panel * panels.length, LEAST_WIDTH, left + textWidth(about)),
    height: HEIGHT,
    plot: {
      ...margins(MARGIN),
      fx: { domain: [...panels], axis: null, padding: 0.08 },
      x: { domain: [from, last], axis: null },
      y: {
        domain: [...domain],
        label: null,
        tickSize: 0,
        ...(marks === undefined ? { ticks: TICKS } : { type: 'log', ticks: marks, tickFormat: tick }),
      },
      marks: [
        Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: marks ?? TICKS }),
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.text(
          panels.flatMap((name) => ticks.map((step) => ({ name, step }))),
          { fx: 'name', x: 'step', text: ({ step }: { step: number }) => String(step), frameAnchor: 'bottom', dy: 16 },
        ),
        Plot.text([...panels], { fx: (name: string) => name, frameAnchor: 'bottom', dy: 38, text: () => along }),
        Plot.text([...panels], {
          fx: (name: string) => name,
          frameAnchor: 'top-left',
          textAnchor: 'start',
          dy: -12,
          fontWeight: 650,
          fill: 'var(--ink)',
        }),
        ...pathHeadings(title, about, { lines, named }, required(first, 'panel of a figure')),
        Plot.ruleY([...rules], { fx: 'panel', y: 'target', stroke: 'var(--muted)', strokeDasharray: '5 4' }),
        ...lines.flatMap(({ name, color, points }) => [
          Plot.areaY(
            points.filter(({ low, high }) => high > low),
            {
              fx: 'panel',
              x: 'step',
              y1: 'low',
              y2: 'high',
              fill: color,
              fillOpacity: 0.16,
              className: 'bands',
            },
          ),
          Plot.line([...points], {
            fx: 'panel',
            x: 'step',
            y: 'value',
            z: 'panel',
            stroke: color,
            strokeWidth: name === 'limit' ? 2.25 : 1.5,
            className: 'lines',
          }),
        ]),
      ],
    },
  });
}

/** Title, what is shown, and the lines in their colors, above the first panel. */
function pathHeadings(
  title: string,
  about: string,
  { lines, named }: { readonly lines: readonly PathLine[]; readonly named: string },
  first: string,
): Plot.Markish[] {
  const above = linesAbove(MARGIN.left);
  const at = (line: string, dx: number, dy: number, options: Plot.TextOptions): Plot.Markish =>
    above(line, dx, dy, { fx: () => first, ...options });
  let place = lines.length === 1 || named === '' ? 0 : textWidth(`${named} `);
  const names = lines.map(({ name, color }) => {
    const mark = at(`● ${name}`, place, -42, { fill: color, fontWeight: 600, className: 'names' });
    place += textWidth(`● ${name}`) + BETWEEN;
    return mark;
  });
  return [
    at(shortened(title, TITLE_CHARACTERS), 0, -92, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
    at(about, 0, -68, { fill: 'var(--muted)' }),
    ...(lines.length === 1 || named === '' ? [] : [at(named, 0, -42, { fill: 'var(--muted)' })]),
    ...names,
  ];
}

/** Whole numbers of updates, six or fewer. */
function stepMarks(last: number): number[] {
  const raw = last / 5;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
  const by = [1, 2, 5, 10].map((k) => k * power).find((size) => size >= raw) ?? last;
  return Array.from({ length: Math.floor(last / by) + 1 }, (_, k) => k * by);
}
