/**
 * Combinations over two width axes, row by row in compiled SIMD loops: everything that an entry is made of, outer
 * products, maps of maps, and kept entries, is one formula, whose loop goes along a row.
 *
 * What varies along a row is an array in the loop's memory, what does not is a number of the row. So the rank-k part of
 * Adam's moments costs k multiplications an entry, and nothing on the way to it is stored.
 */

import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import { allocate, EntrywiseKernel, type Memory, paddedBytes } from '../numeric/wasm/index.ts';
import { type Axis, add, argument, constant, type Expr, mul, substitute, textKey } from '../program/index.ts';
import type { Combination, Outer, Pointwise, Source } from './combination.ts';
import type { Column } from './gaussian/index.ts';

/** A region's axes: rows run along the first, loops along the second. */
export type RowAxes = readonly [rows: Axis, columns: Axis];

/** The entries of a kept state on a region, row-major. */
export type KeptEntries = (pointwise: Pointwise & { kind: 'kept' }, axes: RowAxes) => Float64Array;

/** What varies along a row. */
type Stream =
  /** The same for all rows. */
  | { readonly kind: 'column'; readonly column: Column }
  /** Row-major. */
  | { readonly kind: 'rows'; readonly entries: Float64Array }
  /** Too many outer products for one formula. */
  | { readonly kind: 'sum'; readonly outers: readonly Facing[] };

/** An outer product as a region sees it. */
interface Facing {
  readonly coefficient: number;
  readonly rows: Column;
  readonly columns: Column;
}

/** A number of each row: the same for all, or an entry of a column times a factor. */
type RowNumber = number | { readonly factor: number; readonly column: Column };

/** Outer products of one formula; more are added up in runs of so many. */
const MOST_OUTERS = 32;
/** Products with vectors that one formula adds up. */
const MOST_TARGETS = 8;
/** Kernels that are kept for the next combination of the same form. */
const MOST_KERNELS = 128;

/** Formulas whose streams and numbers are collected while they are written. */
class Inputs {
  readonly streams: Stream[] = [];
  readonly numbers: RowNumber[] = [];
  readonly #kept: KeptEntries;

  constructor(kept: KeptEntries) {
    this.#kept = kept;
  }

  /** The value of an entry; undefined where a mean over a further axis is part of it. */
  combination({ outers, terms }: Combination, axes: RowAxes): Expr | undefined {
    const parts: (Expr | undefined)[] = terms.map(({ coefficient, pointwise }) => {
      const value = this.#pointwise(pointwise, axes);
      if (value === undefined || coefficient === 1) return value;
      return mul(this.#number(coefficient), value);
    });
    if (outers.length > MOST_OUTERS) {
      parts.push(this.#stream({ kind: 'sum', outers: outers.map((outer) => facing(outer, axes)) }));
    } else {
      for (const outer of outers) {
        const { coefficient: factor, rows, columns } = facing(outer, axes);
        parts.push(mul(this.#number({ factor, column: rows }), this.#column(columns)));
      }
    }
    return parts.reduce<Expr | undefined>(
      (sum, part) => (sum === undefined || part === undefined ? undefined : add(sum, part)),
      constant(0),
    );
  }

  #pointwise(pointwise: Pointwise, axes: RowAxes): Expr | undefined {
    switch (pointwise.kind) {
      case 'map': {
        const sources = pointwise.sources.map((source) => this.#source(source, axes));
        if (sources.includes(undefined)) return undefined;
        return substitute(pointwise.expr, (leaf) =>
          leaf.op === 'argument' ? required(sources[leaf.index], 'operand of a map') : leaf,
        );
      }
      case 'renamed':
        return this.#pointwise(pointwise.arg, moved(axes, pointwise.to));
      case 'kept':
        return this.#stream({ kind: 'rows', entries: this.#kept(pointwise, axes) });
      case 'mean':
        return undefined;
    }
  }

  #source(source: Source, axes: RowAxes): Expr | undefined {
    if (typeof source === 'number') return this.#number(source);
    if (!('column' in source)) return this.combination(source, axes);
    return source.axis === axes[0] ? this.#number({ factor: 1, column: source.column }) : this.#column(source.column);
  }

  #column(column: Column): Expr {
    const known = this.streams.findIndex((stream) => stream.kind === 'column' && stream.column === column);
    return known < 0 ? this.#stream({ kind: 'column', column }) : placeholder('stream', known);
  }

  #stream(stream: Stream): Expr {
    return placeholder('stream', this.streams.push(stream) - 1);
  }

  #number(number: RowNumber): Expr {
    const same = (other: RowNumber): boolean =>
      typeof number === 'number' || typeof other === 'number'
        ? number === other
        : number.column === other.column && number.factor === other.factor;
    const known = this.numbers.findIndex(same);
    return placeholder('number', known < 0 ? this.numbers.push(number) - 1 : known);
  }
}

