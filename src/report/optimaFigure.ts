/** The best value by width with its interval, one line a parametrization, beside what a factor of 2 would be. */

import { required } from '../errors/index.ts';
import type { Optimum, Scale, Sweep, TransferResult } from '../experiments/index.ts';
import { figure, Plot } from './figure.ts';
import { listed } from './format.ts';
import type { Html } from './html.ts';
import { logScale, reach, roomy } from './logScale.ts';
import { spread, textWidth } from './textLayout.ts';
import { INFINITE, infiniteOf, nameOf, positionOf, sweepColor, symbolOf, valueText } from './transferParts.ts';

const [WIDTH, HEIGHT] = [620, 360];
const MARGIN = { top: 34, bottom: 56, left: 84 } as const;
const LEADER = 14;
const LINE = 18;
/** How far an optimum may move and be said to stay, to either side. */
const FACTOR = 2;
const LEAST_RATIO = 12;

interface Point {
  readonly width: number;
  readonly best: number;
  readonly low: number;
  readonly high: number;
  readonly edge: 'least' | 'greatest' | null;
}

/** Draws the figure; undefined where there is no optimum to draw. */
export function optimaFigure(result: TransferResult): Html | undefined {
  const { sweeps, widths, values, hyperparameter } = result;
  const { scale, words } = hyperparameter;
  const lines = sweeps.map((sweep) => optimumPoints(result, sweep));
  const all = lines.flat();
  if (all.length === 0) return undefined;
  const starts = lines.flatMap(([first], k) =>
    first === undefined || first.width !== widths[0] ? [] : [{ best: first.best, k }],
  );
  const domain = reach(
    [
      ...[...all, ...sweeps.flatMap((sweep) => infinitePoints(result, sweep, 1))].flatMap(({ low, high }) => [
        low,
        high,
      ]),
      ...starts.flatMap(({ best }) => [best / FACTOR, best * FACTOR]),
    ],
    LEAST_RATIO,
  );
  const [least, greatest] = [required(widths[0], 'width of a sweep'), required(widths.at(-1), 'width of a sweep')];
  // The infinite network stands apart, beyond the largest width.
  const beyond = greatest * Math.max(1.6, (greatest / least) ** 0.25);
  const limits = sweeps.flatMap((sweep, k) => infinitePoints(result, sweep, beyond).map((point) => ({ point, k })));
  const x = [least / 1.15, limits.length === 0 ? greatest * 1.15 : beyond * 1.15] as const;
  const marginRight = 2 * LEADER + 1.1 * Math.max(...sweeps.map((sweep) => textWidth(nameOf(sweep))));
  const onX = logScale(x, MARGIN.left, WIDTH - marginRight);
  const onY = logScale(domain, HEIGHT - MARGIN.bottom, MARGIN.top);
  const ticks = thinned(
    values.filter((value) => {
      const at = positionOf(scale, value);
      return at >= domain[0] && at <= domain[1];
    }),
    (value) => onY.place(positionOf(scale, value)),
  );
  return figure({
    label: describeOptima(result),
    width: WIDTH,
    height: HEIGHT,
    plot: {
      marginTop: MARGIN.top,
      marginRight,
      marginBottom: MARGIN.bottom,
      marginLeft: MARGIN.left,
      x: { type: 'log', domain: [...x], axis: null },
      y: { type: 'log', domain: [...domain], axis: null },
      marks: [
        ...corridors(starts).map(({ best, fill }) =>
          Plot.rect([best], {
            x1: x[0],
            x2: x[1],
            y1: best / FACTOR,
            y2: best * FACTOR,
            fill,
            fillOpacity: 0.12,
            className: 'corridor',
          }),
        ),
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.text(ticks, {
          y: (value: number) => positionOf(scale, value),
          text: valueText,
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -8,
        }),
        Plot.text(roomy(widths, onX), { x: (width: number) => width, text: String, frameAnchor: 'bottom', dy: 16 }),
        Plot.text(['width'], { frameAnchor: 'bottom', dy: 36 }),
        Plot.text([`best ${words}`], {
          frameAnchor: 'top-left',
          textAnchor: 'start',
          dx: -MARGIN.left + 12,
          dy: -18,
          fill: 'var(--muted)',
        }),
        ...lines.flatMap((points, k) => optimaLine(points, k)),
        ...(limits.length === 0 ? [] : [infiniteTick(beyond)]),
        ...limits.flatMap(({ point, k }) => infiniteMark(point, k)),
        ...names(sweeps, lines, onY.place).map(({ name, dy, k }) =>
          Plot.text([name], {
            frameAnchor: 'top-right',
            textAnchor: 'start',
            dx: LEADER,
            dy,
            fill: sweepColor(k),
            fontWeight: 600,
          }),
        ),
      ],
    },
  });
}

