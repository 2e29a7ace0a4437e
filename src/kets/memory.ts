/** Memory of values, columns that several values share counted once. */

import type { Combination, Pointwise, Source } from './combination.ts';
import type { Column, Value } from './values.ts';

/** Bytes of the columns and tiles behind values. */
export function bytesOf(values: Iterable<Value>): number {
  const columns = new Set<Column>();
  let tiles = 0;
  const addPointwise = (pointwise: Pointwise): void => {
    switch (pointwise.kind) {
      case 'map':
        pointwise.sources.forEach(addSource);
        return;
      case 'mean':
        addCombination(pointwise.arg);
        return;
      case 'renamed':
        addPointwise(pointwise.arg);
        return;
      case 'kept':
        tiles += pointwise.tiles.bytes;
    }
  };
  const addCombination = ({ outers, terms }: Combination): void => {
    for (const { left, right } of outers) columns.add(left).add(right);
    for (const { pointwise } of terms) addPointwise(pointwise);
  };
  const addSource = (source: Source): void => {
    if (typeof source === 'number') return;
    if ('column' in source) columns.add(source.column);
    else addCombination(source);
  };
  for (const value of values) {
    if (value.kind === 'vectors') for (const column of Array.from(value.data)) columns.add(column);
    if (value.kind === 'operators') for (const { pointwise } of Array.from(value.data)) addCombination(pointwise);
  }
  return tiles + [...columns].reduce((sum, column) => sum + column.byteLength, 0);
}
