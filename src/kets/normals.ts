/** Columns of standard normals, each by a name of its own: pseudo-random, or quasi-random in their first dimensions. */

import { at, type QuasiSource, type Stream, sobol } from '../numeric/index.ts';
import type { Column } from './values.ts';

/**
 * `pseudo`: independent entries, exact in law at every width. `quasi`: a scrambled Sobol sequence for as many columns as
 * it has dimensions, independent entries beyond; right only for means over a width in the limit (theory: quasi-random
 * kets), with a fraction of the spread.
 */
export type Sampling = 'pseudo' | 'quasi';

/** Where columns are: the width space that they run along, and what meets them entry by entry ({@link entrywiseGroups}). */
export interface DrawnAlong {
  readonly space: string;
  readonly group: string;
}

/** A dimension of a group's sequence. */
interface Allotted {
  readonly group: string;
  readonly dimension: number;
}

/**
 * A name tells a column, whatever else is drawn before it. Only the dimensions of Sobol sequences, of which there are
 * few and the first are the best, go to columns in the order in which these are asked for: the order of the program.
 *
 * Each group has a sequence of its own, whose points are in an order of its own: within the first 2^k for every k they
 * are shuffled. So columns of two groups are independent from point to point, should a later program let them meet.
 */
export class Normals {
  readonly #sampling: Sampling;
  readonly #stream: Stream;
  readonly #points = new Map<string, QuasiSource>();
  readonly #orders = new Map<string, Uint32Array>();
  readonly #allotted: Map<string, Allotted>;

  constructor(sampling: Sampling, stream: Stream, allotted: ReadonlyMap<string, Allotted> = new Map()) {
    this.#sampling = sampling;
    this.#stream = stream;
    this.#allotted = new Map(allotted);
  }

  /** The column of a name along a width space, of `length` entries. */
  column({ space, group }: DrawnAlong, length: number, name: string): Column {
    const own = this.#stream.substream(`width ${space}`);
    if (this.#sampling === 'quasi') {
      const allotted = this.#dimension(group, `${space} ${name}`);
      const sequence = own.substream('sobol').substream(allotted.group);
      const points = this.#points.get(allotted.group) ?? sobol(sequence);
      this.#points.set(allotted.group, points);
      if (allotted.dimension < points.dimensions) {
        const normals = points.normals(allotted.dimension, length);
        return Float64Array.from(this.#order(allotted.group, sequence, length), (place) => at(normals, place));
      }
    }
    return own.substream(name).normals(length);
  }

  /** The same columns for the same names from here on, whatever the other is asked for. */
  copy(): Normals {
    return new Normals(this.#sampling, this.#stream, this.#allotted);
  }

  #dimension(group: string, name: string): Allotted {
    const known = this.#allotted.get(name);
    if (known !== undefined) return known;
    const dimension = [...this.#allotted.values()].filter((one) => one.group === group).length;
    const allotted = { group, dimension };
    this.#allotted.set(name, allotted);
    return allotted;
  }

  /** The order of a sequence's points: a shorter one is the beginning of a longer one. */
  #order(group: string, sequence: Stream, length: number): Uint32Array {
    const known = this.#orders.get(group);
    if (known !== undefined && known.length >= length) return known.subarray(0, length);
    let size = 1;
    while (size < length) size *= 2;
    const order = new Uint32Array(size);
    for (let start = 1; start < size; start *= 2) {
      const places = sequence.substream('order').substream(start).permutation(start);
      for (let k = 0; k < start; k++) order[start + k] = start + at(places, k);
    }
    this.#orders.set(group, order);
    return order.subarray(0, length);
  }
}
