/** Columns of standard normals, each by a name of its own: pseudo-random, or quasi-random in their first dimensions. */

import { type QuasiSource, type Stream, sobol } from '../numeric/index.ts';
import type { Column } from './values.ts';

/**
 * `pseudo`: independent entries, exact in law at every width. `quasi`: a scrambled Sobol sequence for as many columns as
 * it has dimensions, independent entries beyond; right only for means over a width in the limit (theory: quasi-random
 * kets), with a fraction of the spread.
 */
export type Sampling = 'pseudo' | 'quasi';

/** Dimensions of the sequence of each width space that are taken, by the names of columns. */
type Allotted = ReadonlyMap<string, Map<string, number>>;

/**
 * A name tells a column, whatever else is drawn before it. Only the dimensions of a Sobol sequence, of which there are
 * few and the first are the best, go to columns in the order in which these are asked for: the order of the program.
 */
export class Normals {
  readonly #sampling: Sampling;
  readonly #stream: Stream;
  readonly #points = new Map<string, QuasiSource>();
  readonly #allotted: Map<string, Map<string, number>>;

  constructor(sampling: Sampling, stream: Stream, allotted: Allotted = new Map()) {
    this.#sampling = sampling;
    this.#stream = stream;
    this.#allotted = new Map([...allotted].map(([space, taken]) => [space, new Map(taken)]));
  }

  /** The column of a name along a width space, of `length` entries. */
  column(space: string, length: number, name: string): Column {
    const own = this.#stream.substream(`width ${space}`);
    if (this.#sampling === 'quasi') {
      const points = this.#points.get(space) ?? sobol(own.substream('sobol'));
      this.#points.set(space, points);
      const dimension = this.#dimension(space, name);
      if (dimension < points.dimensions) return points.normals(dimension, length);
    }
    return own.substream(name).normals(length);
  }

  /** The same columns for the same names from here on, whatever the other is asked for. */
  copy(): Normals {
    return new Normals(this.#sampling, this.#stream, this.#allotted);
  }

  #dimension(space: string, name: string): number {
    const taken = this.#allotted.get(space) ?? new Map<string, number>();
    this.#allotted.set(space, taken);
    const dimension = taken.get(name) ?? taken.size;
    taken.set(name, dimension);
    return dimension;
  }
}
