/** Tables as text: values separated by commas, as in RFC 4180; numbers with all their digits. */

export type Cell = string | number | boolean | undefined;

/** A header with its rows. Cells that are not there, and numbers that are none, are empty; infinity is a word. */
export function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${header.map((_, column) => field(row[column])).join(',')}\n`).join('');
}

/** Both ends of an interval; of what has none, two empty cells. */
export const ends = (interval: readonly [number, number] | undefined): readonly [Cell, Cell] => [
  interval?.[0],
  interval?.[1],
];

function field(cell: Cell): string {
  if (cell === undefined || Number.isNaN(cell)) return '';
  if (typeof cell === 'number' && !Number.isFinite(cell)) return cell > 0 ? 'infinity' : '-infinity';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