/** Streams and numbers are counted apart while a formula is written, and one after the other in the loop. */
function placeholder(kind: 'stream' | 'number', index: number): Expr {
  return argument(2 * index + (kind === 'stream' ? 0 : 1));
}

function placed(expr: Expr, streams: number): Expr {
  return substitute(expr, (leaf) =>
    leaf.op === 'argument' ? argument(leaf.index % 2 === 0 ? leaf.index / 2 : streams + (leaf.index - 1) / 2) : leaf,
  );
}

function facing({ coefficient, left, leftAxis, right }: Outer, [rowAxis]: RowAxes): Facing {
  return leftAxis === rowAxis
    ? { coefficient, rows: left, columns: right }
    : { coefficient, rows: right, columns: left };
}

/** The same axes under a renamed value's own names. */
export function moved([rows, columns]: RowAxes, to: ReadonlyMap<Axis, Axis>): RowAxes {
  return [to.get(rows) ?? rows, to.get(columns) ?? columns];
}

/** A combination ready to be computed row by row. */
export class RowLoop {
  readonly #inputs: Inputs;
  readonly #value: Expr;
  readonly #length: number;

  private constructor(inputs: Inputs, value: Expr, length: number) {
    this.#inputs = inputs;
    this.#value = placed(value, inputs.streams.length);
    this.#length = length;
  }

  /** Rows of some length; undefined where a mean over a further axis is part of the combination. */
  static of(combination: Combination, axes: RowAxes, length: number, kept: KeptEntries): RowLoop | undefined {
    const inputs = new Inputs(kept);
    const value = inputs.combination(combination, axes);
    if (value === undefined) return undefined;
    return new RowLoop(inputs, value, length);
  }

