/** Memory of values that come and go, columns that several values share counted once. */

import type { Combination, KeptTiles, Pointwise, Source } from './combination.ts';
import type { Column, Value } from './values.ts';

/** What holds the numbers of a value. */
interface Behind {
  readonly columns: ReadonlySet<Column>;
  readonly tiles: readonly KeptTiles[];
}

/** Values that are held, each as many times as it was added. */
export class HeldMemory {
  readonly #columns = new Map<Column, number>();
  readonly #tiles = new Map<KeptTiles, number>();
  #columnBytes = 0;

  add(value: Value): void {
    const { columns, tiles } = behind(value);
    for (const column of columns) {
      const holders = count(this.#columns, column, 1);
      if (holders === 1) this.#columnBytes += column.byteLength;
    }
    for (const one of tiles) count(this.#tiles, one, 1);
  }

  drop(value: Value): void {
    const { columns, tiles } = behind(value);
    for (const column of columns) {
      const holders = count(this.#columns, column, -1);
      if (holders === 0) this.#columnBytes -= column.byteLength;
    }
    for (const one of tiles) count(this.#tiles, one, -1);
  }

  /** Of columns and tiles; tiles grow with what they are asked for. */
  get bytes(): number {
    let bytes = this.#columnBytes;
    for (const [tiles, holders] of this.#tiles) bytes += holders * tiles.bytes;
    return bytes;
  }
}

/** Changes a count, and gives it; what has none left is forgotten. */
function count<T>(counts: Map<T, number>, key: T, change: 1 | -1): number {
  const before = counts.get(key);
  const now = before === undefined ? change : before + change;
  if (now === 0) counts.delete(key);
  else counts.set(key, now);
  return now;
}

const known = new WeakMap<Value, Behind>();

/** Values do not change, so they are gone through once. */
function behind(value: Value): Behind {
  const found = known.get(value) ?? goThrough(value);
  known.set(value, found);
  return found;
}

function goThrough(value: Value): Behind {
  const columns = new Set<Column>();
  const tiles: KeptTiles[] = [];
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
        tiles.push(pointwise.tiles);
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
  if (value.kind === 'vectors') for (const column of Array.from(value.data)) columns.add(column);
  if (value.kind === 'operators') for (const { pointwise } of Array.from(value.data)) addCombination(pointwise);
  return { columns, tiles };
}
