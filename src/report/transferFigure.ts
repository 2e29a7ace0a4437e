/** The figure of a transfer: training loss by value, one line a width, a panel a parametrization. */

import { required } from '../errors/index.ts';
import type { Sweep, SweepPoint, TransferResult, WidthSweep } from '../experiments/index.ts';
import { margins } from './axes.ts';
import { figure, Plot } from './figure.ts';
import { counted, listed } from './format.ts';
import type { Html } from './html.ts';
import { reach, tick } from './logScale.ts';
import { BAND } from './pathFigure.ts';
import { standalone } from './standalone.ts';
import {
  headings,
  INFINITE,
  infiniteOf,
  labeled,
  lossTicks,
  nameOf,
  panelName,
  panelWidth,
  positionOf,
  symbolOf,
  valueText,
  widthColor,
} from './transferParts.ts';

const HEIGHT = 430;
const MARGIN = { top: 118, right: 20, bottom: 58, left: 64 } as const;
/** Losses of so many times the least one would leave no room for what lies below. */
const HIGHEST = 12;
/** How far the axis of losses reaches at least, as a ratio. */
const LEAST_RATIO = 2;

interface Point {
  readonly panel: string;
  /** +∞ of the infinite network. */
  readonly width: number;
  readonly value: number;
  readonly x: number;
  readonly loss: number;
  readonly bar: number;
}

/** Draws the figure as an SVG file. */
export function transferFigure(result: TransferResult): string {
  return standalone(lossesByValue(result));
}