/** A band for each start; a single one where all are the same, as at the base width. */
function corridors(
  starts: readonly { readonly best: number; readonly k: number }[],
): { readonly best: number; readonly fill: string }[] {
  const [first] = starts;
  const same = starts.every(({ best }) => Math.abs(best / (first?.best ?? best) - 1) < 1e-3);
  return same
    ? starts.slice(0, 1).map(({ best }) => ({ best, fill: 'var(--muted)' }))
    : starts.map(({ best, k }) => ({ best, fill: sweepColor(k) }));
}

function optimumPoints({ hyperparameter: { scale } }: TransferResult, sweep: Sweep): Point[] {
  return sweep.widths.flatMap(({ width, optimum }) => optimumPoint(scale, width, optimum));
}

function optimumPoint(scale: Scale, width: number, { value, interval, edge }: Optimum): Point[] {
  if (value === null) return [];
  const [low = value, high = value] = interval ?? [];
  const at = (one: number): number => positionOf(scale, one);
  return [{ width, best: at(value), low: at(low), high: at(high), edge }];
}

/** The best value of the infinite network, at a place of its own. */
function infinitePoints({ hyperparameter: { scale } }: TransferResult, sweep: Sweep, place: number): Point[] {
  const infinite = infiniteOf(sweep);
  return infinite === undefined ? [] : optimumPoint(scale, place, infinite.optimum);
}

const infiniteTick = (place: number): Plot.Markish =>
  Plot.text([place], {
    x: (at: number) => at,
    text: () => INFINITE.name,
    frameAnchor: 'bottom',
    dy: 16,
    fill: INFINITE.color,
    fontWeight: 650,
  });

/** In the color of infinity, within that of its parametrization. */
function infiniteMark(point: Point, k: number): Plot.Markish[] {
  return [
    Plot.ruleX([point], {
      x: 'width',
      y1: 'low',
      y2: 'high',
      stroke: sweepColor(k),
      strokeWidth: 2,
      className: 'limits',
    }),
    Plot.dot([point], {
      x: 'width',
      y: 'best',
      r: 5,
      symbol: INFINITE.symbol,
      stroke: sweepColor(k),
      strokeWidth: 2,
      fill: point.edge === null ? INFINITE.color : 'var(--page)',
      className: 'limits',
    }),
  ];
}

function optimaLine(points: readonly Point[], k: number): Plot.Markish[] {
  // Lines of several parametrizations meet at the base width, where they are one network.
  const common = { x: 'width', stroke: sweepColor(k) } as const;
  return [
    Plot.line(points, { ...common, y: 'best', strokeWidth: 1.75, className: 'lines' }),
    Plot.ruleX(points, { ...common, y1: 'low', y2: 'high', strokeWidth: 2, className: 'intervals' }),
    Plot.dot(points, {
      x: 'width',
      y: 'best',
      r: 4,
      stroke: sweepColor(k),
      strokeWidth: 1.5,
      symbol: symbolOf(k),
      // Hollow where a better value may lie beyond those tried.
      fill: ({ edge }: Point) => (edge === null ? sweepColor(k) : 'var(--page)'),
      className: 'dots',
    }),
  ];
}

/** Names beside the ends of lines, apart from each other. */
function names(
  sweeps: readonly Sweep[],
  lines: readonly (readonly Point[])[],
  place: (value: number) => number,
): { readonly name: string; readonly dy: number; readonly k: number }[] {
  const wanted = sweeps
    .flatMap((sweep, k) => {
      const end = lines[k]?.at(-1);
      return end === undefined ? [] : [{ name: nameOf(sweep), k, at: place(end.best) - MARGIN.top }];
    })
    .sort((a, b) => a.at - b.at);
  const places = spread(
    wanted.map(({ at }) => at),
    LINE,
    HEIGHT - MARGIN.top - MARGIN.bottom,
  );
  return wanted.map(({ name, k }, row) => ({ name, k, dy: required(places[row], 'place of a name') }));
}

/** Values whose labels have room above each other. */
function thinned(values: readonly number[], place: (value: number) => number): number[] {
  const kept: number[] = [];
  for (const value of values) {
    const last = kept.at(-1);
    if (last === undefined || Math.abs(place(last) - place(value)) >= LINE) kept.push(value);
  }
  return kept;
}

function describeOptima({ sweeps, hyperparameter: { words, scale }, widths }: TransferResult): string {
  const found = sweeps.map(({ parametrization, factor }) => {
    const moved = factor === null ? 'unknown' : `${Number(factor.toPrecision(3))} times`;
    return `${parametrization} ${moved}${scale === 'memory' ? ` in 1/(1 − ${words})` : ''}`;
  });
  return `The best ${words} at the widths ${listed(widths.map(String))} with 95 % intervals. From the smallest to the largest width: ${found.join(', ')}.`;
}
