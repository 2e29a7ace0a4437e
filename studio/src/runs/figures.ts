/** The figures of opened runs. */

import * as Plot from '@observablehq/plot';
import { INFINITY_COLOR, widthColor } from '../figure/colors.ts';
import { digits } from '../limit/words.ts';
import { type Defined, definedAs, lossDefined, sizeDefined } from './definitions.ts';
import type { CoordView, TransferView } from './results.ts';

const COMMON = { className: 'plot', marginLeft: 58, marginRight: 20, marginTop: 26, marginBottom: 40 } as const;
const HEIGHT = 280;
const TIP = { fill: 'var(--card)', stroke: 'var(--line)' } as const;

/** Eigenvalues from the largest on, of a kernel that is defined so. */
export function spectrumFigure(values: readonly number[], kernel: Defined | undefined, width: number) {
  const points = values.flatMap((value, k) => (value > 0 ? [{ rank: k + 1, value }] : []));
  return Plot.plot({
    ...{ ...COMMON, width, height: HEIGHT },
    x: { label: 'rank', type: 'log', tickFormat: 'd', ticks: 5, tickSize: 0 },
    y: { label: 'eigenvalue', type: 'log', ticks: 5, tickFormat: '~s', tickSize: 0, labelArrow: 'none' },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
      Plot.line(points, { x: 'rank', y: 'value', stroke: 'var(--operator)' }),
      Plot.dot(points, { x: 'rank', y: 'value', fill: 'var(--operator)', r: 3 }),
      Plot.tip(
        points,
        Plot.pointerX({
          x: 'rank',
          y: 'value',
          ...TIP,
          title: ({ rank, value }: { rank: number; value: number }) =>
            `eigenvalue ${rank} of ${values.length}: ${digits(value)}${definedAs(kernel)}`,
        }),
      ),
    ],
  });
}

const colorOf = (width: number): string => (Number.isFinite(width) ? widthColor(width) : INFINITY_COLOR);
const nameOf = (width: number): string => (Number.isFinite(width) ? String(width) : '∞');

/** Of the height: names that are nearer to one another hide one another. */
const APART = 0.055;

/** Where names at the ends of lines stand: as near to these as they may, without hiding one another. */
function apart(ends: readonly number[], least: number): readonly number[] {
  const places = [...ends];
  const order = ends.map((_, k) => k).sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0));
  order.forEach((place, rank) => {
    const below = places[order[rank - 1] ?? -1];
    if (below !== undefined) places[place] = Math.max(places[place] ?? below, below + least);
  });
  return places;
}

/** The best value, which lies between those that were tried, on the line that is drawn between them. */
function bestOn(
  points: TransferView['sweeps'][number]['widths'][number]['points'],
  optimum: number,
): readonly { readonly value: number; readonly loss: number }[] {
  const place = points.findIndex(({ value }) => value >= optimum);
  const [to, from] = [points[place], points[Math.max(0, place - 1)]];
  if (to === undefined || from === undefined) return [];
  const share = to === from ? 0 : Math.log(optimum / from.value) / Math.log(to.value / from.value);
  const loss = from.loss + share * (to.loss - from.loss);
  return Number.isFinite(loss) ? [{ value: optimum, loss }] : [];
}

