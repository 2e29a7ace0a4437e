/** Tables on stdout. */

import Table from 'cli-table3';

/** Rows under a heading, without colors, which files and pipes would keep. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) shown.push([...row]);
  return shown.toString();
}

/** What a table is drawn with, all of which {@link aligned} leaves out. */
const LINES =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle';
const NO_LINES = Object.fromEntries(LINES.split(' ').map((line) => [line, '']));

/** Rows without lines between them, cells two spaces apart. */
export function aligned(rows: readonly (readonly string[])[], sides: readonly ('left' | 'right')[]): string {
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 2 };
  const shown = new Table({ chars: NO_LINES, style, colAligns: [...sides] });
  for (const row of rows) shown.push([...row]);
  return shown.toString().replace(/ +$/gm, '');
}

/** Of more test examples than this, the share that is right is known to 3 points. */
const SMALL_TEST_SET = 1000;

/** The 95 % interval of an accuracy on a small test set, in percent: `64.0 to 77.9`; undefined for a large one. */
export function intervalText([low, high]: readonly [number, number], examples: number): string | undefined {
  return examples > SMALL_TEST_SET ? undefined : `${percent(low)} to ${percent(high)}`;
}

/** A share in percent, with one decimal. */
export const percent = (share: number): string => (100 * share).toFixed(1);

/** A number to three digits, without zeros behind them. */
export const threeDigits = (value: number): string => String(Number(value.toPrecision(3)));
