/** Where a memory holds what loops read of the inputs: data, quantities of inputs with themselves, and rows of them. */

import { required } from '../../errors/index.ts';
import { at, entry } from '../../numeric/index.ts';
import { SERIES_HEAD, writeSeries } from '../dual/series.ts';
import type { SmoothFunction } from '../dual/smooth.ts';
import type { Planned, Rows, SeriesSide } from './quantities.ts';

const DOUBLE = 8;

/** By the name of the data: [inputs, places], in one part or more. */
export type Data = ReadonlyMap<string, readonly Float64Array[]>;

/** What a run reads. */
export interface Sources {
  readonly data: Data;
  /** The number of places of data. */
  readonly places: ReadonlyMap<string, number>;
  /** Quantities of inputs with themselves, [inputs]. */
  readonly own: ReadonlyMap<Planned, Float64Array>;
}

/** Numbers of inputs: the first one's address, and the bytes to the next. */
export interface Strided {
  readonly start: number;
  readonly stride: number;
}

/** Addresses, one after the other. */
export class Layout {
  end = 64;

  take(bytes: number): number {
    const start = this.end;
    this.end = Math.ceil((start + bytes) / 64) * 64;
    return start;
  }
}

export class SourceMemory {
  readonly #layout: Layout;
  readonly #inputs: number;
  readonly #places: ReadonlyMap<string, number>;
  readonly #data = new Map<string, Strided>();
  readonly #own = new Map<Planned, number>();
  readonly #rows = new Map<Rows, Strided>();
  readonly #series = new Map<Planned, Map<SmoothFunction, Strided>>();
  readonly #terms: number;
  readonly #built: { readonly columns: readonly Strided[]; readonly rows: Strided }[] = [];

  /** `places` of each data; series have so many terms. */
  constructor(layout: Layout, inputs: number, places: ReadonlyMap<string, number>, terms: number) {
    this.#layout = layout;
    this.#inputs = inputs;
    this.#places = places;
    this.#terms = terms;
  }

  numbersAt(node: Planned): Strided {
    const { origin } = node;
    if (origin.kind === 'data') {
      const { start, stride } = this.#dataAt(origin.name);
      return { start: start + origin.place * DOUBLE, stride };
    }
    const known = this.#own.get(node) ?? this.#layout.take(this.#inputs * DOUBLE);
    this.#own.set(node, known);
    return { start: known, stride: DOUBLE };
  }

  /** Rows of whole vectors, the rest zeros. */
  rowsAt(rows: Rows): Strided {
    let known = this.#rows.get(rows);
    if (known === undefined) {
      known = this.#wholeData(rows);
      if (known === undefined) {
        known = this.#take(rows.columns.length);
        this.#built.push({ columns: rows.columns.map((column) => this.numbersAt(column)), rows: known });
      }
      this.#rows.set(rows, known);
    }
    return known;
  }

