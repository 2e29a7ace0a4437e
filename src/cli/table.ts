/** Tables for people to read in a terminal. */

import CliTable from 'cli-table3';

/** A column: its title, and `right` for numbers. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Columns set apart by spaces, a line under the titles, no frame: readable, and easy to cut with other tools. */
const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * The rows under the titles of the columns; titles are bold where `color` is set, by default where stdout is a terminal
 * and NO_COLOR is not set.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  color = process.stdout.isTTY === true && !process.env.NO_COLOR,
): string {
  const table = new CliTable({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: CHARS,
    style: { head: color ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
