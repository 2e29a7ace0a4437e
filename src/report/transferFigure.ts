/** The figure of a transfer: training loss by learning rate, one line a width, a panel a parametrization. */

import type { RatePoint, Sweep, TransferResult, WidthSweep } from '../experiments/index.ts';
import { figure, Plot } from './figure.ts';
import { counted, listed, shortened } from './format.ts';
import { reach, tick, ticksOf } from './logScale.ts';
import { standalone } from './standalone.ts';
import { textWidth } from './textLayout.ts';

const PANEL = 350;
const HEIGHT = 430;
const MARGIN = { top: 118, right: 20, bottom: 58, left: 64 } as const;
const TITLE_CHARACTERS = 80;
const NAME_CHARACTERS = 40;
/** Losses of so many times the least one would leave no room for what lies below. */
const HIGHEST = 12;
/** How far the axis of losses reaches at least, as a ratio. */
const LEAST_RATIO = 2;
const COLORS = 5;
const SYMBOLS = ['circle', 'square', 'triangle'] as const;
/** Between the names of the widths. */
const BETWEEN = 26;
/** Labels of rates have room for this many a panel. */
const LABELS = 6;

interface Point {
  readonly panel: string;
  readonly width: number;
  readonly rate: number;
  readonly loss: number;
  readonly bar: number;
}

/** Draws the figure as an SVG file. */
export function transferFigure(result: TransferResult): string {
  const { sweeps, widths, rates } = result;
  const all = sweeps.flatMap((sweep) => sweep.widths.flatMap((one) => pointsOf(sweep, one)));
  const ceiling = HIGHEST * Math.min(...all.map(({ loss }) => loss));
  const shown = all.filter(({ loss }) => loss <= ceiling);
  const y = shown.length === 0 ? ([0.1, 1] as const) : reach(shown.flatMap(ends), LEAST_RATIO);
  const [least = 1, greatest = 2] = [rates[0], rates.at(-1)];
  const x = [least / 1.2, greatest * 1.2];
  const { top, right, bottom, left } = MARGIN;
  return standalone(
    figure({
      label: describe(result),
      width: left + right + PANEL * sweeps.length,
      height: HEIGHT,
      plot: {
        ...{ marginTop: top, marginRight: right, marginBottom: bottom, marginLeft: left },
        fx: { domain: sweeps.map(nameOf), axis: null, padding: 0.06 },
        x: { type: 'log', domain: x, axis: null },
        y: { type: 'log', domain: [...y], axis: null },
        marks: [
          Plot.gridY(ticksOf(y), { stroke: 'var(--line)', strokeOpacity: 1 }),
          Plot.frame({ stroke: 'var(--line)' }),
          ...axes(result, y),
          ...headings(result),
          ...sweeps.map((sweep) => panelName(sweep)),
          ...widths.flatMap((width, k) => lineOf(shown, width, k)),
          ...sweeps.flatMap((sweep) => sweep.widths.flatMap((one, k) => optimumOf(sweep, one, k, y))),
        ],
      },
    }),
  );
}

const nameOf = ({ parametrization }: Pick<Sweep, 'parametrization'>): string =>
  shortened(parametrization, NAME_CHARACTERS);

const colorOf = (k: number): string => `var(--series-${(k % COLORS) + 1})`;
const symbolOf = (k: number): (typeof SYMBOLS)[number] => SYMBOLS[Math.floor(k / COLORS) % SYMBOLS.length] ?? 'circle';

function pointsOf(sweep: Sweep, { width, points }: WidthSweep): Point[] {
  return points.flatMap(({ rate, loss, standardError }: RatePoint) =>
    loss === null || loss <= 0 ? [] : [{ panel: nameOf(sweep), width, rate, loss, bar: standardError ?? 0 }],
  );
}

/** One standard error of the logarithm, so that bars of any length stay above 0. */
function ends({ loss, bar }: Point): [number, number] {
  const factor = Math.exp(bar / loss);
  return [loss / factor, loss * factor];
}

function lineOf(all: readonly Point[], width: number, k: number): Plot.Markish[] {
  const data = all.filter((point) => point.width === width);
  const common = { fx: 'panel', x: 'rate', stroke: colorOf(k) } as const;
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
      ...{ fx: 'panel', x: 'rate', y: 'loss', r: 3, fill: colorOf(k), stroke: 'var(--page)', symbol: symbolOf(k) },
      className: 'dots',
      title: ({ rate, loss, bar }: Point) =>
        `width ${width}, rate ${rate.toPrecision(3)}: ${loss.toPrecision(3)} ± ${bar.toPrecision(2)}`,
    }),
  ];
}

