/**
 * Examples as text: `x:y` apart by semicolons in links, `x, y` by line as CSV, of a regression; of a classification
 * `x:y:class` and `x, y, class`. The text so says which of them it is.
 */

import type { Class, Point } from './spec.ts';

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
  let columns: 2 | 3 | undefined;
  for (const [k, row] of rows.entries()) {
    if (k === 0 && isHeader(row)) continue;
    const words = row.split(/[:,\t]|\s+/).filter((word) => word !== '');
    const [x, y, label] = words.map(Number);
    columns ??= words.length === 3 ? 3 : 2;
    if (words.length !== columns || x === undefined || y === undefined || !Number.isFinite(x) || !Number.isFinite(y))
      return `Line ${k + 1} is “${shortened(row)}”; expected ${columns === 2 ? 'two numbers, such as 0.5, -1' : 'two numbers and a class, such as 0.5, -1, 1'}.`;
    if (Math.abs(x) > MOST_SIZE || Math.abs(y) > MOST_SIZE)
      return `Line ${k + 1} has a number beyond ${MOST_SIZE}; scale the data to about 1, where networks learn.`;
    if (columns === 2) {
      points.push({ x, y });
      continue;
    }
    const own = classOf(label);
    if (own === undefined)
      return `Line ${k + 1} has the class “${shortened(words[2] ?? '')}”; expected 1 or -1 (0 is read as -1).`;
    points.push({ x, y, class: own });
  }
  if (points.length < LEAST_POINTS || points.length > MOST_POINTS)
    return `There are ${points.length} points; expected ${LEAST_POINTS} to ${MOST_POINTS}. For more, take nexort limit --data.`;
  if (points.every(({ x }) => x === points[0]?.x)) return 'All points have the same x; expected at least two.';
  if (columns === 3 && points.every(({ y }) => y === points[0]?.y))
    return 'All points have the same y; expected at least two.';
  if (columns === 3 && points.every((point) => point.class === points[0]?.class))
    return 'All points are of one class; expected some of each.';
  return points;
}

/** Tables have 0 and 1, or −1 and 1. */
const classOf = (label: number | undefined): Class | undefined =>
  label === 1 ? 1 : label === -1 || label === 0 ? -1 : undefined;

export const pointsText = (points: readonly Point[]): string =>
  points.map((point) => [point.x, point.y, ...(point.class === undefined ? [] : [point.class])].join(':')).join(';');

/** As a person reads them, a line each. */
export const pointLines = (text: string): string => text.replaceAll(';', '\n').replaceAll(':', ', ');
export const pointsOfLines = (text: string): string =>
  text
    .trim()
    .replaceAll(/\s*\n\s*/g, ';')
    .replaceAll(/\s*,\s*/g, ':');

const MOST_SHOWN = 40;
const shortened = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
