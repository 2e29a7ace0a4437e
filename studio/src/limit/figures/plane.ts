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
  const [xReach, yReach] = [reachOf(xs), reachOf(ys)];
  // Values stand in the middle of cells.
  const cells = {
    ...{ width: xs.length, height: ys.length },
    ...{ x1: xReach[0], x2: xReach[1], y1: yReach[0], y2: yReach[1] },
  };
  const gridValues = (of: readonly number[]): number[] => of.slice(points.length);
  const theme = isDark() ? 'dark' : 'light';
  const shape = (yReach[1] - yReach[0]) / (xReach[1] - xReach[0]);
  const [low, high] = [DIVERGING[theme][0], DIVERGING[theme][4]];
  return Plot.plot({
    ...{ ...COMMON, marginLeft: 32, marginRight: 6, width },
    height: Math.round(width * Math.min(MOST_SHAPE, Math.max(LEAST_SHAPE, shape))),
    x: { label: 'x', domain: xReach, ticks: 4, tickSize: 0 },
    y: { label: 'y', domain: yReach, ticks: 4, tickSize: 0 },
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
          ...cells,
          fill: Plot.identity,
          thresholds: Array.from({ length: LEVELS + 1 }, (_, k) => -REACH + (2 * REACH * k) / LEVELS),
          clip: true,
        },
      ),
      ...lines.map(({ values: of, color, strokeWidth, dash }) =>
        Plot.contour(gridValues(of), {
          ...cells,
          ...{ value: Plot.identity, thresholds: [0], stroke: color, strokeWidth, fill: 'none', clip: true },
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

/** From half a cell before the first to half a cell beyond the last. */
function reachOf(places: readonly number[]): [number, number] {
  const [first = 0, second = 1] = places;
  const half = (second - first) / 2;
  return [first - half, (places.at(-1) ?? 0) + half];
}
