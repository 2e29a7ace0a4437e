/** The figures of a limit of training: loss and outputs by update, at infinite width and at finite widths. */

import { required } from '../errors/index.ts';
import type { LimitResult, WidthPaths } from '../experiments/index.ts';
import { figure, linesAbove, Plot } from './figure.ts';
import { counted, digits, listed, shortened } from './format.ts';
import type { Html } from './html.ts';
import { standalone } from './standalone.ts';
import { textWidth } from './textLayout.ts';
import { widthColor } from './transferParts.ts';

const HEIGHT = 360;
const MARGIN = { top: 112, right: 20, bottom: 58, left: 64 } as const;
/** Of all panels together, and of one at least, in pixels. */
const [ROW, LEAST_PANEL] = [880, 200];
/** Outputs that a row of panels has room for. */
const PANELS = 4;
const TITLE_CHARACTERS = 90;
const BETWEEN = 26;
/** Standard errors, or deviations, to each side of a line. */
const BAND = 2;
/** Of the range of values, the room above and below. */
const ROOM = 0.06;
const TICKS = 6;
const LIMIT = 'var(--ink)';

/** A limit with what it is of. */
export interface LimitFigureData {
  readonly result: LimitResult;
  /** Of the figure: network, parametrization, optimizer. */
  readonly title: string;
  /** The target by output, row-major, where outputs are to meet numbers; null for one that is in no batch. */
  readonly targets?: readonly (number | null)[];
}

