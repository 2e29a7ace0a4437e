/**
 * What runs have learned of their initial matrices.
 *
 * A matrix that is sampled along what it meets is one matrix for all states that come from one start: what one branch has
 * learned of it is known to the others, so that their joint law is exact in whatever order they are run. The numbers
 * themselves depend on that order; a copy goes its own way.
 */

import { type Axis, spaceOf } from '../program/index.ts';
import { onesColumn } from './decompose.ts';
import { otherLaw } from './errors.ts';
import type { MatrixSource, RandomMatrix } from './gaussian/index.ts';
import type { Normals } from './normals.ts';
import type { Column, Operator, Operators } from './values.ts';

/** An initial matrix, or one for each position of fixed axes. */
export interface DrawnMatrix {
  /** What tells it from another one of its name: law, axes, sizes. */
  readonly key: string;
  /** Where the matrix at a position draws what it does not know yet. */
  readonly source: (normals: Normals, position: number) => MatrixSource;
  readonly value: Operators;
}

/** The matrix that stands for another one after a copy. */
export type Moved = (matrix: RandomMatrix) => RandomMatrix;

export class Known {
  readonly normals: Normals;
  readonly #drawn: Map<string, DrawnMatrix>;
  readonly #ones = new Map<string, Column>();

  constructor(normals: Normals, drawn: ReadonlyMap<string, DrawnMatrix> = new Map()) {
    this.normals = normals;
    this.#drawn = new Map(drawn);
  }

  /** The initial matrix of a name, made when it is first named. Throws {@link UserError} `kets.other-law`. */
  matrix(name: string, key: string, make: () => Omit<DrawnMatrix, 'key'>): Operators {
    const known = this.#drawn.get(name);
    if (known !== undefined && known.key !== key) throw otherLaw(name, known.key, key);
    const drawn = known ?? { key, ...make() };
    this.#drawn.set(name, drawn);
    return drawn.value;
  }

  /** Every initial matrix. */
  matrices(): RandomMatrix[] {
    return [...this.#drawn.values()].flatMap(({ value }) =>
      Array.from(value.data).flatMap(({ matrices }) => matrices.map(({ matrix }) => matrix)),
    );
  }

  /** The column of ones along an axis: one object, so that equal outer products are found equal. */
  ones(axis: Axis, length: number): Column {
    const key = `${spaceOf(axis)} ${length}`;
    const column = this.#ones.get(key) ?? onesColumn(length);
    this.#ones.set(key, column);
    return column;
  }

  /** The same knowledge, which goes its own way from here on. */
  copy(): { readonly known: Known; readonly moved: Moved } {
    const normals = this.normals.copy();
    const copies = new Map<RandomMatrix, RandomMatrix>();
    const moved: Moved = (matrix) => copies.get(matrix) ?? matrix;
    const drawn = [...this.#drawn].map(([name, one]) => {
      const data = Array.from(one.value.data, (operator, position) => {
        for (const { matrix } of operator.matrices) copies.set(matrix, matrix.copy(one.source(normals, position)));
        return movedOperator(operator, moved);
      });
      return [name, { ...one, value: { ...one.value, data } }] as const;
    });
    return { known: new Known(normals, new Map(drawn)), moved };
  }
}

/** The same operator of other matrices. */
export function movedOperator({ matrices, pointwise }: Operator, moved: Moved): Operator {
  return { matrices: matrices.map((use) => ({ ...use, matrix: moved(use.matrix) })), pointwise };
}
