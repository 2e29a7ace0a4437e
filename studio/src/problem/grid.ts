/** Inputs of a training: the examples, and a grid over which functions are drawn. */

import { GRID, PLANE_GRID, type Point } from './spec.ts';

/** Of the range of the points, what functions are drawn beyond its ends. */
const BEYOND = 0.15;

/** An example as networks see it. */
export interface Row {
  /** (x, 1), of a classification (x, y, 1). */
  readonly inputs: readonly number[];
  /** Of the grid 0, which is in no batch. */
  readonly target: number;
}

/** Whether the points are places of a plane with classes, and not a line with targets. */
export const isPlane = (points: readonly Point[]): boolean => points.some((point) => point.class !== undefined);

/** Where functions over a line are drawn. */
export const gridOf = (points: readonly Point[]): readonly number[] =>
  spread(
    points.map(({ x }) => x),
    GRID,
  );

/** Where functions over a plane are drawn: along x, and along y. */
export const planeOf = (points: readonly Point[]): readonly [xs: readonly number[], ys: readonly number[]] => [
  spread(
    points.map(({ x }) => x),
    PLANE_GRID,
  ),
  spread(
    points.map(({ y }) => y),
    PLANE_GRID,
  ),
];

function spread(values: readonly number[], count: number): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [from, to] = [least - BEYOND * (most - least), most + BEYOND * (most - least)];
  return Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
}

/** The points that are trained on, then the grid; of a plane along x within each y. */
export function rowsOf(points: readonly Point[]): readonly Row[] {
  if (!isPlane(points))
    return [
      ...points.map(({ x, y }) => ({ inputs: [x, 1], target: y })),
      ...gridOf(points).map((x) => ({ inputs: [x, 1], target: 0 })),
    ];
  const [xs, ys] = planeOf(points);
  return [
    ...points.map((point) => ({ inputs: [point.x, point.y, 1], target: point.class ?? 0 })),
    ...ys.flatMap((y) => xs.map((x) => ({ inputs: [x, y, 1], target: 0 }))),
  ];
}

/**
 * Of all inputs those whose feature kernel is shown: of a line all, of a plane the points, by class, for a kernel over its
 * whole grid is large and says little.
 */
export function kernelRows(points: readonly Point[]): readonly number[] {
  if (!isPlane(points)) return rowsOf(points).map((_, k) => k);
  const of = (one: number): number[] => points.flatMap((point, k) => (point.class === one ? [k] : []));
  return [...of(-1), ...of(1)];
}

/** Of a kernel over all inputs, row-major, the entries that are shown. */
export function shownKernel<Entry>(points: readonly Point[], entries: readonly Entry[]): readonly Entry[] {
  if (!isPlane(points)) return entries;
  const rows = kernelRows(points);
  const all = rowsOf(points).length;
  return rows.flatMap((a) => rows.flatMap((b) => entries.slice(a * all + b, a * all + b + 1)));
}
