/** Figures by update: loss, movement of features. */

import * as Plot from '@observablehq/plot';
import { INFINITY_COLOR, widthColor } from '../../figure/colors.ts';
import type { PageSpec } from '../../problem/spec.ts';
import { movement, ofWidth, type SideView, widthsOf } from '../view.ts';
import { digits, meanOf } from '../words.ts';
import { type At, BAND, byAt, COMMON, grid, HEIGHT, hint, type PinnedSide, standing } from './common.ts';

/** A quantity by update: means over seeds of each width, and the limit. */
function pathFigure(
  {
    limit,
    widths,
    label,
    pinned,
    formula,
  }: {
    readonly limit: readonly At[];
    readonly widths: readonly (readonly At[])[];
    readonly label: string;
    readonly pinned: readonly PinnedPath[];
    /** What of the theory it is. */
    readonly formula: string;
  },
  { spec, time, sources }: PathShown,
  width: number,
  document?: Document,
) {
  const { steps } = spec.sides[0];
  const colorOf = (line: readonly At[]): string => widthColor(Number(line[0]?.name ?? 1));
  const isShown = (line: readonly At[]): boolean => line[0]?.name === String(spec.width);
  const most = mostOf([limit, ...widths, ...pinned.map(({ line }) => line)]);
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
      ...pinned.map(({ line, color, dash }) =>
        Plot.line([...line], { ...byAt, stroke: color, strokeWidth: 1.8, strokeDasharray: dash, clip: true }),
      ),
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
        [...limit, ...widths.flat(), ...pinned.flatMap(({ line }) => line)],
        ({ name, x, value, high }) =>
          `${/^\d/.test(name) ? `n = ${name}` : name}, after ${x}\n${label} ${digits(value)}${high > value ? ` ± ${digits((high - value) / BAND)}` : ''}${standing(formula, label === 'loss' ? sources?.output : sources?.kernel)}`,
      ),
    ],
  });
}

/** Beyond so many times the largest start, a loss diverges. */
const FAR = 8;

/** Of all that is drawn the largest value; what diverges is not followed, for it would press all else flat. */
function mostOf(lines: readonly (readonly At[])[]): number {
  const values = lines.flat().flatMap(({ value }) => (Number.isFinite(value) ? [value] : []));
  const start = Math.max(0, ...lines.flatMap((line) => line[0]?.value ?? []));
  const most = Math.max(0, ...values);
  return start > 0 ? Math.min(most, FAR * start) : most;
}

/** Names at the ends of lines, moved apart where they would lie on each other. */
function spread(ends: readonly At[], most: number): At[] {
  const least = (13 / (HEIGHT - 46)) * (most || 1);
  let last = Number.NEGATIVE_INFINITY;
  return [...ends]
    .filter(({ value }) => value <= most)
    .sort((a, b) => a.value - b.value)
    .map((end) => {
      last = Math.max(end.value, last + least);
      return { ...end, value: last };
    });
}

/** Loss of the points by update. */
export function lossFigure(shown: PathShown, width: number, document?: Document) {
  return pathFigure(
    { ...lossPaths(shown), label: 'loss', pinned: pinnedPaths(shown, lossPaths), formula: 'of f_t at the points' },
    shown,
    width,
    document,
  );
}

const MOVEMENT = '‖K_t − K_0‖ / ‖K_0‖, K = ⟨x|x⟩';

/** Of the last layer, how far its feature kernel is from where it started. */
export function movementFigure(shown: PathShown, width: number) {
  const pinned = pinnedPaths(shown, movementPaths);
  return pathFigure({ ...movementPaths(shown), label: 'movement', pinned, formula: MOVEMENT }, shown, width);
}

/** What a figure by update shows, and the time that it marks. */
export interface PathShown {
  readonly view: SideView;
  readonly spec: PageSpec;
  readonly time: number;
  readonly pins: readonly PinnedSide[];
  readonly sources?: Sources;
}

/** Papers and definitions of what figures show. */
export interface Sources {
  /** Of the function in the limit. */
  readonly output: string;
  /** Of inner products of kets. */
  readonly kernel: string;
}

type Of = Pick<PathShown, 'view' | 'spec'>;
interface Paths {
  readonly limit: readonly At[];
  readonly widths: readonly (readonly At[])[];
}

function lossPaths({ view, spec }: Of): Paths {
  const limit = (view.limit?.losses ?? []).map(
    ({ value, standardError }, x): At => ({
      x,
      value,
      low: value - BAND * standardError,
      high: value + BAND * standardError,
      name: '∞',
    }),
  );
  return { limit, widths: linesOf(view, spec, ({ losses }) => losses) };
}

function movementPaths({ view, spec }: Of): Paths {
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
  return { limit, widths };
}

interface PinnedPath {
  readonly line: readonly At[];
  readonly color: string;
  readonly dash: string;
}

/** Of each pin its limit, and the mean of the networks of its width. */
function pinnedPaths({ pins }: PathShown, of: (one: Of) => Paths): PinnedPath[] {
  return pins.flatMap((pin) => {
    const { limit, widths } = of(pin);
    return [...widths, limit].map((line) => ({
      line: line.map((at) => ({ ...at, name: `pin ${pin.number}, ${at.name === '∞' ? '∞' : `n = ${at.name}`}` })),
      color: line === limit ? INFINITY_COLOR : widthColor(pin.spec.width),
      dash: pin.dash,
    }));
  });
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
