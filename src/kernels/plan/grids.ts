/**
 * Covariances of all places of one value with all places of another, as records of loops at once: what convolutions and global
 * pooling need, without a node of the plan for each two places.
 *
 * Places p and q of a layer read those of the layer below through maps, one for each entry of the window, so that the sum
 * over the window goes along diagonals: Σ_w below[map_w(p), map_w(q)].
 */

import { at } from '../../numeric/index.ts';
import { type Formula, type LoopFormulas, operand, plus } from '../../numeric/wasm/formulas/index.ts';
import type { Batch, Planned, PooledGrid, Rows } from './quantities.ts';

/** What is computed of two places: results of the sums over the window, and of numbers of both sides. */
export interface PlaceKernel {
  /** (Σ nngp below, Σ ntk below, numbers of the left, of the right) → nngp and ntk of the values. */
  readonly of: (
    nngp: Formula,
    ntk: Formula,
    left: readonly Formula[],
    right: readonly Formula[],
  ) => readonly [nngp: Formula, ntk: Formula];
  /** By place and by number, of each input with itself. */
  readonly sides: readonly (readonly Planned[])[];
}

/** A layer over the one below. */
export interface GridLayer extends PlaceKernel {
  /** By entry of the window, by place: the place below, −1 where the window stands over the edge. */
  readonly maps: readonly Int32Array[];
}

/** The first layer: inner products of data stand for the sum of nngp, and nothing for that of ntk. */
export interface FirstGridLayer extends PlaceKernel {
  readonly gram: (left: number, right: number) => { readonly left: Rows; readonly right: Rows };
}

/** Arguments of one sum of results. */
const MOST_SUMMED = 16;

/** The grid of layers from the first on. */
export function gridOf(first: FirstGridLayer, layers: readonly GridLayer[]): PooledGrid {
  const most = Math.max(...[first, ...layers].map(({ sides }) => sides.length ** 2));
  // Two places for the results of a layer, which take turns, then the numbers of sides.
  const area = (layer: number): readonly [nngp: number, ntk: number] => {
    const start = (layer % 2) * 2 * most;
    return [start, start + most];
  };
  const sidesAt = 4 * most;
  const builder = new Builder(sidesAt);
  builder.gather(first.sides);
  builder.grams(first, area(1)[0]);
  builder.first(first, area(1)[0], area(0));
  layers.forEach((layer, k) => {
    builder.gather(layer.sides);
    builder.layer(layer, area(k), area(k + 1), at([first, ...layers], k).sides.length);
  });
  const places = at([first, ...layers], layers.length).sides.length;
  const [from, into] = [area(layers.length), area(layers.length + 1)];
  return builder.ended([builder.sum(from[0], places ** 2, into[0]), builder.sum(from[1], places ** 2, into[1])]);
}

class Builder {
  readonly #kernels: LoopFormulas[] = [];
  readonly #batches: Batch[] = [];
  readonly #known = new Map<string, Int32Array>();
  readonly #sums = new Map<number, number>();
  readonly #sidesAt: number;
  #slots: number;

  constructor(sidesAt: number) {
    this.#sidesAt = sidesAt;
    this.#slots = sidesAt;
  }

  /** Brings the numbers of places: all of the left, then all of the right. */
  gather(sides: PlaceKernel['sides']): void {
    let slot = this.#sidesAt;
    for (const side of ['left', 'right'] as const) {
      for (const own of sides.flat()) this.#batches.push({ kind: 'gather', side, own, slot: slot++ });
    }
    this.#slots = Math.max(this.#slots, slot);
  }

  grams({ sides, gram }: FirstGridLayer, into: number): void {
    for (let p = 0; p < sides.length; p++) {
      for (let q = 0; q < sides.length; q++) {
        const { left, right } = gram(p, q);
        this.#batches.push({ kind: 'gram', left, right, slot: into + p * sides.length + q });
      }
    }
  }

