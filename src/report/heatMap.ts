/** The kernel of a draw as a heat map ordered by class, and the legend that all draws share. */

import { required } from '../errors/index.ts';
import { type ColorScale, picture, THEMES, type Theme } from './colors.ts';
import type { KernelDraw, KernelReportData } from './data.ts';
import { figure, Plot } from './figure.ts';
import { decimal, digits, shortened } from './format.ts';
import type { Html } from './html.ts';
import type { Form, KernelView, NormalizedKernel } from './kernelView.ts';
import { spread, textWidth } from './textLayout.ts';

/** Cells on a side; of more examples, neighbors of one class are averaged. */
const MOST_CELLS = 256;
const WIDTH = 330;
/** Room for labels, at most. */
const MOST_MARGIN = 128;
const LINE_HEIGHT = 14;
const LABEL_CHARACTERS = 17;
const TITLE_CHARACTERS = 240;
const LEGEND_HEIGHT = 46;
const LEGEND_STEPS = 255;

/** Neighboring examples of one class that share a row of cells. */
interface Group {
  readonly start: number;
  readonly end: number;
  /** Place of their class among the view's classes. */
  readonly place: number;
}

/** The values that colors stand for: all but the diagonal, which is 1 by construction. */
export function coloredValues({ cells }: NormalizedKernel): number[] {
  return cells.flatMap((row, i) => row.filter((_, j) => j !== i));
}

/** How many examples share a row of cells. */
export function groupSize({ order }: KernelView): number {
  return Math.ceil(order.length / MOST_CELLS);
}

/** What a heat map is drawn of. */
export interface HeatMap {
  readonly view: KernelView;
  readonly form: Form;
  readonly draw: KernelDraw;
  readonly data: KernelReportData;
  readonly scale: ColorScale;
}

/** Draws the heat map of one draw. */
export function heatMap(map: HeatMap): Html {
  const { view, form, data, scale } = map;
  const size = view.order.length;
  const names = view.classes.map(({ label }) => shortened(labelName(data, label), LABEL_CHARACTERS));
  const marginLeft = Math.min(MOST_MARGIN, Math.max(...names.map(textWidth)) + 10);
  const side = WIDTH - marginLeft - 2;
  const rows = groups(view);
  const cells = groupedCells(view[form], rows);
  const middles = view.classes.map(({ start, end }) => (side * (start + end)) / 2 / size);
  const labelPlaces = spread(middles, LINE_HEIGHT, side);
  const borders = view.classes.slice(1).map(({ start }) => start);
  return figure({
    label: describeHeatMap(map),
    width: WIDTH,
    height: side + 4,
    plot: {
      margin: 2,
      marginLeft,
      x: { domain: [0, size], axis: null },
      y: { domain: [size, 0], axis: null },
      marks: [
        ...THEMES.map((theme) => image(picture(cells, scale, theme), theme, size / 2, side, side)),
        Plot.ruleX(borders, { stroke: 'var(--ink)' }),
        Plot.ruleY(borders, { stroke: 'var(--ink)' }),
        Plot.frame({ stroke: 'var(--ink)' }),
        Plot.text(names, {
          x: 0,
          y: labelPlaces.map((place) => (size * place) / side),
          text: names,
          textAnchor: 'end',
          dx: -7,
        }),
        Plot.rect(rows, {
          x1: 0,
          x2: size,
          y1: 'start',
          y2: 'end',
          fill: 'transparent',
          className: 'rows',
          title: rows.map((group) => rowTitle(group, map)),
        }),
      ],
    },
  });
}

/** Draws the colors of a scale with its numbers. */
export function legend(scale: ColorScale): Html {
  const { least, most, kind } = scale;
  const margin = 24;
  const width = WIDTH;
  const steps = Array.from({ length: LEGEND_STEPS }, (_, k) => least + ((most - least) * k) / (LEGEND_STEPS - 1));
  const ticks = kind === 'diverging' ? [least, least / 2, 0, most / 2, most] : quarters(least, most);
  return figure({
    label: `Color scale from ${digits(least)} to ${digits(most)}${kind === 'diverging' ? ', centered at 0' : ''}.`,
    width,
    height: LEGEND_HEIGHT,
    plot: {
      marginLeft: margin,
      marginRight: margin,
      marginTop: 4,
      marginBottom: 26,
      x: { domain: [least, most] },
      y: { domain: [0, 1], axis: null },
      marks: [
        ...THEMES.map((theme) =>
          image(picture([steps], scale, theme), theme, (least + most) / 2, width - 2 * margin, LEGEND_HEIGHT - 30, 0.5),
        ),
        Plot.axisX(ticks, { tickFormat: (value: number) => decimal(value), label: null, tickSize: 4 }),
      ],
    },
  });
}

function quarters(least: number, most: number): number[] {
  return [0, 1, 2, 3, 4].map((k) => least + ((most - least) * k) / 4);
}

/** An image of one theme, shown by the style sheet in that theme only. */
function image(source: string, theme: Theme, x: number, width: number, height: number, y = x) {
  return Plot.image([source], {
    x: [x],
    y: [y],
    src: [source],
    width,
    height,
    preserveAspectRatio: 'none',
    imageRendering: 'pixelated',
    className: `only-${theme}`,
  });
}

function groups(view: KernelView): Group[] {
  const size = groupSize(view);
  return view.classes.flatMap(({ start, end }, place) =>
    Array.from({ length: Math.ceil((end - start) / size) }, (_, k) => ({
      start: start + k * size,
      end: Math.min(end, start + (k + 1) * size),
      place,
    })),
  );
}

/** Means of the view's cells over pairs of groups, the diagonal left out. */
function groupedCells({ cells }: NormalizedKernel, rows: readonly Group[]): number[][] {
  return rows.map((from) =>
    rows.map((to) => {
      const values = cells
        .slice(from.start, from.end)
        .flatMap((row, k) => row.slice(to.start, to.end).filter((_, l) => from.start + k !== to.start + l));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    }),
  );
}

function rowTitle(group: Group, { view, form, draw, data }: HeatMap): string {
  const label = labelName(data, required(view.classes[group.place], 'class of a row').label);
  if (group.end - group.start > 1) return `Examples ${group.start + 1} to ${group.end}: ${label}`;
  const text = required(draw.texts[required(view.order[group.start], 'example of a row')], 'text of an example');
  const means = required(view[form].byExample[group.start], 'means of an example');
  const leaning = view.classes.map(({ label: other }, k) => `${labelName(data, other)} ${decimal(means[k])}`);
  return `Example ${group.start + 1}, ${label}: ${shortened(text, TITLE_CHARACTERS)}\nMean with ${leaning.join(', ')}`;
}

function describeHeatMap({ view, form, data }: HeatMap): string {
  const { seed, order, classes } = view;
  const parts = classes.map(({ label, start, end }) => `${end - start} ${labelName(data, label)}`);
  return (
    `Heat map of the ${data.kernel.name} of draw ${seed}, ${form === 'centered' ? 'centered and ' : ''}normalized: ` +
    `${order.length} by ${order.length} training examples in the order ${parts.join(', ')}. Mean over pairs of one class ` +
    `${decimal(view[form].within)}, over pairs of two classes ${decimal(view[form].between)}. The tables of draw ${seed} ` +
    'hold the numbers.'
  );
}

function labelName(data: KernelReportData, label: number): string {
  return required(data.labels[label], `label ${label}`).name;
}
