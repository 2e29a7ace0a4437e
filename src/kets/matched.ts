/**
 * Columns of standard normals whose means are 0 and whose inner products are those of independent ones, exactly.
 *
 * A mean over samples is off by how much the samples' moments are; with first and second moments right (Gram–Schmidt, one
 * column after the other), what is left is of fourth order and higher. Each column is changed by a part of order
 * (k/n)^(1/2) of itself, for k columns before it, and its entries' law by order k/n, as much as means over n samples of a
 * program are off anyway.
 */

import { addCombinations, type Column, gram, norms, scaled } from './gaussian/index.ts';

/** Parts of the samples that may be columns that are matched; those that come later are left as they are. */
const MOST = 1 / 8;
const BYTES = 8;

export class Matched {
  readonly #length: number;
  /** Orthogonal to one another, of norm √n; the first is all ones. */
  readonly #basis: Column[];
  readonly #columns: Map<string, Column>;

  constructor(length: number, basis?: readonly Column[], columns: ReadonlyMap<string, Column> = new Map()) {
    this.#length = length;
    this.#basis = basis === undefined ? [new Float64Array(length).fill(1)] : [...basis];
    this.#columns = new Map(columns);
  }

  /** The column of a name, matched to those before it. */
  column(name: string, draw: () => Column): Column {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const drawn = draw();
    if (this.#basis.length >= MOST * this.#length) return drawn;
    const rest = drawn.slice();
    const products = gram(this.#basis, [rest]);
    addCombinations(
      [rest],
      this.#basis,
      products.map((product) => -product / this.#length),
    );
    const [norm] = norms([rest]);
    if (norm === undefined || norm < 1) return drawn; // nothing is left of it
    const column = scaled(rest, Math.sqrt(this.#length) / norm);
    this.#basis.push(column);
    this.#columns.set(name, column);
    return column;
  }

  /** The same columns, to go on from. */
  copy(): Matched {
    return new Matched(this.#length, this.#basis, this.#columns);
  }

  /** Bytes held. */
  get bytes(): number {
    return BYTES * this.#length * this.#basis.length;
  }
}
