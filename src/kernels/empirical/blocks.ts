/** Examples in blocks, and the matrix that products of blocks fill. */

import { required } from '../../errors/index.ts';
import { at, entry, type Matrix } from '../../numeric/index.ts';
import { type Axis, entries, reorder, type Tensor } from '../../program/index.ts';

/** Examples from one on, up to before another; those of x1 come first. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Blocks of at most so many examples, none of which has examples of both sides. */
export function cut(first: number, second: number, block: number): Range[] {
  const of = (start: number, count: number): Range[] =>
    Array.from({ length: Math.ceil(count / block) }, (_, k) => ({
      from: start + k * block,
      to: start + Math.min(count, (k + 1) * block),
    }));
  return [...of(0, first), ...of(first, second)];
}

/** The examples of a range; data that are not by example stay what they are. */
export function slice(value: Tensor, examples: Axis, { from, to }: Range): Tensor {
  if (!value.axes.includes(examples)) return value;
  const rest = value.axes.filter((axis) => axis !== examples);
  const { axes, shape, data } = reorder(value, [examples, ...rest]);
  const size = entries(shape.slice(1));
  return { axes, shape: [to - from, ...shape.slice(1)], data: data.slice(from * size, to * size) };
}

/** A kernel that is filled block by block; without a second side one half of it, and the other by symmetry. */
export class Blocks {
  readonly matrix: Matrix;
  readonly #first: number;
  readonly #symmetric: boolean;
  readonly #lines: number;

  /** `lines` are the rows, or columns, of one example. */
  constructor(first: number, second: number, lines: number) {
    this.#symmetric = second === 0;
    this.#first = first;
    this.#lines = lines;
    const [rows, columns] = [first * lines, (this.#symmetric ? first : second) * lines];
    this.matrix = { rows, columns, data: new Float64Array(rows * columns) };
  }

  /** Whether the product of two blocks is to be added. */
  holds(row: Range, column: Range): boolean {
    if (row.from >= this.#first) return false;
    return this.#symmetric ? column.from <= row.from : column.from >= this.#first;
  }

  /** Adds a multiple of [row · lines × column · lines], and of its mirror image. */
  add(row: Range, column: Range, { data }: Tensor, weight: number): void {
    const lines = this.#lines;
    const { matrix } = this;
    const start = this.#symmetric ? 0 : this.#first;
    const [rows, columns] = [(row.to - row.from) * lines, (column.to - column.from) * lines];
    required(data.length === rows * columns ? data : undefined, `block of ${rows} × ${columns}`);
    const put = (i: number, j: number, value: number): void => {
      const place = i * matrix.columns + j;
      matrix.data[place] = entry(matrix.data, place) + weight * value;
    };
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const [i, j] = [row.from * lines + r, (column.from - start) * lines + c];
        const value = at(data, r * columns + c);
        // A block with itself is taken from one half too: what is summed in another order differs by rounding.
        if (!this.#symmetric || j <= i) put(i, j, value);
        if (this.#symmetric && j < i) put(j, i, value);
      }
    }
  }
}
