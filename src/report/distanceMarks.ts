/** Distances with their standard errors on a log axis, joined by a line. */

import { Plot } from './figure.ts';

interface MeasuredDistance {
  readonly distance: number;
  readonly standardError?: number;
}

/** Where the bar of one standard error begins and ends, on a log axis. */
export function distanceBar({ distance, standardError = 0 }: MeasuredDistance): [number, number] {
  const factor = Math.exp(standardError / distance);
  return [distance / factor, distance * factor];
}

/** The line, its bars and its dots; `x` is the property that they stand at. */
export function distanceMarks<Point extends MeasuredDistance>(
  points: readonly Point[],
  x: keyof Point & string,
  title: (point: Point) => string,
): Plot.Markish[] {
  const color = 'var(--series-1)';
  return [
    Plot.line(points, { x, y: 'distance', stroke: color, strokeWidth: 1.75 }),
    Plot.ruleX(points, {
      x,
      y1: (one: Point) => distanceBar(one)[0],
      y2: (one: Point) => distanceBar(one)[1],
      stroke: color,
      strokeWidth: 1.5,
    }),
    Plot.dot(points, { x, y: 'distance', r: 3.5, fill: color, stroke: 'var(--page)', title }),
  ];
}
