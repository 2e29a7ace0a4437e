/** A kernel as the sum of its blocks. */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import type { TensorData } from '../../program/index.ts';
import type { DrawSides } from './drawSides.ts';

/** A block of products: of some examples with some of the training side. */
export interface SummedBlock {
  /** Positions of examples. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** [rows · outputs × columns · outputs]. */
  readonly data: TensorData;
  /** Whether the block stands for its mirror image too: both are the training side's. */
  readonly mirrored: boolean;
}

export class KernelSum {
  /** [rows · outputs × train · outputs], row-major. */
  readonly kernel: Float64Array;
  readonly #outputs: number;
  readonly #width: number;
  /** The row of each example that has one. */
  readonly #row: ReadonlyMap<number, number>;
  /** The column of each example of the training side. */
  readonly #column: ReadonlyMap<number, number>;

  constructor({ rows, train }: DrawSides, outputs: number) {
    this.#outputs = outputs;
    this.#width = train.length * outputs;
    this.#row = new Map(rows.map((member, k) => [member, k]));
    this.#column = new Map(train.map((member, k) => [member, k]));
    this.kernel = new Float64Array(rows.length * outputs * this.#width);
  }

  /** Adds the rows of the block that the kernel has. */
  add({ rows, columns, data, mirrored }: SummedBlock): void {
    const size = this.#outputs;
    const fits = data.length === rows.length * columns.length * size ** 2;
    required(fits ? data : undefined, `block of ${rows.length} × ${columns.length} examples`);
    rows.forEach((row, r) => {
      columns.forEach((other, o) => {
        for (let c = 0; c < size; c++) {
          for (let d = 0; d < size; d++) {
            const value = data[(r * size + c) * columns.length * size + o * size + d] as number; // in range by its length
            this.#put(row, c, other, d, value);
            if (mirrored) this.#put(other, d, row, c, value);
          }
        }
      });
    });
  }

  #put(row: number, output: number, member: number, other: number, value: number): void {
    const line = this.#row.get(row);
    if (line === undefined) return;
    const column = required(this.#column.get(member), 'column of a training example');
    const place = line * this.#outputs * this.#width + output * this.#width + column * this.#outputs + other;
    this.kernel[place] = entry(this.kernel, place) + value;
  }
}
