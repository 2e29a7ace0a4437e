/**
 * Products of gradients for kernels beyond SGD, of gradients that are written out part by part (a tile: some entries of
 * one parameter) into one memory: line by line, a line for each example and output.
 *
 * Signs are counted in bits; where one side is f32, so is the product of a tile. Tiles are added in f64.
 */

import { required, unreachable } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { entry } from '../../numeric/index.ts';
import { allocate, EntrywiseKernel, type Memory, type Team } from '../../numeric/wasm/index.ts';
import { argument, mul, type TensorData, type Tensors } from '../../program/index.ts';
import type { ComputedKind } from './kernelKinds.ts';
import { gram } from './productPrograms.ts';
import { type Lines, planeBytes, SignProducts } from './signs/signProducts.ts';
import { type LineFacts, READER_BYTES, SignReader } from './signs/signReader.ts';

/** Kernels whose gradients are written out. */
export type TileKind = Exclude<ComputedKind, 'sgd'>;

export interface TileOptions {
  readonly engine: Engine;
  readonly kinds: readonly TileKind[];
  /** Threads that count signs together; by default one. */
  readonly team?: Team;
}

/** Which lines to multiply: those of some blocks with those of others, or with themselves. */
export interface TileSides {
  /** Lines of each block; the columns' come first. */
  readonly blocks: readonly number[];
  /** How many blocks are columns. */
  readonly columns: number;
  /** Whether the columns are wanted as rows against the rows as columns too, where that is another product. */
  readonly turned: boolean;
}

/** Products of one kind, [rows × columns]; and of columns as rows with rows as columns. */
export interface TileTotals {
  readonly straight: Float64Array;
  readonly turned?: Float64Array;
}

const WORD = 4;
const ALIGNMENT = 256;
/** Loops on whole vectors reach over the end of lines. */
const SLACK = 64;

/** A compiled product of two tiles' lines, and where its result goes, [rows × columns]. */
interface PreparedProduct {
  readonly product: Float32Array;
  readonly run: (feeds: Tensors) => Promise<void>;
}

/** What stays from stage to stage: the memory, which only grows. */
export class TileMemory {
  #memory: Memory = allocate(0);

  /** A memory of at least so many bytes; what an earlier one held is lost. */
  of(bytes: number): Memory {
    if (this.#memory.buffer.byteLength < bytes) this.#memory = allocate(bytes);
    return this.#memory;
  }
}

/** One stage's products between two chunks. */
export class TileProducts {
  readonly kinds: readonly TileKind[];
  readonly #engine: Engine;
  readonly #shared: TileMemory;
  readonly #blocks: readonly number[];
  readonly #lines: number;
  readonly #left: Lines;
  readonly #right: Lines;
  readonly #turned: boolean;
  readonly #signs: SignProducts | undefined;
  readonly #sums: ReadonlyMap<TileKind, { readonly straight: Float64Array; readonly turned: Float64Array | undefined }>;
  /** Lines with numbers that are none. */
  readonly #broken = new Set<number>();
  readonly #prepared = new Map<string, Promise<PreparedProduct>>();
  #tile: Tile | undefined;

  constructor({ engine, kinds, team }: TileOptions, shared: TileMemory, { blocks, columns, turned }: TileSides) {
    [this.kinds, this.#engine, this.#shared, this.#blocks] = [kinds, engine, shared, blocks];
    this.#lines = total(blocks);
    this.#right = [0, total(blocks.slice(0, columns))];
    this.#left = columns === blocks.length ? this.#right : [this.#right[1], this.#lines];
    this.#turned = turned && this.#left !== this.#right;
    if (kinds.includes('signgd')) this.#signs = new SignProducts(this.#lines, this.#left, this.#right, team);
    const size = count(this.#left) * count(this.#right);
    this.#sums = new Map(
      kinds.map((kind) => [
        kind,
        {
          straight: new Float64Array(size),
          turned: this.#turned && kind === 'a-signgd' ? new Float64Array(size) : undefined,
        },
      ]),
    );
  }

  /** Where each block's gradients are to be written, [lines × entries], for the tiles of so many entries. */
  arrays(entries: number): readonly Float32Array[] {
    if (this.#tile?.entries !== entries) this.#tile = new Tile(this.#shared, this.#lines, entries, this.kinds);
    const { floats } = this.#tile;
    let line = 0;
    return this.#blocks.map((lines) => {
      const start = line * entries;
      line += lines;
      return floats.subarray(start, line * entries);
    });
  }

