/** How outputs approach their limits: root-mean-square distances by width, on logarithmic axes. */

import * as Plot from '@observablehq/plot';
import type { CheckedOutput } from 'nexort/experiments';
import { sourceOf } from '../formulas/index.ts';
import { digits } from '../limit/words.ts';

const COLORS = [
  'var(--operator)',
  'var(--unstable)',
  'var(--learns)',
  'var(--widest)',
  'var(--target)',
  'var(--trivial)',
];
/** More lines cannot be told apart. */
const MOST = 6;
const HEIGHT = 280;
/** What a distance is measured against, and where it is stated. */
const APPROACH = `of c − c̊ = Õ(n^(−1/2)) (${sourceOf('master')})`;

export function convergenceFigure(outputs: readonly CheckedOutput[], width: number) {
  const shown = drawnOutputs(outputs);
  const lines = shown.map(({ name, distances }, k) => ({
    name,
    color: COLORS[k % COLORS.length] ?? 'var(--ink)',
    points: distances.filter(({ rms }) => rms > 0),
  }));
  const all = lines.flatMap(({ points }) => points);
  const widths = [...new Set(all.map((point) => point.width))].sort((a, b) => a - b);
  const top = 1.3 * Math.max(...all.map((point) => point.rms * Math.sqrt(point.width)), 1e-12);
  return Plot.plot({
    ...{ className: 'plot', width, height: HEIGHT, marginLeft: 58, marginRight: 20, marginTop: 26, marginBottom: 36 },
    x: { type: 'log', label: 'width n', ticks: widths, tickFormat: 'd', tickSize: 0 },
    y: { type: 'log', label: 'distance from the limit', ticks: 4, tickFormat: '.0e', tickSize: 0, labelArrow: 'none' },
    color: { domain: lines.map(({ name }) => name), range: lines.map(({ color }) => color) },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 4 }),
      Plot.line(
        widths.map((n) => ({ n, y: top / Math.sqrt(n) })),
        { x: 'n', y: 'y', stroke: 'var(--muted)', strokeDasharray: '5 4' },
      ),
      Plot.text(
        widths.slice(-1).map((n) => ({ n, y: top / Math.sqrt(n) })),
        { x: 'n', y: 'y', text: () => 'n^(−1/2)', textAnchor: 'end', dy: -9, fill: 'var(--muted)' },
      ),
      ...lines.flatMap(({ name, color, points }) => [
        Plot.ruleX(points, {
          x: 'width',
          y1: ({ rms, standardError }: { rms: number; standardError: number }) =>
            Math.max(rms / 3, rms - 2 * standardError),
          y2: ({ rms, standardError }: { rms: number; standardError: number }) => rms + 2 * standardError,
          stroke: color,
        }),
        Plot.line(points, { x: 'width', y: 'rms', stroke: color, strokeWidth: 2 }),
        Plot.dot(points, { x: 'width', y: 'rms', fill: color, r: 3.5 }),
        Plot.tip(
          points,
          Plot.pointer({
            x: 'width',
            y: 'rms',
            fill: 'var(--card)',
            stroke: 'var(--line)',
            title: ({ width: n, rms, standardError }: { width: number; rms: number; standardError: number }) =>
              `${name}, n = ${n}\ndistance ${digits(rms)} ± ${digits(standardError)}\n${APPROACH}`,
          }),
        ),
      ]),
    ],
  });
}

/** Those that have lines, as many as can be told apart. */
const drawnOutputs = (outputs: readonly CheckedOutput[]): readonly CheckedOutput[] =>
  outputs.filter(({ distances }) => distances.some(({ rms }) => rms > 0)).slice(0, MOST);

/** The color of an output's line; undefined of one that has none. */
export function colorOf(outputs: readonly CheckedOutput[], output: CheckedOutput): string | undefined {
  const place = drawnOutputs(outputs).indexOf(output);
  return place < 0 ? undefined : COLORS[place];
}
