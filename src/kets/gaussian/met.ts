/** Columns that a matrix was asked about, as combinations of its directions. */

import { at, entry } from '../../numeric/index.ts';
import type { Column } from './columns.ts';

/** Columns as lengths times combinations of directions, the coefficients row-major [directions, columns]. */
export interface Combinations {
  readonly coefficients: Float64Array;
  readonly lengths: Float64Array;
}

/** Room for columns at first. */
const LEAST_ROOM = 64;

/**
 * One row for each direction, one place for each column that was asked about. Directions that are found later are
 * orthogonal to the columns before them, but for what the tolerance left out of these.
 */
export class Met {
  readonly #places = new WeakMap<Column, number>();
  readonly #rows: Float64Array[] = [];
  #count = 0;

  /** Takes in a block of columns. */
  add(block: readonly Column[], { coefficients, lengths }: Combinations): void {
    const columns = block.length;
    const directions = columns === 0 ? 0 : coefficients.length / columns;
    const first = this.#count;
    this.#count += columns;
    for (let row = 0; row < directions; row++) {
      const values = this.#row(row);
      for (let k = 0; k < columns; k++) values[first + k] = entry(coefficients, row * columns + k) * entry(lengths, k);
    }
    block.forEach((column, k) => {
      if (Number.isFinite(entry(lengths, k))) this.#places.set(column, first + k);
    });
  }

  /** The place of a column, if the matrix was asked about it. */
  place(column: Column): number | undefined {
    return this.#places.get(column);
  }

  /** Of each direction so far, the coefficients of columns at places. */
  at(places: readonly number[]): Float64Array[] {
    return this.#rows.map((row) => Float64Array.from(places, (place) => (place < row.length ? at(row, place) : 0)));
  }

  #row(index: number): Float64Array {
    const known = this.#rows[index];
    if (known !== undefined && known.length >= this.#count) return known;
    const grown = new Float64Array(Math.max(LEAST_ROOM, 2 * this.#count));
    if (known !== undefined) grown.set(known);
    this.#rows[index] = grown;
    return grown;
  }
}
