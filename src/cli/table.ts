/** Tables on stdout. */

import Table from 'cli-table3';

/** Rows under a heading, without colors, which files and pipes would keep. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) shown.push([...row]);
  return shown.toString();
}