/** A value by update; low and high bound its band. */
interface PathPoint {
  readonly panel: string;
  readonly step: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A line with its band. */
interface PathLine {
  readonly name: string;
  readonly color: string;
  readonly points: readonly PathPoint[];
}

/** Draws outputs by update as an SVG file. */
export function limitFigure(data: LimitFigureData): string {
  return standalone(outputPaths(data));
}

/** Loss by update. */
export function lossPaths({ result, title }: LimitFigureData): Html | undefined {
  const { limit, widths } = result;
  if (limit.losses === undefined) return undefined;
  const panel = 'loss of each step’s batch';
  const points = limit.losses.map(({ value, standardError }, step) => banded(panel, step, value, standardError));
  const beside = widths.map((one, k) => ({
    name: String(one.width),
    color: widthColor(k, widths.length),
    points: one.losses.map((value, step) => banded(panel, step, value, 0)),
  }));
  return paths({
    title: `Loss of ${title}`,
    about: `black: the limit with ${BAND} standard errors; means over ${seedsText(widths)}`,
    panels: [panel],
    lines: [...beside, { name: 'limit', color: LIMIT, points }],
  });
}

/** Outputs by update, a panel each, as many as there is room for. */
export function outputPaths({ result, title, targets }: LimitFigureData): Html {
  const { limit, widths } = result;
  const shown = spreadPlaces(required(limit.outputs[0], 'outputs of a limit').length);
  const panelOf = (place: number): string => outputName(limit.shape, place);
  const points = limit.outputs.flatMap((entries, step) =>
    shown.map((place) => {
      const { value, standardError } = required(entries[place], 'output of a limit');
      return banded(panelOf(place), step, value, standardError);
    }),
  );
  const beside = widths.map((one, k) => ({
    name: String(one.width),
    color: widthColor(k, widths.length),
    points: one.means.flatMap((values, step) =>
      shown.map((place) => {
        // Of the widest alone: bands of all would hide each other.
        const deviation = k === widths.length - 1 ? required(one.deviations[step]?.[place], 'deviation') : 0;
        return banded(panelOf(place), step, required(values[place], 'mean'), deviation);
      }),
    ),
  }));
  const all = limit.outputs[0]?.length;
  const left = all === shown.length ? '' : `; ${shown.length} of ${all} outputs`;
  return paths({
    title: `Outputs of ${title}`,
    about: `black: the limit with ${BAND} standard errors; ${widths.length === 0 ? '' : `means over ${seedsText(widths)}, the widest with ${BAND} deviations; `}dashed: targets${left}`,
    panels: shown.map(panelOf),
    lines: [...beside, { name: 'limit', color: LIMIT, points }],
    rules: shown.flatMap((place) => {
      const target = targets?.[place];
      return target === undefined || target === null ? [] : [{ panel: panelOf(place), target }];
    }),
  });
}

const banded = (panel: string, step: number, value: number, error: number): PathPoint => {
  const reach = Number.isFinite(error) ? BAND * error : 0;
  return { panel, step, value, low: value - reach, high: value + reach };
};

const seedsText = (widths: readonly WidthPaths[]): string =>
  widths.length === 0 ? 'no networks' : `${counted(required(widths[0], 'width').seeds, 'network')} a width`;

/** Places from the first to the last, as many as have room. */
function spreadPlaces(count: number): readonly number[] {
  if (count <= PANELS) return Array.from({ length: count }, (_, k) => k);
  return Array.from({ length: PANELS }, (_, k) => Math.round((k * (count - 1)) / (PANELS - 1)));
}

/** `f[3]`, `f[3, 1]`: a row-major place among the outputs. */
export function outputName(shape: readonly number[], place: number): string {
  const indices: number[] = [];
  let rest = place;
  for (const size of shape.toReversed()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `f[${indices.join(', ')}]`;
}

interface PathsOptions {
  readonly title: string;
  readonly about: string;
  readonly panels: readonly string[];
  readonly lines: readonly PathLine[];
  readonly rules?: readonly { readonly panel: string; readonly target: number }[];
}

function paths({ title, about, panels, lines, rules = [] }: PathsOptions): Html {
  const finite = lines.map((line) => ({ ...line, points: line.points.filter(({ value }) => Number.isFinite(value)) }));
  const values = [
    ...finite.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
    ...rules.map(({ target }) => target),
  ];
  const [least, most] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const room = ROOM * (most - least) || 1;
  const last = Math.max(1, ...finite.flatMap(({ points }) => points.map(({ step }) => step)));
  const panel = panels.length === 1 ? ROW / 2 : Math.max(LEAST_PANEL, Math.floor(ROW / panels.length));
  const { top, right, bottom, left } = MARGIN;
  const [first] = panels;
  const ticks = stepMarks(last);
  return figure({
    label: `${title}, by update: ${listed(lines.map(({ name }) => name))}.`,
    width: Math.max(left + right + panel * panels.length, 620),
    height: HEIGHT,
    plot: {
      marginTop: top,
      marginRight: right,
      marginBottom: bottom,
      marginLeft: left,
      fx: { domain: [...panels], axis: null, padding: 0.08 },
      x: { domain: [0, last], axis: null },
      y: { domain: [least - room, most + room], label: null, tickSize: 0, ticks: TICKS },
      marks: [
        Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: TICKS }),
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.text(
          panels.flatMap((name) => ticks.map((step) => ({ name, step }))),
          { fx: 'name', x: 'step', text: ({ step }: { step: number }) => String(step), frameAnchor: 'bottom', dy: 16 },
        ),
        Plot.text([...panels], { fx: (name: string) => name, frameAnchor: 'bottom', dy: 38, text: () => 'updates' }),
        Plot.text([...panels], {
          fx: (name: string) => name,
          frameAnchor: 'top-left',
          textAnchor: 'start',
          dy: -12,
          fontWeight: 650,
          fill: 'var(--ink)',
        }),
        ...pathHeadings(title, about, lines, required(first, 'panel of a figure')),
        Plot.ruleY([...rules], { fx: 'panel', y: 'target', stroke: 'var(--muted)', strokeDasharray: '5 4' }),
        ...finite.flatMap(({ name, color, points }) => [
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
function pathHeadings(title: string, about: string, lines: readonly PathLine[], first: string): Plot.Markish[] {
  const above = linesAbove(MARGIN.left);
  const at = (line: string, dx: number, dy: number, options: Plot.TextOptions): Plot.Markish =>
    above(line, dx, dy, { fx: () => first, ...options });
  let place = lines.length === 1 ? 0 : textWidth('width ');
  const names = lines.map(({ name, color }) => {
    const mark = at(`● ${name}`, place, -42, { fill: color, fontWeight: 600, className: 'names' });
    place += textWidth(`● ${name}`) + BETWEEN;
    return mark;
  });
  return [
    at(shortened(title, TITLE_CHARACTERS), 0, -92, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
    at(about, 0, -68, { fill: 'var(--muted)' }),
    ...(lines.length === 1 ? [] : [at('width', 0, -42, { fill: 'var(--muted)' })]),
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

/** `0.0207 ± 0.0045`. */
export const distanceText = ({ distance, standardError }: WidthPaths): string =>
  `${digits(distance)} ± ${digits(standardError)}`;