  first({ sides, of }: FirstGridLayer, from: number, into: readonly [number, number]): void {
    const count = at(sides, 0).length;
    const kernel = this.#kernel(1 + 2 * count, (args) =>
      of(at(args, 0), { op: 'constant', value: 0 }, args.slice(1, 1 + count), args.slice(1 + count)),
    );
    const records = new Int32Array(sides.length ** 2 * (1 + 2 * count + 2));
    let k = 0;
    for (let p = 0; p < sides.length; p++) {
      for (let q = 0; q < sides.length; q++) {
        records[k++] = from + p * sides.length + q;
        k = this.#ends(records, k, { p, q, places: sides.length, count, into });
      }
    }
    this.#batches.push({ kind: 'loop', kernel, records });
  }

  layer(
    { sides, maps, of }: GridLayer,
    from: readonly [number, number],
    into: readonly [number, number],
    below: number,
  ): void {
    const [places, count] = [sides.length, at(sides, 0).length];
    const terms = sharedIn(maps, places);
    // Pairs of places whose windows share as many entries are of one loop.
    const pairs = Array.from({ length: maps.length + 1 }, () => 0);
    for (const shared of terms) pairs[shared] = at(pairs, shared) + 1;
    pairs.forEach((own, shared) => {
      if (own === 0) return;
      const kernel = this.#kernel(2 * shared + 2 * count, (args) => {
        const sum = (start: number): Formula =>
          args
            .slice(start, start + shared)
            .reduce<Formula>((total, arg) => plus(total, arg), { op: 'constant', value: 0 });
        const rest = args.slice(2 * shared);
        return of(sum(0), sum(shared), rest.slice(0, count), rest.slice(count));
      });
      const key = [shared, places, count, below, ...from, ...into, ...maps.map((map) => map.join())].join(';');
      let records = this.#known.get(key);
      if (records === undefined) {
        records = new Int32Array(own * (2 * shared + 2 * count + 2));
        let k = 0;
        for (let p = 0; p < places; p++) {
          for (let q = 0; q < places; q++) {
            if (terms[p * places + q] !== shared) continue;
            let n = k;
            for (const map of maps) {
              const [a, b] = [map[p] as number, map[q] as number]; // in range
              if (a < 0 || b < 0) continue;
              records[n] = from[0] + a * below + b;
              records[n + shared] = from[1] + a * below + b;
              n++;
            }
            k = this.#ends(records, k + 2 * shared, { p, q, places, count, into });
          }
        }
        this.#known.set(key, records);
      }
      this.#batches.push({ kind: 'loop', kernel, records });
    });
  }

  /** Sums of sums; the slot of the last one. */
  sum(from: number, count: number, into: number): number {
    let [start, left, next] = [from, count, into];
    while (left > 1) {
      const begun = next;
      for (const size of new Set([MOST_SUMMED, left % MOST_SUMMED])) {
        const [records, first] =
          size === MOST_SUMMED ? [Math.floor(left / size), 0] : [size === 0 ? 0 : 1, left - size];
        if (records === 0) continue;
        const words = new Int32Array(records * (size + 1));
        for (let k = 0; k < records; k++) {
          for (let n = 0; n < size; n++) words[k * (size + 1) + n] = start + first + k * size + n;
          words[k * (size + 1) + size] = next++;
        }
        this.#batches.push({ kind: 'loop', kernel: this.#sum(size), records: words });
      }
      [start, left] = [begun, next - begun];
    }
    return start;
  }

  ended(results: readonly [number, number]): PooledGrid {
    return { kernels: this.#kernels, batches: this.#batches, slots: this.#slots, results };
  }

  /** The end of a record: numbers of both sides, and where results go. */
  #ends(
    records: Int32Array,
    from: number,
    {
      p,
      q,
      places,
      count,
      into,
    }: {
      readonly p: number;
      readonly q: number;
      readonly places: number;
      readonly count: number;
      readonly into: readonly [number, number];
    },
  ): number {
    let k = from;
    for (let s = 0; s < count; s++) records[k++] = this.#sidesAt + p * count + s;
    for (let s = 0; s < count; s++) records[k++] = this.#sidesAt + (places + q) * count + s;
    for (const start of into) records[k++] = start + p * places + q;
    return k;
  }

  #kernel(args: number, of: (args: readonly Formula[]) => readonly Formula[]): number {
    return this.#kernels.push({ args, results: of(Array.from({ length: args }, (_, k) => operand(k))) }) - 1;
  }

  #sum(size: number): number {
    const known =
      this.#sums.get(size) ??
      this.#kernel(size, (args) => [
        args.reduce<Formula>((total, arg) => plus(total, arg), { op: 'constant', value: 0 }),
      ]);
    this.#sums.set(size, known);
    return known;
  }
}

/** By two places, the entries of the window that both have below. */
function sharedIn(maps: readonly Int32Array[], places: number): Uint8Array {
  const terms = new Uint8Array(places ** 2);
  for (const map of maps) {
    for (let p = 0; p < places; p++) {
      if ((map[p] as number) < 0) continue; // in range
      for (let q = 0; q < places; q++)
        if ((map[q] as number) >= 0) terms[p * places + q] = (terms[p * places + q] as number) + 1;
    }
  }
  return terms;
}