/** Losses by value, as a figure of a page. */
export function lossesByValue(result: TransferResult): Html {
  const { sweeps, widths, values, hyperparameter, net, optimizer, data, steps, batch, seeds } = result;
  const all = sweeps.flatMap((sweep) => [
    ...sweep.widths.flatMap((one) => sweepPoints(result, sweep, one)),
    ...infiniteWidths(sweep).flatMap((one) => sweepPoints(result, sweep, one)),
  ]);
  const ceiling = HIGHEST * Math.min(...all.map(({ loss }) => loss));
  const shown = all.filter(({ loss }) => loss <= ceiling);
  const y = shown.length === 0 ? ([0.1, 1] as const) : reach(shown.flatMap(ends), LEAST_RATIO);
  const placeOf = (value: number | undefined): number =>
    positionOf(hyperparameter.scale, required(value, 'value of a sweep'));
  const [least, greatest] = [placeOf(values[0]), placeOf(values.at(-1))];
  const { right, left } = MARGIN;
  const band = sweeps.some((sweep) => infiniteOf(sweep) !== undefined) ? `, bands ± ${BAND}` : '';
  const about = `training loss after ${counted(steps, 'step')} of ${counted(batch, 'example')}; ${counted(seeds, 'seed')}, bars ± one standard error${band}; ▲ best ${hyperparameter.words}`;
  return figure({
    label: describeSweeps(result),
    width: left + right + panelWidth(sweeps.length) * sweeps.length,
    height: HEIGHT,
    plot: {
      ...margins(MARGIN),
      fx: { domain: sweeps.map(nameOf), axis: null, padding: 0.08 },
      x: { type: 'log', domain: [least / 1.2, greatest * 1.2], axis: null },
      y: { type: 'log', domain: [...y], axis: null },
      marks: [
        Plot.gridY(lossTicks(y), { stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.frame({ stroke: 'var(--line)' }),
        ...sweepAxes(result, y),
        ...headings(result, { title: `${net} with ${optimizer} on ${data}`, about, left }),
        ...sweeps.map((sweep) => panelName(nameOf(sweep))),
        ...infiniteBands(shown, y),
        ...sweeps.flatMap((sweep) => infiniteWidths(sweep).flatMap((one) => intervalBand(result, sweep, one, y))),
        ...widths.flatMap((width, k) =>
          widthLine(shown, { width, color: widthColor(k, widths.length), symbol: symbolOf(k) }),
        ),
        ...widthLine(shown, { width: Number.POSITIVE_INFINITY, color: INFINITE.color, symbol: INFINITE.symbol }),
        ...sweeps.flatMap((sweep) => [
          ...sweep.widths.flatMap((one, k) => optimumOf(result, sweep, one, widthColor(k, widths.length), y)),
          ...infiniteWidths(sweep).flatMap((one) => optimumOf(result, sweep, one, INFINITE.color, y)),
        ]),
      ],
    },
  });
}

function sweepPoints({ hyperparameter }: TransferResult, sweep: Sweep, { width, points }: WidthSweep): Point[] {
  return points.flatMap(({ value, loss, standardError }: SweepPoint) =>
    loss === null || loss <= 0
      ? []
      : [
          {
            panel: nameOf(sweep),
            width,
            value,
            x: positionOf(hyperparameter.scale, value),
            loss,
            bar: standardError ?? 0,
          },
        ],
  );
}

/** The infinite network as a width beside the others. */
function infiniteWidths(sweep: Sweep): WidthSweep[] {
  const infinite = infiniteOf(sweep);
  return infinite === undefined ? [] : [{ ...infinite, width: Number.POSITIVE_INFINITY }];
}

/** One standard error of the logarithm, or several, so that bars of any length stay above 0. */
function ends({ loss, bar }: Point, errors = 1): [number, number] {
  const factor = Math.exp((errors * bar) / loss);
  return [loss / factor, loss * factor];
}

/** What the infinite network's curve may be, as far as there is room. */
function infiniteBands(all: readonly Point[], [low, high]: readonly [number, number]): Plot.Markish[] {
  const within = (value: number): number => Math.min(high, Math.max(low, value));
  return [
    Plot.areaY(
      all.filter(({ width, bar }) => width === Number.POSITIVE_INFINITY && bar > 0),
      {
        fx: 'panel',
        x: 'x',
        y1: (point: Point) => within(ends(point, BAND)[0]),
        y2: (point: Point) => within(ends(point, BAND)[1]),
        z: 'panel',
        fill: INFINITE.color,
        fillOpacity: 0.16,
        className: 'bands',
      },
    ),
  ];
}

/** Where the best value lies by its interval. */
function intervalBand(
  { hyperparameter: { scale } }: TransferResult,
  sweep: Sweep,
  { optimum: { interval } }: WidthSweep,
  [low, high]: readonly [number, number],
): Plot.Markish[] {
  if (interval === null) return [];
  const [x1, x2] = interval.map((end) => positionOf(scale, end));
  return [
    Plot.rect([nameOf(sweep)], {
      fx: (name: string) => name,
      x1: () => x1,
      x2: () => x2,
      y1: () => low,
      y2: () => high,
      fill: INFINITE.color,
      fillOpacity: 0.08,
      className: 'intervals',
    }),
  ];
}

interface Line {
  readonly width: number;
  readonly color: string;
  readonly symbol: ReturnType<typeof symbolOf> | typeof INFINITE.symbol;
}

function widthLine(all: readonly Point[], { width, color, symbol }: Line): Plot.Markish[] {
  const data = all.filter((point) => point.width === width);
  if (data.length === 0) return [];
  const common = { fx: 'panel', x: 'x', stroke: color } as const;
  return [
    Plot.line(data, { ...common, y: 'loss', z: 'panel', strokeWidth: 1.75, className: 'lines' }),
    Plot.ruleX(data, {
      ...common,
      y1: (point: Point) => ends(point)[0],
      y2: (point: Point) => ends(point)[1],
      strokeWidth: 1.5,
      className: 'bars',
    }),
    Plot.dot(data, {
      fx: 'panel',
      x: 'x',
      y: 'loss',
      r: 3,
      fill: color,
      stroke: 'var(--page)',
      symbol,
      className: 'dots',
      title: ({ value, loss, bar }: Point) =>
        `width ${widthText(width)}, ${valueText(value)}: ${loss.toPrecision(3)} ± ${bar.toPrecision(2)}`,
    }),
  ];
}

/** A mark at the best value, on the lower edge of the panel. */
function optimumOf(
  { hyperparameter }: TransferResult,
  sweep: Sweep,
  { width, optimum }: WidthSweep,
  color: string,
  [low]: readonly number[],
): Plot.Markish[] {
  if (optimum.value === null) return [];
  const { value, interval } = optimum;
  const at = [{ panel: nameOf(sweep), x: positionOf(hyperparameter.scale, value), low }];
  const digits = (end: number): string => String(Number(end.toPrecision(3)));
  return [
    Plot.ruleX(at, {
      fx: 'panel',
      x: 'x',
      stroke: color,
      strokeOpacity: 0.6,
      strokeDasharray: '3 4',
      className: 'best',
    }),
    Plot.dot(at, {
      fx: 'panel',
      x: 'x',
      y: 'low',
      symbol: 'triangle',
      r: 5,
      dy: -5,
      fill: color,
      stroke: 'var(--page)',
      className: 'best',
      title: () =>
        `width ${widthText(width)}: best ${digits(value)}${interval === null ? '' : ` (${interval.map(digits).join(' to ')})`}`,
    }),
  ];
}

const widthText = (width: number): string => (Number.isFinite(width) ? String(width) : INFINITE.name);

function sweepAxes({ values, sweeps, hyperparameter }: TransferResult, y: readonly [number, number]): Plot.Markish[] {
  const yTicks = lossTicks(y);
  const onPanels = sweeps.flatMap((sweep) =>
    labeled(values, panelWidth(sweeps.length)).map((value) => ({
      panel: nameOf(sweep),
      value,
      x: positionOf(hyperparameter.scale, value),
    })),
  );
  const [first] = sweeps;
  return [
    Plot.text(first === undefined ? [] : yTicks.map((value) => ({ panel: nameOf(first), value })), {
      fx: 'panel',
      y: 'value',
      frameAnchor: 'left',
      textAnchor: 'end',
      dx: -8,
      className: 'y-ticks',
      text: ({ value }: { value: number }) => tick(value),
    }),
    Plot.text(onPanels, {
      fx: 'panel',
      x: 'x',
      frameAnchor: 'bottom',
      dy: 16,
      className: 'x-ticks',
      text: ({ value }: { value: number }) => valueText(value),
    }),
    Plot.text(sweeps.map(nameOf), {
      fx: (name: string) => name,
      frameAnchor: 'bottom',
      dy: 36,
      text: () => hyperparameter.words,
    }),
  ];
}

const namesOf = (widths: readonly number[], sweeps: readonly Sweep[]): string[] => [
  ...widths.map(String),
  ...(sweeps.some((sweep) => infiniteOf(sweep) !== undefined) ? [INFINITE.name] : []),
];

function describeSweeps({ sweeps, widths, net, optimizer, data, hyperparameter }: TransferResult): string {
  const found = sweeps.map(({ parametrization, text }) => `${parametrization}: ${text}`);
  return `Training loss of ${net} with ${optimizer} on ${data} by ${hyperparameter.words} at the widths ${listed(namesOf(widths, sweeps))}. ${found.join('. ')}.`;
}
