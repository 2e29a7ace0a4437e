/** The figure of pre-training and fine-tuning: kernel drift and linearization error by width, a line for each q. */

import { required } from '../errors/index.ts';
import type { JunctionFit, JunctionLine, JunctionQuantity } from '../experiments/index.ts';
import { levels, margins } from './axes.ts';
import { figure, linesAbove, Plot } from './figure.ts';
import { shortened } from './format.ts';
import type { Html } from './html.ts';
import { reach, tick, ticksOf } from './logScale.ts';
import { standalone } from './standalone.ts';
import { textWidth } from './textLayout.ts';
import { widthColor } from './transferParts.ts';

const HEIGHT = 380;
const MARGIN = { top: 112, right: 20, bottom: 58, left: 66 } as const;
/** Of all panels together, and of one at least, in pixels. */
const [ROW, LEAST_PANEL] = [880, 210];
const TITLE_CHARACTERS = 90;
const BETWEEN = 22;
const LEAST_RATIO = 4;

const QUANTITIES: Readonly<Record<JunctionQuantity, string>> = {
  drift: 'drift of the kernel',
  linearization: 'linearization error',
};

/** What fine-tuning by a rule did. */
export interface JunctionRuleData {
  readonly rule: string;
  readonly fits: readonly JunctionFit[];
}

/** What the figure of pre-training and fine-tuning shows. */
export interface JunctionFigureData {
  readonly title: string;
  readonly rules: readonly JunctionRuleData[];
}

interface Place {
  readonly panel: string;
  readonly width: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Draws the figure as an SVG file. */
export function junctionFigure(data: JunctionFigureData): string {
  return standalone(junctionLines(data));
}

/** A panel for each rule and quantity, on logarithmic axes. */
export function junctionLines({ title, rules }: JunctionFigureData): Html {
  const panels = rules.flatMap(({ rule }) => Object.values(QUANTITIES).map((name) => `${rule}: ${name}`));
  const exponents = [...new Set(rules.flatMap(({ fits }) => fits.map(({ exponent }) => exponent)))];
  const lines = exponents.map((exponent, k) => ({
    name: `q = ${exponent}`,
    color: widthColor(k, exponents.length),
    places: rules.flatMap(({ rule, fits }) =>
      fits
        .filter((fit) => fit.exponent === exponent)
        .flatMap((fit) => [placesOf(rule, 'drift', fit.drift), placesOf(rule, 'linearization', fit.linearization)]),
    ),
  }));
  const all = lines.flatMap(({ places }) => places.flat());
  const widths = [...new Set(all.map(({ width }) => width))].sort((a, b) => a - b);
  const [least, greatest] = [Math.min(...widths), Math.max(...widths)];
  const y =
    all.length === 0
      ? ([0.1, 1] as const)
      : reach(
          all.flatMap(({ low, high }) => [low, high]),
          LEAST_RATIO,
        );
  const ticks = ticksOf(y);
  const panel = Math.max(LEAST_PANEL, Math.floor(ROW / Math.max(2, panels.length)));
  const first = required(panels[0], 'panel of a figure');
  const marks = panels.flatMap((name) => widths.map((width) => ({ name, width })));
  return figure({
    label: `${title}: kernel drift and linearization error by width, for ${exponents.map((q) => `q = ${q}`).join(', ')}.`,
    width: MARGIN.left + MARGIN.right + panel * panels.length,
    height: HEIGHT,
    plot: {
      ...margins(MARGIN),
      fx: { domain: panels, axis: null, padding: 0.08 },
      x: { type: 'log', domain: widths.length === 0 ? [1, 2] : [least / 1.15, greatest * 1.15], axis: null },
      y: { type: 'log', domain: [...y], axis: null },
      marks: [
        ...levels(ticks, tick, { fx: () => first }),
        Plot.text(marks, {
          fx: 'name',
          x: 'width',
          text: ({ width }: { width: number }) => String(width),
          frameAnchor: 'bottom',
          dy: 16,
        }),
        Plot.text(panels, { fx: (name: string) => name, frameAnchor: 'bottom', dy: 38, text: () => 'width' }),
        Plot.text(panels, {
          fx: (name: string) => name,
          frameAnchor: 'top-left',
          textAnchor: 'start',
          dy: -12,
          fontWeight: 650,
          fill: 'var(--ink)',
        }),
        ...junctionHeadings(title, lines, first),
        ...lines.flatMap(({ color, places }) =>
          places.flatMap((own) => [
            Plot.line(own, {
              fx: 'panel',
              x: 'width',
              y: 'value',
              stroke: color,
              strokeWidth: 1.75,
              className: 'lines',
            }),
            Plot.ruleX(own, { fx: 'panel', x: 'width', y1: 'low', y2: 'high', stroke: color, strokeWidth: 1.5 }),
            Plot.dot(own, { fx: 'panel', x: 'width', y: 'value', r: 3, fill: color, stroke: 'var(--page)' }),
          ]),
        ),
      ],
    },
  });
}

function placesOf(rule: string, what: JunctionQuantity, { points }: JunctionLine): Place[] {
  return points.map(({ width, value, logError }) => {
    const factor = Number.isFinite(logError) ? Math.exp(logError) : 1;
    return { panel: `${rule}: ${QUANTITIES[what]}`, width, value, low: value / factor, high: value * factor };
  });
}

/** Title, what is shown, and the lines in their colors, above the first panel. */
function junctionHeadings(
  title: string,
  lines: readonly { readonly name: string; readonly color: string }[],
  first: string,
): Plot.Markish[] {
  const above = linesAbove(MARGIN.left);
  const at = (line: string, dx: number, dy: number, options: Plot.TextOptions): Plot.Markish =>
    above(line, dx, dy, { fx: () => first, ...options });
  let place = 0;
  const names = lines.map(({ name, color }) => {
    const mark = at(`● ${name}`, place, -42, { fill: color, fontWeight: 600, className: 'names' });
    place += textWidth(`● ${name}`) + BETWEEN;
    return mark;
  });
  const about = 'geometric means over networks with one standard error; error signals at the start are of size n^(−q)';
  return [
    at(shortened(title, TITLE_CHARACTERS), 0, -92, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
    at(about, 0, -68, { fill: 'var(--muted)' }),
    ...names,
  ];
}
