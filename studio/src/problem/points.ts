/** Points of a regression, as text: `x:y` apart by semicolons in links, `x, y` by line as CSV. */

import type { Point } from './spec.ts';

/** Steps take time in proportion; a figure of more is no longer read point by point. */
export const [LEAST_POINTS, MOST_POINTS] = [2, 24] as const;
const MOST_SIZE = 1000;

/** Points, or what is wrong with the text. */
export function readPoints(text: string): readonly Point[] | string {
  const rows = text
    .split(/[;\n]/)
    .map((row) => row.trim())
    .filter((row) => row !== '');
  const isHeader = (row: string): boolean => /^[a-z_"]/i.test(row) && !/^(nan|infinity)/i.test(row);
  const points: Point[] = [];
  for (const [k, row] of rows.entries()) {
    if (k === 0 && isHeader(row)) continue;
    const words = row.split(/[:,\t]|\s+/).filter((word) => word !== '');
    const [x, y] = words.map(Number);
    if (words.length !== 2 || x === undefined || y === undefined || !Number.isFinite(x) || !Number.isFinite(y))
      return `Line ${k + 1} is “${shortened(row)}”; expected two numbers, such as 0.5, -1.`;
    if (Math.abs(x) > MOST_SIZE || Math.abs(y) > MOST_SIZE)
      return `Line ${k + 1} has a number beyond ${MOST_SIZE}; scale the data to about 1, where networks learn.`;
    points.push({ x, y });
  }
  if (points.length < LEAST_POINTS || points.length > MOST_POINTS)
    return `There are ${points.length} points; expected ${LEAST_POINTS} to ${MOST_POINTS}. For more, take nexort limit --data.`;
  if (points.every(({ x }) => x === points[0]?.x)) return 'All points have the same x; expected at least two.';
  return points;
}

export const pointsText = (points: readonly Point[]): string => points.map(({ x, y }) => `${x}:${y}`).join(';');

/** As a person reads them, a line each. */
export const pointLines = (text: string): string => text.replaceAll(';', '\n').replaceAll(':', ', ');
export const pointsOfLines = (text: string): string =>
  text
    .trim()
    .replaceAll(/\s*\n\s*/g, ';')
    .replaceAll(/\s*,\s*/g, ':');

const MOST_SHOWN = 40;
const shortened = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