/** A mark at the best rate, on the lower edge of the panel. */
function optimumOf(sweep: Sweep, { width, optimum }: WidthSweep, k: number, [low]: readonly number[]): Plot.Markish[] {
  if (optimum.rate === null) return [];
  const { rate, interval } = optimum;
  const at = [{ panel: nameOf(sweep), rate, low }];
  return [
    Plot.ruleX(at, {
      ...{ fx: 'panel', x: 'rate', stroke: colorOf(k), strokeOpacity: 0.6, strokeDasharray: '3 4' },
      className: 'best',
    }),
    Plot.dot(at, {
      ...{
        fx: 'panel',
        x: 'rate',
        y: 'low',
        symbol: 'triangle',
        r: 5,
        dy: -5,
        fill: colorOf(k),
        stroke: 'var(--page)',
      },
      className: 'best',
      title: () =>
        `width ${width}: best rate ${rate.toPrecision(3)}${interval === null ? '' : ` (${interval.map((end) => end.toPrecision(3)).join(' to ')})`}`,
    }),
  ];
}

function panelName(sweep: Sweep): Plot.Markish {
  return Plot.text([{ panel: nameOf(sweep) }], {
    ...{ fx: 'panel', text: 'panel', frameAnchor: 'top-left', textAnchor: 'start', dy: -14 },
    ...{ fontWeight: 650, fill: 'var(--ink)', className: 'panel' },
  });
}

function axes({ rates, sweeps }: TransferResult, y: readonly [number, number]): Plot.Markish[] {
  const yTicks = ticksOf(y);
  const every = Math.ceil(rates.length / LABELS);
  const labeled = rates.filter((_, k) => k % every === 0);
  const onPanels = sweeps.flatMap((sweep) => labeled.map((rate) => ({ panel: nameOf(sweep), rate })));
  const [first] = sweeps;
  return [
    Plot.text(first === undefined ? [] : yTicks.map((value) => ({ panel: nameOf(first), value })), {
      ...{ fx: 'panel', y: 'value', frameAnchor: 'left', textAnchor: 'end', dx: -8, className: 'y-ticks' },
      text: ({ value }: { value: number }) => tick(value),
    }),
    Plot.text(onPanels, {
      ...{ fx: 'panel', x: 'rate', frameAnchor: 'bottom', dy: 16, className: 'x-ticks' },
      text: ({ rate }: { rate: number }) => rateText(rate),
    }),
    Plot.text(sweeps.map(nameOf), {
      ...{ fx: (name: string) => name, frameAnchor: 'bottom', dy: 36, text: () => 'learning rate' },
    }),
  ];
}

/** `2⁻⁷`; other rates as they are. */
function rateText(rate: number): string {
  const power = Math.log2(rate);
  if (!Number.isInteger(power)) return rate.toPrecision(2).replace(/\.?0+(e|$)/, '$1');
  return `2${[...String(power)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('')}`;
}

function headings({ sweeps, widths, net, optimizer, data, steps, batch, seeds }: TransferResult): Plot.Markish[] {
  const [first] = sweeps;
  if (first === undefined) return [];
  const at = (line: string, dx: number, dy: number, options: Plot.TextOptions): Plot.Markish =>
    Plot.text([line], {
      ...{ fx: () => nameOf(first), frameAnchor: 'top-left', textAnchor: 'start', dx: dx - MARGIN.left + 12, dy },
      ...options,
    });
  let place = textWidth('width ');
  const names = widths.map((width, k) => {
    const name = at(`● ${width}`, place, -46, { fill: colorOf(k), fontWeight: 600, className: 'names' });
    place += textWidth(`● ${width}`) + BETWEEN;
    return name;
  });
  const title = shortened(`${net} with ${optimizer} on ${data}`, TITLE_CHARACTERS);
  const how = `training loss after ${counted(steps, 'step')} of ${counted(batch, 'example')}; ${counted(seeds, 'seed')}, bars ± one standard error; ▲ best rate`;
  return [
    at(title, 0, -98, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
    at(how, 0, -74, { fill: 'var(--muted)' }),
    at('width', 0, -46, { fill: 'var(--muted)' }),
    ...names,
  ];
}

function describe({ sweeps, widths, net, optimizer, data }: TransferResult): string {
  const found = sweeps.map(({ parametrization, text }) => `${parametrization}: ${text}`);
  return `Training loss of ${net} with ${optimizer} on ${data} by learning rate at the widths ${listed(widths.map(String))}. ${found.join('. ')}.`;
}
