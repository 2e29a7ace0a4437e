/** The figures of a training: functions, losses, movement of features, feature kernels. */

import * as Plot from '@observablehq/plot';
import { DIVERGING, INFINITY_COLOR, isDark, SEQUENTIAL, widthColor } from '../figure/colors.ts';
import { gridOf } from '../problem/grid.ts';
import type { PageSpec, Point } from '../problem/spec.ts';
import { movement, ofWidth, type SideView, widthsOf } from './view.ts';
import { digits, meanOf } from './words.ts';

/** Standard errors, to each side of a limit. */
const BAND = 2;

const HEIGHT = 220;
const COMMON = {
  className: 'plot',
  height: HEIGHT,
  marginLeft: 46,
  marginRight: 14,
  marginTop: 12,
  marginBottom: 34,
} as const;

interface At {
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly name: string;
}

const byAt = { x: 'x', y: 'value' } as const;
const TIP = { fill: 'var(--card)', stroke: 'var(--line)', fontSize: 12 } as const;
const grid = (): Plot.Markish[] => [Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1 })];

/** A hint at what the pointer is next to. */
function hint(points: readonly At[], title: (point: At) => string): Plot.Markish {
  return Plot.tip([...points], Plot.pointer({ ...byAt, title, ...TIP }));
}

/** Outputs over x at a time, with the points that are to be met; y spans all times, so that nothing jumps. */
export function functionFigure(view: SideView, spec: PageSpec, points: readonly Point[], time: number, width: number) {
  const xs = gridOf(points);
  const from = points.length;
  const along = (values: readonly number[] | undefined, name: string): At[] =>
    values === undefined
      ? []
      : xs.map((x, k) => {
          const value = values[from + k] ?? Number.NaN;
          return { x, value, low: value, high: value, name };
        });
  const limit: At[] = (view.limit?.outputs[time] ?? []).slice(from).map(({ value, standardError }, k) => ({
    ...{ x: xs[k] ?? 0, value, name: '∞' },
    ...{ low: value - BAND * standardError, high: value + BAND * standardError },
  }));
  const networks = Number.isFinite(spec.width) ? ofWidth(view, spec.width) : [];
  const color = widthColor(spec.width);
  const lines = networks.map(({ outputs, seed, width: n }) => along(outputs[time], `n = ${n}, seed ${seed}`));
  const reach = reachOf(view, spec, points);
  return Plot.plot({
    ...COMMON,
    width,
    x: { label: 'x' },
    y: { label: null, domain: reach, ticks: 5, tickSize: 0 },
    marks: [
      ...grid(),
      Plot.ruleY([0], { stroke: 'var(--muted)', strokeOpacity: 0.5 }),
      Plot.areaY(limit, { x: 'x', y1: 'low', y2: 'high', fill: INFINITY_COLOR, fillOpacity: 0.18, curve: 'natural' }),
      ...lines.map((line) =>
        Plot.line(line, { ...byAt, stroke: color, strokeWidth: 1.4, strokeOpacity: 0.75, curve: 'natural' }),
      ),
      Plot.line(limit, { ...byAt, stroke: INFINITY_COLOR, strokeWidth: 2.6, curve: 'natural' }),
      Plot.dot([...points], { x: 'x', y: 'y', r: 4.5, fill: 'var(--target)', stroke: 'var(--page)', strokeWidth: 1.5 }),
      hint(
        [...limit, ...lines.flat()],
        ({ name, x, value, high }) =>
          `${name}\nf(${digits(x)}) = ${digits(value)}${high > value ? ` ± ${digits((high - value) / BAND)}` : ''}`,
      ),
    ],
  });
}

/** Room for the points and everything that functions reach at any time. */
function reachOf({ limit, ...view }: SideView, { width }: PageSpec, points: readonly Point[]): [number, number] {
  const values = [
    ...points.map(({ y }) => y),
    ...(limit?.outputs ?? []).flatMap((step) => step.map(({ value }) => value)),
    ...ofWidth(view, width).flatMap(({ outputs }) => outputs.flat()),
  ].filter(Number.isFinite);
  // What diverges would press all else flat.
  const far = 4 * Math.max(1, ...points.map(({ y }) => Math.abs(y)));
  const [least, most] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [0, 0]);
  const room = 0.06 * (most - least || 1);
  return [Math.max(-far, least - room), Math.min(far, most + room)];
}

