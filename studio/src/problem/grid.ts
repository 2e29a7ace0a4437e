/** Inputs of a training: the points, and a grid over which functions are drawn. */

import { GRID, type Point } from './spec.ts';

/** Of the range of the points, what functions are drawn beyond its ends. */
const BEYOND = 0.15;

/** Where functions are drawn. */
export function gridOf(points: readonly Point[]): readonly number[] {
  const xs = points.map(({ x }) => x);
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const [from, to] = [least - BEYOND * (most - least), most + BEYOND * (most - least)];
  return Array.from({ length: GRID }, (_, k) => from + ((to - from) * k) / (GRID - 1));
}

/** Inputs (x, 1) and targets: the points that are trained on, then the grid, whose targets are in no batch. */
export function rowsOf(points: readonly Point[]): readonly Point[] {
  return [...points, ...gridOf(points).map((x) => ({ x, y: 0 }))];
}
