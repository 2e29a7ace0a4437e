/** Where a memory holds what loops read of the inputs: data, quantities of inputs with themselves, and rows of them. */

import { required } from '../../errors/index.ts';
import { at, entry } from '../../numeric/index.ts';
import type { Planned, Rows } from './quantities.ts';

const DOUBLE = 8;

/** What a run reads. */
export interface Sources {
  /** By the name of the data: [inputs, places]. */
  readonly data: ReadonlyMap<string, Float64Array>;
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
  readonly #built: { readonly columns: readonly Strided[]; readonly rows: Strided }[] = [];

  /** `places` of each data. */
  constructor(layout: Layout, inputs: number, places: ReadonlyMap<string, number>) {
    this.#layout = layout;
    this.#inputs = inputs;
    this.#places = places;
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

  write(memory: ArrayBufferLike, { data, own }: Sources): void {
    const all = new Float64Array(memory);
    for (const [name, { start, stride }] of this.#data) {
      const [values, size] = [required(data.get(name), `data "${name}"`), this.#placesOf(name)];
      const [from, step] = [start / DOUBLE, stride / DOUBLE];
      if (step === size) all.set(values, from);
      else for (let k = 0; k < this.#inputs; k++) all.set(values.subarray(k * size, (k + 1) * size), from + k * step);
    }
    for (const [node, start] of this.#own) all.set(required(own.get(node), 'quantity of inputs'), start / DOUBLE);
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

/** Rows as a matrix [inputs, columns]. */
export function denseRows(rows: Rows, { data, own }: Sources, inputs: number): Float64Array {
  const size = rows.columns.length;
  const whole = data.get(wholeData(rows) ?? '');
  if (whole?.length === inputs * size) return whole;
  const dense = new Float64Array(inputs * size);
  rows.columns.forEach(({ origin }, m) => {
    const column = at(rows.columns, m);
    const values = origin.kind === 'data' ? data.get(origin.name) : own.get(column);
    const from = required(values, 'values of a column');
    const [place, stride] = origin.kind === 'data' ? [origin.place, from.length / inputs] : [0, 1];
    for (let k = 0; k < inputs; k++) dense[k * size + m] = entry(from, place + k * stride);
  });
  return dense;
}