  /** Writes rows 0 … count − 1, row-major. */
  fill(count: number, out: Float64Array): void {
    const place = this.#place([]);
    for (let row = 0; row < count; row++) out.set(place.compute(row), row * this.#length);
  }

  /** Adds Σ over the rows of columns[k][row] · row to targets[k]. */
  accumulate(count: number, columns: readonly Column[], targets: readonly Float64Array[]): void {
    const fused = columns.length <= MOST_TARGETS;
    const place = this.#place(fused ? columns : []);
    if (fused) {
      for (let row = 0; row < count; row++) place.compute(row);
      addEach(targets, place.sums());
      return;
    }
    // More products than one formula adds up: its rows stand in memory before each is added.
    const sums = columns.map(() => new Float64Array(this.#length));
    for (let row = 0; row < count; row++) {
      const values = place.compute(row);
      columns.forEach((column, k) => {
        const [factor, sum] = [at(column, row), required(sums[k], 'sum of a product')];
        for (let c = 0; c < values.length; c++) sum[c] = (sum[c] as number) + factor * (values[c] as number); // in range
      });
    }
    addEach(targets, sums);
  }

  #place(columns: readonly Column[]): RowPlace {
    return new RowPlace(this.#inputs.streams, this.#inputs.numbers, this.#value, columns, this.#length);
  }
}

function addEach(targets: readonly Float64Array[], sums: readonly Float64Array[]): void {
  sums.forEach((sum, k) => {
    const target = required(targets[k], 'target of a product');
    for (let c = 0; c < sum.length; c++) target[c] = at(target, c) + at(sum, c);
  });
}

/** A formula at work: its streams in memory, its numbers row by row. */
class RowPlace {
  readonly #streams: readonly Stream[];
  readonly #numbers: readonly RowNumber[];
  readonly #columns: readonly Column[];
  readonly #length: number;
  readonly #views: Float64Array[];
  readonly #result: Float64Array;
  readonly #sums: Float64Array[];
  readonly #run: (numbers: ArrayLike<number>) => void;
  readonly #values: Float64Array;
  readonly #adders = new Map<number, (row: number) => void>();

  constructor(
    streams: readonly Stream[],
    numbers: readonly RowNumber[],
    value: Expr,
    columns: readonly Column[],
    length: number,
  ) {
    this.#streams = streams;
    this.#numbers = numbers;
    this.#columns = columns;
    this.#length = length;
    const stride = paddedBytes(length, 'f64');
    const outers = streams.flatMap((stream) => (stream.kind === 'sum' ? [stream.outers.length] : []));
    const arrays = streams.length + 1 + columns.length + outers.reduce((sum, count) => sum + count, 0);
    const memory = scratch(arrays * stride);
    let used = 0;
    const next = (): { readonly address: number; readonly view: Float64Array } => {
      const address = stride * used++;
      return { address, view: new Float64Array(memory.buffer, address, length) };
    };
    const ofStreams = streams.map(() => next());
    const result = next();
    const ofSums = columns.map(() => next());
    this.#views = ofStreams.map(({ view }) => view);
    this.#result = result.view;
    this.#sums = ofSums.map(({ view }) => view.fill(0));
    streams.forEach((stream, k) => {
      const { view, address } = required(ofStreams[k], 'stream');
      if (stream.kind === 'column') view.set(stream.column.subarray(0, length));
      if (stream.kind === 'sum') this.#adders.set(k, this.#adder(stream.outers, address, memory, next));
    });
    const [count, rest] = [streams.length + columns.length, numbers.length];
    const shifted = substitute(value, (leaf) =>
      leaf.op === 'argument' && leaf.index >= streams.length ? argument(leaf.index + columns.length) : leaf,
    );
    const line = count + rest + columns.length;
    const products = columns.map((_, k) =>
      add(argument(streams.length + k), mul(argument(count + rest + k), argument(line))),
    );
    const kernel = kernelOf({
      streams: count,
      numbers: rest + columns.length,
      lines: [shifted, ...products],
      results: Array.from({ length: 1 + columns.length }, (_, k) => k),
    });
    const sumAddresses = ofSums.map(({ address }) => address);
    this.#run = kernel.over(memory, {
      streams: [...ofStreams.map(({ address }) => address), ...sumAddresses],
      results: [result.address, ...sumAddresses],
      entries: length,
    });
    this.#values = new Float64Array(rest + columns.length);
  }

  /** One row, which stands where it is until the next. */
  compute(row: number): Float64Array {
    this.#streams.forEach((stream, k) => {
      if (stream.kind === 'rows') {
        const start = row * this.#length;
        required(this.#views[k], 'view of a stream').set(stream.entries.subarray(start, start + this.#length));
      } else if (stream.kind === 'sum') required(this.#adders.get(k), 'sum of outer products')(row);
    });
    this.#numbers.forEach((number, k) => {
      this.#values[k] = typeof number === 'number' ? number : number.factor * at(number.column, row);
    });
    this.#columns.forEach((column, k) => {
      this.#values[this.#numbers.length + k] = at(column, row);
    });
    this.#run(this.#values);
    return this.#result;
  }

  sums(): readonly Float64Array[] {
    return this.#sums;
  }

  /** Σ coefficient · rows[row] · columns, in runs of as many as one formula takes. */
  #adder(
    outers: readonly Facing[],
    address: number,
    memory: Memory,
    next: () => { readonly address: number; readonly view: Float64Array },
  ): (row: number) => void {
    const places = outers.map(({ columns }) => {
      const place = next();
      place.view.set(columns.subarray(0, this.#length));
      return place.address;
    });
    const runs: ((row: number) => void)[] = [];
    for (let start = 0; start < outers.length; start += MOST_OUTERS) {
      const [some, own] = [outers.slice(start, start + MOST_OUTERS), places.slice(start, start + MOST_OUTERS)];
      // All runs but the first go on from the sum so far.
      const before = start === 0 ? [] : [address];
      const count = own.length + before.length;
      const sum = some
        .map((_, k) => mul(argument(count + k), argument(k)))
        .reduce<Expr>((total, term) => add(total, term), before.length === 0 ? constant(0) : argument(own.length));
      const place = { streams: [...own, ...before], results: [address], entries: this.#length };
      const run = kernelOf({ streams: count, numbers: own.length, lines: [sum], results: [0] }).over(memory, place);
      const numbers = new Float64Array(own.length);
      runs.push((row) => {
        some.forEach(({ coefficient, rows }, k) => {
          numbers[k] = coefficient * at(rows, row);
        });
        run(numbers);
      });
    }
    return (row) => {
      for (const run of runs) run(row);
    };
  }
}

const kernels = new Map<string, EntrywiseKernel>();

/** Compiled once for formulas of the same form. */
function kernelOf(formulas: ConstructorParameters<typeof EntrywiseKernel>[0]): EntrywiseKernel {
  const { streams, numbers, lines, results } = formulas;
  const key = `${streams} ${numbers} ${results.join()} ${lines.map(textKey).join(';')}`;
  const known = kernels.get(key);
  if (known !== undefined) return known;
  const kernel = new EntrywiseKernel(formulas, 'f64');
  kernels.set(key, kernel);
  if (kernels.size > MOST_KERNELS) kernels.delete(required(kernels.keys().next().value, 'kernel'));
  return kernel;
}

let memory: Memory | undefined;

/** Memory that one formula at a time works in. */
function scratch(bytes: number): Memory {
  if (memory === undefined || memory.buffer.byteLength < bytes) memory = allocate(Math.max(bytes, 2 ** 20));
  return memory;
}