/** A quantity by update: means over seeds of each width, and the limit. */
function pathFigure(
  {
    limit,
    widths,
    label,
  }: { readonly limit: readonly At[]; readonly widths: readonly (readonly At[])[]; readonly label: string },
  spec: PageSpec,
  time: number,
  width: number,
  document?: Document,
) {
  const { steps } = spec.sides[0];
  const colorOf = (line: readonly At[]): string => widthColor(Number(line[0]?.name ?? 1));
  const isShown = (line: readonly At[]): boolean => line[0]?.name === String(spec.width);
  const most = Math.max(...[limit, ...widths].flat().map(({ value }) => value), 0);
  const ends = [...widths, limit].flatMap((line) => line.slice(-1));
  return Plot.plot({
    ...COMMON,
    marginRight: 44,
    width,
    ...(document === undefined ? {} : { document }),
    x: { label: 'updates', domain: [0, steps], ticks: Math.min(steps, 6), tickFormat: 'd' },
    y: { label: null, domain: [0, 1.05 * most || 1], ticks: 4, tickSize: 0 },
    marks: [
      ...grid(),
      Plot.ruleX([time], { stroke: 'var(--accent)', strokeOpacity: 0.6, strokeDasharray: '3 3' }),
      Plot.areaY([...limit], { x: 'x', y1: 'low', y2: 'high', fill: INFINITY_COLOR, fillOpacity: 0.18, clip: true }),
      ...widths.map((line) =>
        Plot.line([...line], { ...byAt, stroke: colorOf(line), strokeWidth: isShown(line) ? 2.2 : 1.2, clip: true }),
      ),
      Plot.line([...limit], { ...byAt, stroke: INFINITY_COLOR, strokeWidth: 2.6, clip: true }),
      Plot.text(spread(ends, most), {
        x: 'x',
        y: 'value',
        text: 'name',
        textAnchor: 'start',
        dx: 6,
        fill: ({ name }: At) => (name === '∞' ? INFINITY_COLOR : widthColor(Number(name))),
        fontWeight: 650,
      }),
      hint(
        [...limit, ...widths.flat()],
        ({ name, x, value, high }) =>
          `${name === '∞' ? '∞' : `n = ${name}`}, after ${x}\n${label} ${digits(value)}${high > value ? ` ± ${digits((high - value) / BAND)}` : ''}`,
      ),
    ],
  });
}

/** Names at the ends of lines, moved apart where they would lie on each other. */
function spread(ends: readonly At[], most: number): At[] {
  const least = (13 / (HEIGHT - 46)) * (most || 1);
  let last = Number.NEGATIVE_INFINITY;
  return [...ends]
    .sort((a, b) => a.value - b.value)
    .map((end) => {
      last = Math.max(end.value, last + least);
      return { ...end, value: last };
    });
}

/** Loss of the points by update. */
export function lossFigure(view: SideView, spec: PageSpec, time: number, width: number, document?: Document) {
  const limit = (view.limit?.losses ?? []).map(
    ({ value, standardError }, x): At => ({
      x,
      value,
      low: value - BAND * standardError,
      high: value + BAND * standardError,
      name: '∞',
    }),
  );
  const widths = linesOf(view, spec, ({ losses }) => losses);
  return pathFigure({ limit, widths, label: 'loss' }, spec, time, width, document);
}

/** Of the last layer, how far its feature kernel is from where it started. */
export function movementFigure(view: SideView, spec: PageSpec, time: number, width: number) {
  const path = view.limit?.kernels?.at(-1) ?? [];
  const norm = Math.sqrt((path[0] ?? []).reduce((sum, { value }) => sum + value ** 2, 0));
  const values = path.map((step) => step.map(({ value }) => value));
  const limit = values.map((now, x): At => {
    const value = movement(values[0] ?? [], now);
    const isStill = view.limit?.kind === 'neural tangent';
    const error = isStill
      ? 0
      : Math.sqrt((path[x] ?? []).reduce((sum, { standardError }) => sum + standardError ** 2, 0)) / norm;
    return { x, value, low: Math.max(0, value - BAND * error), high: value + BAND * error, name: '∞' };
  });
  const widths = linesOf(view, spec, ({ kernels = [] }) =>
    kernels.map((step) => movement(kernels[0]?.at(-1) ?? [], step.at(-1) ?? [])),
  );
  return pathFigure({ limit, widths, label: 'movement' }, spec, time, width);
}

function linesOf(
  view: SideView,
  spec: PageSpec,
  of: (network: SideView['networks'][number]) => readonly number[],
): At[][] {
  return widthsOf(view).flatMap((n) => {
    const paths = ofWidth(view, n)
      .filter(({ divergedAt }) => divergedAt === undefined)
      .map(of);
    const length = Math.min(...paths.map((path) => path.length));
    if (paths.length === 0 || length === 0) return [];
    return [
      Array.from({ length: Math.min(length, spec.sides[0].steps + 1) }, (_, x) => {
        const { value } = meanOf(paths.map((path) => path[x] ?? Number.NaN));
        return { x, value, low: value, high: value, name: String(n) };
      }),
    ];
  });
}

/** One feature kernel over the grid, a cell for each pair of inputs. */
export function kernelFigure(entries: readonly number[], points: readonly Point[], largest: number, width: number) {
  const xs = gridOf(points);
  const [from, all] = [points.length, points.length + xs.length];
  const cells = xs.flatMap((a, row) =>
    xs.map((b, column) => ({ a, b, value: entries[(from + row) * all + from + column] ?? Number.NaN })),
  );
  const isSigned = cells.some(({ value }) => value < 0);
  const theme = isDark() ? 'dark' : 'light';
  return Plot.plot({
    className: 'plot',
    ...{ width, height: width, margin: 1, axis: null, padding: 0 },
    x: { type: 'band' },
    y: { type: 'band', reverse: true },
    color: {
      type: 'linear',
      domain: isSigned
        ? [-largest, -largest / 2, 0, largest / 2, largest]
        : [0, 0.25 * largest, 0.5 * largest, 0.75 * largest, largest],
      range: [...(isSigned ? DIVERGING : SEQUENTIAL)[theme]],
      interpolate: 'lab',
      clamp: true,
    },
    marks: [
      Plot.cell(cells, { x: 'b', y: 'a', fill: 'value' }),
      Plot.tip(
        cells,
        Plot.pointer({
          x: 'b',
          y: 'a',
          title: ({ a, b, value }: { a: number; b: number; value: number }) =>
            `⟨x(${digits(a)}) | x(${digits(b)})⟩ = ${digits(value)}`,
          ...TIP,
        }),
      ),
    ],
  });
}
