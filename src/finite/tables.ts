/**
 * Tables of which a step fills few rows, such as the gradient of word embeddings. Nobody holds such a table whole: a kernel
 * works through its parameter block by block of rows, and each time the same small memory stands for the table's rows.
 */

import { at } from '../numeric/index.ts';
import type { Axis } from '../program/index.ts';
import { noSuchRow } from './errors.ts';

/** Rows that the graph hands over, and which rows of the table they are. */
export interface TableRows {
  /** The output of the graph, of as many rows as the index has entries. */
  readonly output: string;
  /** Axes of the output as it is written, those of `over` first. */
  readonly axes: readonly Axis[];
  /** A data input: the row that each of its entries names. */
  readonly index: string;
  /** Axes of the index in the order of the output's rows. */
  readonly over: readonly Axis[];
}

/** Numbers of a block, about: small enough for a core's cache. */
const BLOCK_ENTRIES = 65_536;
/** Blocks of so many rows begin at whole vectors, whatever the width. */
const ROWS_OF_VECTOR = 4;

/** Rows of a block of a table [rows, width]. */
export function rowsOfBlock(rows: number, width: number): number {
  return Math.min(rows, ROWS_OF_VECTOR * Math.max(1, Math.floor(BLOCK_ENTRIES / (ROWS_OF_VECTOR * width))));
}

/** One row to add: where its values begin, and the row of a block. */
interface Placed {
  readonly from: number;
  readonly row: number;
}

/** A table [rows, width] that is 0 but in the rows of a step. */
export class Table {
  readonly rows: TableRows;
  readonly #name: string;
  readonly #block: Float32Array;
  readonly #height: number;
  readonly #width: number;
  readonly #rowsOfBlock: number;
  #values: Float32Array = new Float32Array();
  /** Rows of the step by block, in the order in which they are added. */
  readonly #taken = new Map<number, Placed[]>();
  /** Rows of the block that are not 0. */
  #filled: readonly number[] = [];

  /** `block` holds the rows of one block ({@link rowsOfBlock}), and is 0 at first. */
  constructor(name: string, rows: TableRows, block: Float32Array, [height, width]: readonly [number, number]) {
    this.rows = rows;
    this.#name = name;
    this.#block = block;
    this.#height = height;
    this.#width = width;
    this.#rowsOfBlock = rowsOfBlock(height, width);
  }

  /**
   * Rows of a step, row-major [count, width], and the rows of the table that they are, several of which may be one: these
   * are added. Values may not change before {@link fill}. Throws {@link UserError} `finite.no-such-row`.
   */
  take(values: Float32Array, index: ArrayLike<number>): void {
    this.#values = values;
    this.#taken.clear();
    for (let k = 0; k < index.length; k++) {
      const row = at(index, k);
      if (!Number.isInteger(row) || row < 0 || row >= this.#height) throw noSuchRow(this.#name, row, this.#height);
      const block = Math.floor(row / this.#rowsOfBlock);
      const taken = this.#taken.get(block) ?? [];
      this.#taken.set(block, taken);
      taken.push({ from: k * this.#width, row: row - block * this.#rowsOfBlock });
    }
  }

  /** Makes the memory the rows of this block. */
  fill(block: number): void {
    const [data, values, width] = [this.#block, this.#values, this.#width];
    for (const row of this.#filled) data.fill(0, row * width, (row + 1) * width);
    const taken = this.#taken.get(block) ?? [];
    for (const { from, row } of taken) {
      const to = row * width;
      for (let entry = 0; entry < width; entry++) data[to + entry] = at(data, to + entry) + at(values, from + entry);
    }
    this.#filled = taken.map(({ row }) => row);
  }
}
