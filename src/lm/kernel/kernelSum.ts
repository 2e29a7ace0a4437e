/** A kernel as the sum of its blocks. */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import type { TensorData } from '../../program/index.ts';

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
  /** [examples · outputs × train · outputs], row-major. */
  readonly kernel: Float64Array;
  readonly #outputs: number;
  readonly #width: number;
  /** The column of each example of the training side. */
  readonly #column: ReadonlyMap<number, number>;

  constructor(examples: number, train: readonly number[], outputs: number) {
    this.#outputs = outputs;
    this.#width = train.length * outputs;
    this.#column = new Map(train.map((member, k) => [member, k]));
    this.kernel = new Float64Array(examples * outputs * this.#width);
  }

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
    const column = required(this.#column.get(member), 'column of a training example');
    const place = row * this.#outputs * this.#width + output * this.#width + column * this.#outputs + other;
    this.kernel[place] = entry(this.kernel, place) + value;
  }
}
