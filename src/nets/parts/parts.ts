/** What one layer makes for several uses. */

import type { Axis, Value, Writer } from '../../program/index.ts';

/** The entries at one place of a fixed axis, which is gone. */
export function partOf(writer: Writer, value: Value, axis: Axis, place: number): Value {
  writer.space({ name: 'one', kind: 'fixed', size: 1 });
  return writer.reduce('sum', writer.select(value, axis, 'one', place), ['one']);
}