  /** Multiplies what stands in the arrays, for some kernels; `weights` are those of its entries, of the kernel of Adam. */
  async take(kinds: readonly TileKind[], weights?: Float32Array): Promise<void> {
    const tile = required(this.#tile, 'arrays of a tile');
    const asymmetric = kinds.filter((kind) => kind === 'a-signgd' || kind === 'a-signgd-evaluated');
    const counts = kinds.includes('signgd');
    if (counts || asymmetric.length > 0) {
      const facts = this.#read(tile);
      const full = facts.map((line) => line.full);
      if (counts) required(this.#signs, 'products of signs').add(tile.bits, tile.entries, full);
    }
    for (const kind of asymmetric) await this.#multiply(kind, tile);
    if (kinds.includes('adam')) {
      tile.weigh(this.#right, required(weights, 'weights of a tile'));
      await this.#multiply('adam', tile);
    }
  }

  /** Adds products that were found otherwise. */
  addProducts(kind: TileKind, { straight, turned }: TileTotals): void {
    const sums = this.#sumsOf(kind);
    addTo(sums.straight, straight);
    if (sums.turned !== undefined) addTo(sums.turned, required(turned, 'products of columns with rows'));
  }

  /** What was added up. */
  totals(kind: TileKind): TileTotals {
    switch (kind) {
      case 'signgd': {
        const counted = required(this.#signs, 'products of signs').totals();
        addTo(counted, this.#sumsOf(kind).straight);
        return { straight: this.#marked(counted, this.#left, this.#right) };
      }
      case 'a-signgd': {
        const { straight, turned } = this.#sumsOf(kind);
        return {
          straight: this.#marked(straight, this.#left, this.#right),
          ...(turned === undefined ? {} : { turned: this.#marked(turned, this.#right, this.#left) }),
        };
      }
      case 'a-signgd-evaluated':
        return { straight: this.#marked(this.#sumsOf(kind).straight, this.#left, this.#right) };
      case 'adam':
        return { straight: this.#sumsOf(kind).straight };
      default:
        return unreachable(kind, 'products of tiles');
    }
  }

  /** Reads every line that signs are wanted of. */
  #read(tile: Tile): LineFacts[] {
    const bits = this.#signs !== undefined;
    const [straight, evaluated] = (['a-signgd', 'a-signgd-evaluated'] as const).map((kind) =>
      this.kinds.includes(kind),
    );
    return Array.from({ length: this.#lines }, (_, line) => {
      const isRight = line < this.#right[1];
      const values = (straight && (isRight || this.#turned)) || (evaluated && line >= this.#left[0]);
      const wanted = { bits, values: values === true };
      if (!wanted.bits && !wanted.values) return { full: true, hasNaN: false };
      const facts = tile.signs.read(line, wanted);
      if (facts.hasNaN) this.#broken.add(line);
      return facts;
    });
  }

  async #multiply(kind: Exclude<TileKind, 'signgd'>, tile: Tile): Promise<void> {
    const { straight, turned } = this.#sumsOf(kind);
    const { floats, values } = tile;
    const [ofLeft, ofRight] = kind === 'a-signgd-evaluated' ? [values, floats] : [floats, values];
    await this.#add(straight, tile, [this.#left, ofLeft], [this.#right, ofRight]);
    if (turned !== undefined) await this.#add(turned, tile, [this.#right, floats], [this.#left, values]);
  }

  async #add(
    sum: Float64Array,
    tile: Tile,
    [left, ofLeft]: readonly [Lines, Float32Array],
    [right, ofRight]: readonly [Lines, Float32Array],
  ): Promise<void> {
    const [row, column, entry] = [count(left), count(right), tile.entries];
    const { product, run } = await this.#product(row, column, entry);
    await run({
      left: { axes: ['row', 'entry'], shape: [row, entry], data: tile.lines(ofLeft, left) },
      right: { axes: ['column', 'entry'], shape: [column, entry], data: tile.lines(ofRight, right) },
    });
    addTo(sum, product);
  }

  /** The product of tiles of such sizes, compiled once, whose result goes to one array. */
  #product(row: number, column: number, entry: number): Promise<PreparedProduct> {
    const key = `${row} ${column} ${entry}`;
    const known = this.#prepared.get(key);
    if (known !== undefined) return known;
    const preparing = this.#engine.compileInto(gram, { row, column, entry }).then((compiled): PreparedProduct => {
      const product = new Float32Array(row * column);
      return { product, run: compiled.into({ product }) };
    });
    this.#prepared.set(key, preparing);
    return preparing;
  }

  #sumsOf(kind: TileKind) {
    return required(this.#sums.get(kind), `sums of ${kind}`);
  }

  /** The sign of what is no number is none. */
  #marked(values: Float64Array, [from]: Lines, right: Lines): Float64Array {
    const width = count(right);
    for (const line of this.#broken) {
      const row = line - from;
      if (row >= 0 && row < values.length / width) values.fill(Number.NaN, row * width, (row + 1) * width);
      const column = line - right[0];
      if (column < 0 || column >= width) continue;
      for (let k = column; k < values.length; k += width) values[k] = Number.NaN;
    }
    return values;
  }
}

/** The layout of a memory for tiles of so many entries. */
class Tile {
  readonly entries: number;
  readonly floats: Float32Array;
  readonly values: Float32Array;
  readonly bits: Uint8Array;
  readonly signs: SignReader;
  readonly #memory: Memory;
  readonly #places: { readonly floats: number; readonly values: number; readonly weights: number };

  constructor(shared: TileMemory, lines: number, entries: number, kinds: readonly TileKind[]) {
    this.entries = entries;
    const numbers = lines * entries;
    let end = 0;
    const take = (bytes: number): number => {
      const start = end;
      end = Math.ceil((start + bytes + SLACK) / ALIGNMENT) * ALIGNMENT;
      return start;
    };
    const has = (...some: readonly TileKind[]): boolean => some.some((kind) => kinds.includes(kind));
    const own = take(READER_BYTES);
    const floats = take(numbers * WORD);
    const hasValues = has('a-signgd', 'a-signgd-evaluated', 'adam');
    const values = take(hasValues ? numbers * WORD : 0);
    const weights = take(has('adam') ? entries * WORD : 0);
    const bitBytes = has('signgd') ? 2 * lines * planeBytes(entries) : 0;
    const bits = take(bitBytes);
    this.#memory = shared.of(end);
    const { buffer } = this.#memory;
    this.floats = new Float32Array(buffer, floats, numbers);
    this.values = new Float32Array(buffer, values, hasValues ? numbers : 0);
    this.bits = new Uint8Array(buffer, bits, bitBytes).fill(0);
    this.signs = new SignReader(this.#memory, { own, numbers: floats, bits, values }, entries);
    this.#places = { floats, values, weights };
  }

  /** Lines of an array of all of them. */
  lines(array: Float32Array, [from, to]: Lines): Float32Array {
    return array.subarray(from * this.entries, to * this.entries);
  }

  /** Fills `values` with numbers times the weights of their entries. */
  weigh([from, to]: Lines, weights: Float32Array): void {
    const { entries } = this;
    const places = this.#places;
    const fits = weights.length === entries ? weights : undefined;
    new Float32Array(this.#memory.buffer, places.weights, entries).set(required(fits, `${entries} weights of a tile`));
    for (let line = from; line < to; line++) {
      const [source, target] = [places.floats, places.values].map((start) => start + line * entries * WORD);
      // What a line reaches over its end, the next one overwrites.
      weighted.over(this.#memory, {
        streams: [required(source, 'line of numbers'), places.weights],
        results: [required(target, 'line of values')],
        entries,
      })([]);
    }
  }
}

const weighted = new EntrywiseKernel(
  { streams: 2, numbers: 0, lines: [mul(argument(0), argument(1))], results: [0] },
  'f32',
);

/** Adds as many numbers to a sum. */
function addTo(sum: Float64Array, values: TensorData): void {
  required(values.length === sum.length ? values : undefined, `product of ${sum.length} numbers`);
  for (let k = 0; k < sum.length; k++) sum[k] = entry(sum, k) + (values[k] as number); // as many
}

const count = ([from, to]: Lines): number => to - from;
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
