/** Rows of tables, looked up by indices that are data. */

import type { Axis, Value } from '../../program/index.ts';
import type { NetWriter } from '../netWriter.ts';

export interface LookUp {
  /** The table's name: a vector on [of, n]. */
  readonly table: string;
  /** The space of its rows. */
  readonly of: string;
  /** The data that pick rows, and their axes. */
  readonly index: string;
  readonly axes: readonly Axis[];
}

/** table[index], on the index's axes and n. */
export function lookedUp(net: NetWriter, { table, of, index, axes }: LookUp): Value {
  const picks = net.index(index, of, axes);
  return net.gather(net.parameter(table, 'vector', [of, 'n']), picks, of);
}
