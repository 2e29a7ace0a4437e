/**
 * Updates of a lazily known matrix, sums of outer products of columns that it was asked about: in its directions they
 * are one small matrix, however many there are.
 */

import { at, entry } from '../../numeric/index.ts';
import { addCombinations, type Column, gram } from './columns.ts';
import type { Combinations, Met } from './met.ts';

/** coefficient · left ⊗ right, `left` along the rows of a matrix and `right` along its columns. */
export interface RankOne {
  readonly coefficient: number;
  readonly left: Column;
  readonly right: Column;
}

/** A side of a matrix, as far as this needs it. */
interface KnownSide {
  readonly directions: readonly Column[];
  readonly met: Met;
}

/** Σ coefficient · left ⊗ right as Σ matrix[i, j] · |direction i of Wᵀ⟩⟨direction j of W|. */
interface Reduced {
  readonly outers: readonly RankOne[];
  readonly rows: number;
  readonly columns: number;
  /** Row-major [directions of Wᵀ, directions of W]. */
  readonly matrix: Float64Array;
}

export class Updates {
  readonly #forward: KnownSide;
  readonly #backward: KnownSide;
  /** Of the sum that was asked for last: the next one mostly goes on from it. */
  #last: Reduced | undefined;

  constructor(forward: KnownSide, backward: KnownSide) {
    this.#forward = forward;
    this.#backward = backward;
  }

  /**
   * Coefficients, in the other side's directions, of outer products, or their transposes, times columns of `length`
   * entries that are known by theirs: row-major [directions, columns]. Undefined where that would take longer than one
   * outer product after the other, or where columns were not met.
   */
  times(
    outers: readonly RankOne[],
    forward: boolean,
    { coefficients, lengths }: Combinations,
    length: number,
  ): Float64Array | undefined {
    const columns = lengths.length;
    const reduced = this.#reduced(outers, 2 * outers.length * columns * length);
    if (reduced === undefined) return undefined;
    const [inner, outer] = forward ? [reduced.columns, reduced.rows] : [reduced.rows, reduced.columns];
    const [innerStep, outerStep] = forward ? [1, reduced.columns] : [reduced.columns, 1];
    const all = (forward ? this.#backward : this.#forward).directions.length;
    const result = new Float64Array(all * columns);
    for (let i = 0; i < outer; i++) {
      for (let j = 0; j < inner; j++) {
        const factor = entry(reduced.matrix, i * outerStep + j * innerStep);
        for (let k = 0; k < columns; k++) {
          result[i * columns + k] =
            (result[i * columns + k] as number) + factor * (coefficients[j * columns + k] as number); // in range
        }
      }
    }
    return result;
  }

  #reduced(outers: readonly RankOne[], most: number): Reduced | undefined {
    const last = this.#last;
    const before = last !== undefined && goesOn(outers, last.outers) ? last : undefined;
    const fresh = before === undefined ? outers : outers.slice(before.outers.length);
    if (before !== undefined && fresh.length === 0) return before;
    const [rows, columns] = [this.#backward.directions.length, this.#forward.directions.length];
    if (fresh.length * rows * columns > most) return undefined;
    const lefts: number[] = [];
    const rights: number[] = [];
    for (const { left, right } of fresh) {
      const [row, column] = [this.#backward.met.place(left), this.#forward.met.place(right)];
      if (row === undefined || column === undefined) return undefined;
      lefts.push(row);
      rights.push(column);
    }
    const scaled = this.#backward.met.at(lefts);
    for (const values of scaled) {
      for (let k = 0; k < values.length; k++) values[k] = entry(values, k) * at(fresh, k).coefficient;
    }
    const matrix = gram(scaled, this.#forward.met.at(rights));
    if (before !== undefined) {
      for (let i = 0; i < before.rows; i++) {
        for (let j = 0; j < before.columns; j++) {
          const place = i * columns + j;
          matrix[place] = entry(matrix, place) + entry(before.matrix, i * before.columns + j);
        }
      }
    }
    this.#last = { outers: [...outers], rows, columns, matrix };
    return this.#last;
  }
}

/** Whether a sum begins with all of another one. */
function goesOn(outers: readonly RankOne[], before: readonly RankOne[]): boolean {
  return (
    outers.length >= before.length &&
    before.every(({ coefficient, left, right }, k) => {
      const own = at(outers, k);
      return own.coefficient === coefficient && own.left === left && own.right === right;
    })
  );
}

/** Adds outer products, or their transposes, times columns, one after the other. */
export function addOuters(
  results: readonly Column[],
  outers: readonly RankOne[],
  forward: boolean,
  block: readonly Column[],
): void {
  const products = gram(
    outers.map(({ left, right }) => (forward ? right : left)),
    block,
  );
  const weights = products.map((value, place) => value * at(outers, Math.floor(place / block.length)).coefficient);
  addCombinations(
    results,
    outers.map(({ left, right }) => (forward ? left : right)),
    weights,
  );
}