  /** Rows of the coefficients of a function whose variance is that of each input. */
  seriesAt({ own, of }: SeriesSide): Strided {
    const functions = this.#series.get(own) ?? new Map<SmoothFunction, Strided>();
    this.#series.set(own, functions);
    let known = functions.get(of);
    if (known === undefined) {
      const stride = (SERIES_HEAD + this.#terms) * DOUBLE;
      known = { start: this.#layout.take(this.#inputs * stride), stride };
      functions.set(of, known);
    }
    return known;
  }

  write(memory: ArrayBufferLike, { data, own }: Sources): void {
    const all = new Float64Array(memory);
    for (const [name, { start, stride }] of this.#data) {
      const size = this.#placesOf(name);
      let to = start / DOUBLE;
      for (const part of required(data.get(name), `data "${name}"`)) {
        if (stride === size * DOUBLE) all.set(part, to);
        else {
          for (let k = 0; k * size < part.length; k++) {
            all.set(part.subarray(k * size, (k + 1) * size), to + (k * stride) / DOUBLE);
          }
        }
        to += ((part.length / size) * stride) / DOUBLE;
      }
    }
    for (const [node, start] of this.#own) all.set(required(own.get(node), 'quantity of inputs'), start / DOUBLE);
    for (const [node, functions] of this.#series) {
      const variances = required(own.get(node), 'variances of inputs');
      for (const [of, { start, stride }] of functions) {
        for (let k = 0; k < this.#inputs; k++) {
          const from = (start + k * stride) / DOUBLE;
          writeSeries(of, entry(variances, k), { terms: this.#terms, into: all, from });
        }
      }
    }
    for (const { columns, rows } of this.#built) {
      const [to, step] = [rows.start / DOUBLE, rows.stride / DOUBLE];
      columns.forEach(({ start, stride }, m) => {
        const [from, own] = [start / DOUBLE, stride / DOUBLE];
        for (let k = 0; k < this.#inputs; k++) all[to + k * step + m] = all[from + k * own] as number; // in range
      });
    }
  }

  #dataAt(name: string): Strided {
    let known = this.#data.get(name);
    if (known === undefined) {
      known = this.#take(this.#placesOf(name));
      this.#data.set(name, known);
    }
    return known;
  }

  #placesOf(name: string): number {
    return required(this.#places.get(name), `places of data "${name}"`);
  }

  /** Room for rows, some more at the end, for the product reads whole tiles. */
  #take(size: number): Strided {
    const stride = Math.ceil(size / 2) * 2 * DOUBLE;
    return { start: this.#layout.take((this.#inputs + 3) * stride), stride };
  }

  /** Rows that are data as they come. */
  #wholeData(rows: Rows): Strided | undefined {
    const name = wholeData(rows);
    return name === undefined || rows.columns.length !== this.#placesOf(name) ? undefined : this.#dataAt(name);
  }
}

/** The data whose first places are the columns of rows, in order. */
function wholeData({ columns }: Rows): string | undefined {
  const { origin } = at(columns, 0);
  if (origin.kind !== 'data') return undefined;
  const inOrder = columns.every(
    ({ origin: own }, place) => own.kind === 'data' && own.name === origin.name && own.place === place,
  );
  return inOrder ? origin.name : undefined;
}

/** Inputs `from` … `to` − 1, cut where a part of the data ends: rows of data within one part are views. */
export function unbroken({ data, places }: Sources, from: number, to: number): readonly (readonly [number, number])[] {
  const cuts = new Set([to]);
  for (const [name, parts] of data) {
    let end = 0;
    for (const part of parts) {
      end += part.length / required(places.get(name), `places of data "${name}"`);
      if (end > from && end < to) cuts.add(end);
    }
  }
  const ends = [...cuts].sort((a, b) => a - b);
  return ends.map((end, k) => [k === 0 ? from : required(ends[k - 1], 'end of a part'), end] as const);
}

/** Rows of the inputs `from` … `to` − 1 as a matrix; a view of data where they are data as they come. */
export function rowsOf(rows: Rows, sources: Sources, from: number, to: number): Float64Array {
  const size = rows.columns.length;
  const name = wholeData(rows);
  if (name !== undefined && sources.places.get(name) === size) return dataRows(name, size, sources, from, to);
  const dense = new Float64Array((to - from) * size);
  rows.columns.forEach((column, m) => {
    const value = columnOf(column, sources);
    for (let k = from; k < to; k++) dense[(k - from) * size + m] = value(k);
  });
  return dense;
}

function dataRows(name: string, size: number, { data }: Sources, from: number, to: number): Float64Array {
  const parts: Float64Array[] = [];
  let before = 0;
  for (const part of required(data.get(name), `data "${name}"`)) {
    const count = part.length / size;
    const [first, end] = [Math.max(from - before, 0), Math.min(to - before, count)];
    if (first < end) parts.push(part.subarray(first * size, end * size));
    before += count;
  }
  const [only, second] = parts;
  if (only !== undefined && second === undefined) return only;
  const dense = new Float64Array((to - from) * size);
  let filled = 0;
  for (const part of parts) {
    dense.set(part, filled);
    filled += part.length;
  }
  return dense;
}

/** A column's number of each input. */
function columnOf(column: Planned, { data, places, own }: Sources): (input: number) => number {
  const { origin } = column;
  if (origin.kind !== 'data') {
    const values = required(own.get(column), 'quantity of inputs');
    return (input) => entry(values, input);
  }
  const size = required(places.get(origin.name), `places of data "${origin.name}"`);
  const parts = required(data.get(origin.name), `data "${origin.name}"`);
  return (input) => {
    let place = input * size + origin.place;
    for (const part of parts) {
      if (place < part.length) return entry(part, place);
      place -= part.length;
    }
    return Number.NaN;
  };
}
