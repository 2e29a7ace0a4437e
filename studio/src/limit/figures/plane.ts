/** Functions of a plane: the output as a heat map, and where it changes its sign. */

import * as Plot from '@observablehq/plot';
import { DIVERGING, isDark } from '../../figure/colors.ts';
import { planeOf } from '../../problem/grid.ts';
import type { Point } from '../../problem/spec.ts';
import { COMMON } from './common.ts';

/** Where an output is 0, of inputs as `rowsOf` has them. */
export interface DecisionLine {
  readonly values: readonly number[];
  readonly color: string;
  readonly strokeWidth: number;
  readonly dash?: string;
}

export interface PlaneShown {
  readonly points: readonly Point[];
  /** Outputs of all inputs. */
  readonly values: readonly number[];
  readonly lines: readonly DecisionLine[];
}

/** Colors end where targets do: beyond them a class is more than told. */
const REACH = 1;
const LEVELS = 20;
const [LEAST_SHAPE, MOST_SHAPE] = [0.6, 1.2] as const;

export function planeFigure({ points, values, lines }: PlaneShown, width: number) {
  const [xs, ys] = planeOf(points);
  const [xEnds, yEnds] = [endsOf(xs), endsOf(ys)];
  const cells = { width: FINE * (xs.length - 1) + 1, height: FINE * (ys.length - 1) + 1 };
  // Values stand in the middle of cells, which so lie half a cell beyond the ends, where lines close that no one sees.
  const beyond = ([from, to]: readonly [number, number], count: number): [number, number] => {
    const half = (to - from) / (count - 1) / 2;
    return [from - half, to + half];
  };
  const [[x1, x2], [y1, y2]] = [beyond(xEnds, cells.width), beyond(yEnds, cells.height)];
  const field = { ...cells, x1, x2, y1, y2, clip: true } as const;
  const gridValues = (of: readonly number[]): number[] => finer(of.slice(points.length), xs.length);
  const theme = isDark() ? 'dark' : 'light';
  const shape = (yEnds[1] - yEnds[0]) / (xEnds[1] - xEnds[0]);
  const [low, high] = [DIVERGING[theme][0], DIVERGING[theme][4]];
  return Plot.plot({
    ...{ ...COMMON, marginLeft: 32, marginRight: 6, width },
    height: Math.round(width * Math.min(MOST_SHAPE, Math.max(LEAST_SHAPE, shape))),
    x: { label: 'x', domain: xEnds, ticks: 4, tickSize: 0 },
    y: { label: 'y', domain: yEnds, ticks: 4, tickSize: 0 },
    color: {
      type: 'linear',
      domain: [-REACH, -REACH / 2, 0, REACH / 2, REACH],
      range: [...DIVERGING[theme]],
      interpolate: 'lab',
      clamp: true,
    },
    marks: [
      Plot.contour(
        gridValues(values).map((value) => Math.min(REACH, Math.max(-REACH, value))),
        {
          ...field,
          fill: Plot.identity,
          thresholds: Array.from({ length: LEVELS + 1 }, (_, k) => -REACH + (2 * REACH * k) / LEVELS),
        },
      ),
      ...lines.map(({ values: of, color, strokeWidth, dash }) =>
        Plot.contour(gridValues(of), {
          ...field,
          ...{ value: Plot.identity, thresholds: [0], stroke: color, strokeWidth, fill: 'none' },
          ...(dash === undefined ? {} : { strokeDasharray: dash }),
        }),
      ),
      ...([-1, 1] as const).map((one) =>
        Plot.dot(
          points.filter((point) => point.class === one),
          {
            ...{ x: 'x', y: 'y', r: 5, symbol: one === 1 ? 'circle' : 'square', fill: one === 1 ? high : low },
            ...{ stroke: 'var(--page)', strokeWidth: 1.6 },
          },
        ),
      ),
    ],
  });
}

const endsOf = (places: readonly number[]): [number, number] => [places[0] ?? 0, places.at(-1) ?? 1];

/** Cells between neighbors of the grid. */
const FINE = 6;

/** A grid, row-major, with values between its own by cubic curves through them, first along x and then along y. */
export function finer(values: readonly number[], columns: number): number[] {
  const rows = Array.from({ length: values.length / columns }, (_, k) =>
    curveThrough(values.slice(k * columns, (k + 1) * columns)),
  );
  const along = rows[0]?.map((_, k) => curveThrough(rows.map((row) => row[k] ?? Number.NaN))) ?? [];
  return (along[0] ?? []).flatMap((_, row) => along.map((column) => column[row] ?? Number.NaN));
}

/** Catmull–Rom: through every value, its slope that between its neighbors; at the ends lines go straight on. */
function curveThrough(values: readonly number[]): readonly number[] {
  const last = values.length - 1;
  const at = (k: number): number => {
    if (k < 0) return 2 * at(0) - at(1);
    return k > last ? 2 * at(last) - at(last - 1) : (values[k] ?? Number.NaN);
  };
  return Array.from({ length: FINE * last + 1 }, (_, place) => {
    const k = Math.min(last - 1, Math.floor(place / FINE));
    const t = place / FINE - k;
    const [a, b, c, d] = [at(k - 1), at(k), at(k + 1), at(k + 2)];
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  });
}