/** Loss by value, a line a width, with the best of each. */
export function transferFigure(
  { widths, parametrization }: TransferView['sweeps'][number],
  { swept, chance }: TransferView,
  width: number,
) {
  const lines = widths.map(({ width: n, points, optimum }) => ({
    n,
    points: points.filter(({ loss }) => Number.isFinite(loss)).map((point) => ({ ...point, n })),
    best: bestOn(points, optimum),
  }));
  const losses = lines.flatMap(({ points }) => points.map(({ loss }) => loss));
  const top = Math.min(Math.max(...losses), Number.isFinite(chance) ? 1.3 * chance : Number.POSITIVE_INFINITY);
  const low = Math.min(...losses);
  const bottom = Math.max(0, low - 0.15 * (top - low));
  const end = lines.map(({ points }) => Math.min(1.05 * top, points.at(-1)?.loss ?? top));
  const names = apart(end, APART * (1.05 * top - bottom));
  return Plot.plot({
    ...{ ...COMMON, width, height: HEIGHT, marginRight: 48 },
    x: { label: swept, type: 'log', base: 2, tickFormat: (value: number) => digits(value), ticks: 5, tickSize: 0 },
    y: { label: 'loss', domain: [bottom, 1.05 * top], clamp: true, ticks: 5, tickSize: 0, labelArrow: 'none' },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
      ...(Number.isFinite(chance) ? [Plot.ruleY([chance], { stroke: 'var(--muted)', strokeDasharray: '5 4' })] : []),
      ...lines.flatMap(({ n, points, best }, place) => [
        Plot.line(points, {
          x: 'value',
          y: 'loss',
          stroke: colorOf(n),
          strokeWidth: Number.isFinite(n) ? 1.8 : 2.6,
          clip: true,
        }),
        Plot.dot(best, { x: 'value', y: 'loss', r: 5, stroke: colorOf(n), strokeWidth: 2.5, fill: 'var(--page)' }),
        Plot.text(points.slice(-1), {
          x: 'value',
          y: () => names[place] ?? top,
          text: () => nameOf(n),
          textAnchor: 'start',
          dx: 6,
          fill: colorOf(n),
          fontWeight: 650,
        }),
        Plot.tip(
          points,
          Plot.pointer({
            x: 'value',
            y: 'loss',
            ...TIP,
            title: ({ value, loss, standardError }: { value: number; loss: number; standardError: number }) =>
              `n = ${nameOf(n)}, ${swept} ${digits(value)}\nloss ${digits(loss)}${Number.isFinite(standardError) ? ` ± ${digits(standardError)}` : ''}${definedAs(lossDefined(swept, parametrization, n))}`,
          }),
        ),
      ]),
    ],
  });
}

/** Exponents by layer and quantity at the last step, with intervals, beside what is predicted. */
export function coordFigure({ measured }: CoordView, width: number) {
  const last = Math.max(...measured.map(({ step }) => step));
  const rows = measured
    .filter(
      ({ step, exponent, quantity }) =>
        Number.isFinite(exponent) && (step === last || (step === 0 && quantity === 'preactivation')),
    )
    .map((one) => ({ ...one, name: `${one.layer}, ${one.quantity}${one.step === 0 ? ' at the start' : ''}` }));
  const color = ({ judgement }: { judgement: string }): string =>
    judgement === 'agrees' ? 'var(--learns)' : judgement === 'differs' ? 'var(--wrong)' : 'var(--muted)';
  return Plot.plot({
    ...{ ...COMMON, width, height: 70 + 22 * rows.length, marginLeft: Math.min(210, width / 2) },
    x: { label: 'exponent of the width', ticks: 5, grid: true },
    y: { label: null, domain: rows.map(({ name }) => name), tickSize: 0 },
    marks: [
      Plot.ruleX([0], { stroke: 'var(--muted)' }),
      Plot.ruleY(rows, { y: 'name', x1: 'low', x2: 'high', stroke: color, strokeWidth: 2 }),
      Plot.dot(rows, { y: 'name', x: 'exponent', fill: color, r: 4 }),
      Plot.tickX(
        rows.filter(({ predicted }) => Number.isFinite(predicted)),
        { y: 'name', x: 'predicted', stroke: 'var(--ink)', strokeWidth: 2 },
      ),
      Plot.tip(
        rows,
        Plot.pointer({
          y: 'name',
          x: 'exponent',
          ...TIP,
          title: (row: {
            name: string;
            quantity: string;
            exponent: number;
            low: number;
            high: number;
            predicted: number;
            judgement: string;
          }) =>
            `${row.name}\nn^${digits(row.exponent)} (95 %: ${digits(row.low)} to ${digits(row.high)}), predicted n^${digits(row.predicted)}: ${row.judgement}${definedAs(sizeDefined(row.quantity))}`,
        }),
      ),
    ],
  });
}
