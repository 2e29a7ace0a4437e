/**
 * Runs schedules over pairs of inputs, block by block: the arrays of a block stay in cache from the first batch to the
 * last. Everything lies in one memory, whose layout is fixed when the runner is made.
 *
 * Entries do not depend on each other, so that the numbers are the same on one thread and on many.
 */

import { required } from '../../errors/index.ts';
import { at, entry } from '../../numeric/index.ts';
import { LOOP_BYTES } from '../../numeric/wasm/formulas/index.ts';
import {
  allocate,
  allocateShared,
  doBlocks,
  instantiate,
  type Job,
  type LoopCall,
  type SharedMemory,
} from '../../numeric/wasm/index.ts';
import { moduleOf } from './compiled.ts';
import type { KernelMachine } from './machine.ts';
import { TILE_LEFT, TILE_RIGHT } from './moves.ts';
import { type HostCall, type MatrixGram, Operations, type OwnGram } from './operations.ts';
import type { SeriesBatch, Side } from './quantities.ts';
import {
  countOf,
  fillLists,
  firstOf,
  isAlike,
  isRegion,
  type Lists,
  PADDING,
  type PairList,
  type Pairs,
  type Region,
} from './regions.ts';
import type { Schedule } from './schedule.ts';
import { Layout, rowsOf, SourceMemory, type Sources, unbroken } from './sources.ts';

const [WORD, DOUBLE] = [4, 8];
/** Bytes of arrays of one block that caches hold, about. */
const CACHED_BYTES = 2 ** 20;
/** Pairs of a turn of the loops. */
const TURN = LOOP_BYTES / DOUBLE;
const [LEAST_BLOCK, MOST_BLOCK] = [2 * TURN, 1024];
/** Rows of the right that a product keeps in cache. */
const PANEL = 32;

export interface RunnerOptions {
  readonly schedule: Schedule;
  /** The number of inputs. */
  readonly inputs: number;
  /** Places of data, by name. */
  readonly places: ReadonlyMap<string, number>;
  /** What is run over: the largest of its members makes the memory. */
  readonly pairs: readonly Pairs[];
  /** Terms of series. */
  readonly terms: number;
  /** Whether means come from quadratures and not from series. */
  readonly careful?: boolean;
  readonly machine?: KernelMachine;
}

export class Runner {
  readonly #operations: Operations;
  readonly #sources: SourceMemory;
  readonly #machine: KernelMachine;
  readonly #block: number;
  readonly #bases: readonly number[];
  readonly #lists: Lists;
  readonly #memory: ReturnType<typeof allocate> | SharedMemory;
  readonly #results: readonly number[];
  readonly #kernel: (name: string) => (...numbers: number[]) => void;
  readonly #job: Job | undefined;
  #loaded: Sources | undefined;
  #current: Pairs | undefined;
  /** Where the engine puts products, which writes no memory that threads share. */
  #products = new Float64Array();

  constructor({ schedule, inputs, places, pairs, terms, careful = false, machine = {} }: RunnerOptions) {
    this.#machine = machine;
    const most = Math.max(...pairs.map(countOf));
    this.#block = blockOf(schedule.slots, pairs);
    const layout = new Layout();
    const counter = layout.take(3 * WORD);
    const padded = most + PADDING;
    const take = (): number => layout.take(padded * WORD);
    const lists = { left: take(), right: take(), places: take() };
    this.#sources = new SourceMemory(layout, inputs, places, terms);
    this.#results = schedule.outputs.map(() => layout.take(padded * DOUBLE));
    const matrices = pairs.filter(isRegion).map(matrixEntries);
    this.#operations = new Operations({
      schedule,
      layout,
      sources: this.#sources,
      lists,
      array: this.#block * DOUBLE,
      results: this.#results,
      matrix: matrices.length === 0 ? undefined : Math.max(...matrices),
      diagonal: pairs.some(({ kind }) => kind === 'diagonal'),
      byRows: pairs.every(({ kind }) => kind !== 'list'),
      careful,
      engine: machine.product !== undefined,
    });
    const loops = this.#operations.calls.filter(isLoop);
    // What JavaScript computes stays on this thread.
    const team = loops.length === this.#operations.calls.length && most > this.#block ? machine.team : undefined;
    const bases = Array.from({ length: team?.threads ?? 1 }, () => layout.take(schedule.slots * this.#block * DOUBLE));
    this.#bases = bases;
    const module = moduleOf(schedule.kernels, team !== undefined);
    if (team === undefined) this.#memory = allocate(layout.end);
    else {
      const memory = allocateShared(layout.end);
      this.#memory = memory;
      this.#job = { module, memory, calls: loops, bases, block: this.#block, turn: TURN, counter };
    }
    this.#kernel = instantiate(module, this.#memory).kernel;
    this.#operations.write(this.#memory.buffer);
    const list = (start: number): Int32Array => new Int32Array(this.#memory.buffer, start, padded);
    this.#lists = { left: list(lists.left), right: list(lists.right), places: list(lists.places) };
  }

  /** Bytes of its memory. */
  get bytes(): number {
    return this.#memory.buffer.byteLength + this.#products.byteLength;
  }

  /** Sets what is read. */
  load(sources: Sources): void {
    this.#loaded = sources;
    this.#sources.write(this.#memory.buffer, sources);
  }

  /** The outputs for each pair; they hold until the next run. */
  run(pairs: Pairs): readonly Float64Array[] {
    if (isRegion(pairs)) for (const matrix of this.#operations.matrices) this.#multiply(matrix, pairs);
    return this.#blocks(pairs);
  }

  /** The same, with products on the machine's engine. */
  async runOn(pairs: Region): Promise<readonly Float64Array[]> {
    const { product } = this.#machine;
    if (product === undefined) return this.run(pairs);
    const [first, end] = pairs.columns;
    for (const { left, right, start } of this.#operations.matrices) {
      const size = left.columns.length;
      // The engine reads no memory that threads share either.
      const a = rowsOf(left, this.#sourcesLoaded(), pairs.from, pairs.to);
      const b = rowsOf(right, this.#sourcesLoaded(), first, end);
      const entries = (pairs.to - pairs.from) * (end - first);
      if (this.#products.length < entries) this.#products = new Float64Array(entries);
      this.#setMatrix(start, await product(a, b, size, this.#products.subarray(0, entries)), pairs);
    }
    return this.#blocks(pairs);
  }

  #setMatrix(start: number, values: Float64Array, { from, to, columns: [first, end] }: Region): void {
    const [width, stride] = [end - first, matrixWidth(end - first)];
    const matrix = new Float64Array(this.#memory.buffer, start, (to - from) * stride);
    if (width === stride) matrix.set(values);
    else {
      for (let row = 0; row < to - from; row++) {
        matrix.set(values.subarray(row * width, (row + 1) * width), row * stride);
      }
    }
  }

  /** The compiled product. */
  #multiply({ left, right, start }: MatrixGram, { from, to, columns: [first, end] }: Region): void {
    const [a, b] = [this.#sources.rowsAt(left), this.#sources.rowsAt(right)];
    const product = this.#kernel('product');
    const width = matrixWidth(end - first) * DOUBLE;
    for (let column = first; column < end; column += PANEL) {
      const last = Math.min(end, column + PANEL);
      for (let row = from; row < to; row += TILE_LEFT) {
        product(
          a.start + row * a.stride,
          b.start + column * b.stride,
          b.start + last * b.stride,
          start + (row - from) * width + (column - first) * DOUBLE,
          a.stride,
          width,
        );
      }
    }
  }

  #blocks(pairs: Pairs): readonly Float64Array[] {
    const count = countOf(pairs);
    if (this.#current === undefined || !isAlike(pairs, this.#current)) fillLists(pairs, this.#lists);
    this.#current = pairs;
    this.#operations.point(this.#memory.buffer, pairs);
    if (this.#job !== undefined && this.#machine.team !== undefined) this.#machine.team.run(this.#job, count);
    else this.#alone(count);
    return this.#results.map((start) => new Float64Array(this.#memory.buffer, start, count));
  }

  #alone(count: number): void {
    const base = at(this.#bases, 0);
    const calls = this.#operations.calls.map((own) =>
      isLoop(own)
        ? { from: own.from, to: own.to, run: this.#kernel(own.name) }
        : {
            from: 0,
            to: 0,
            run: (_from = 0, _to = 0, _base = 0, bytes = 0, first = 0) =>
              this.#call(own, first, Math.min(bytes / DOUBLE, count - first)),
          },
    );
    let next = 0;
    doBlocks(calls, { block: this.#block, turn: TURN, base, pairs: count }, () => next++);
  }

  /** The pairs of the last run whose outputs are not numbers, by their places among all. */
  missing(results: readonly Float64Array[]): { readonly places: readonly number[]; readonly pairs: PairList } {
    const count = required(results[0], 'values of a kernel').length;
    const places: number[] = [];
    for (let k = 0; k < count; k++) {
      if (results.some((values) => Number.isNaN(values[k]))) places.push(k);
    }
    const first = firstOf(required(this.#current, 'pairs of a run'));
    const of = (side: Side): Int32Array => Int32Array.from(places, (k) => first[side] + at(this.#lists[side], k));
    return { places, pairs: { kind: 'list', left: of('left'), right: of('right') } };
  }

  #sourcesLoaded(): Sources {
    return required(this.#loaded, 'what runs read');
  }

  #array(slot: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at(this.#bases, 0) + slot * this.#block * DOUBLE, this.#block);
  }

  #call(batch: HostCall, first: number, entries: number): void {
    const result = this.#array(batch.slot);
    if (batch.kind === 'same') {
      const { left, right } = this.#lists;
      const origin = firstOf(required(this.#current, 'pairs of a run'));
      const further = origin.right - origin.left;
      for (let k = 0; k < entries; k++) result[k] = at(left, first + k) === at(right, first + k) + further ? 1 : 0;
      return;
    }
    if (batch.kind === 'gram') {
      this.#ownGram(batch, result, first, entries);
      return;
    }
    if (batch.kind === 'series') {
      this.#quadratures(batch, result, first, entries);
      return;
    }
    const args = batch.args.map((slot) => this.#array(slot));
    const values = new Float64Array(args.length);
    for (let k = 0; k < entries; k++) {
      args.forEach((arg, place) => {
        values[place] = entry(arg, k);
      });
      result[k] = batch.of(values);
    }
  }

  /** Means of pairs one by one. */
  #quadratures({ left, right, of, arg }: SeriesBatch, result: Float64Array, first: number, entries: number): void {
    const { own } = this.#sourcesLoaded();
    const covariances = this.#array(arg);
    const [a, b] = [left, right].map((side) => required(own.get(side.own), 'variances of inputs'));
    if (a === undefined || b === undefined) return;
    const origin = firstOf(required(this.#current, 'pairs of a run'));
    for (let k = 0; k < entries; k++) {
      const uu = entry(a, origin.left + at(this.#lists.left, first + k));
      const vv = entry(b, origin.right + at(this.#lists.right, first + k));
      result[k] = of(uu, entry(covariances, k), vv);
    }
  }

  /** Inner products of rows of the same input. */
  #ownGram({ left, right }: OwnGram, result: Float64Array, first: number, entries: number): void {
    const size = left.columns.length;
    const sources = this.#sourcesLoaded();
    for (const [from, to] of unbroken(sources, first, first + entries)) {
      const a = rowsOf(left, sources, from, to);
      const b = left === right ? a : rowsOf(right, sources, from, to);
      for (let k = 0; k < to - from; k++) result[from - first + k] = innerProduct(a, b, k * size, (k + 1) * size);
    }
  }
}

/** In two sums, for each addition waits for the one before. */
function innerProduct(a: Float64Array, b: Float64Array, from: number, end: number): number {
  let even = 0;
  let odd = 0;
  let m = from;
  const whole = end - ((end - from) % 2);
  for (; m < whole; m += 2) {
    even += (a[m] as number) * (b[m] as number); // in range, as the next one
    odd += (a[m + 1] as number) * (b[m + 1] as number);
  }
  if (m < end) even += (a[m] as number) * (b[m] as number); // in range
  return even + odd;
}

function isLoop(call: LoopCall | HostCall): call is LoopCall {
  return 'name' in call;
}

/** Pairs of a block whose arrays a cache holds: whole rows, or a row's share, where that comes out even. */
function blockOf(slots: number, pairs: readonly Pairs[]): number {
  const most = Math.max(...pairs.map(countOf));
  const fitting = Math.floor(CACHED_BYTES / (DOUBLE * Math.max(1, slots)));
  const wanted = Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, fitting), most + TURN - 1);
  const [first] = pairs;
  if (first?.kind === 'rectangle') {
    const width = first.columns[1] - first.columns[0];
    const share = width / Math.ceil(width / wanted);
    if (share % TURN === 0 && share >= wanted / 2) return share;
  }
  return Math.max(TURN, Math.floor(wanted / TURN) * TURN);
}

/** Columns of a matrix: the compiled product writes whole tiles. */
function matrixWidth(columns: number): number {
  return Math.ceil(columns / TILE_RIGHT) * TILE_RIGHT;
}

function matrixEntries({ from, to, columns: [first, end] }: Region): number {
  return Math.ceil((to - from) / TILE_LEFT) * TILE_LEFT * matrixWidth(end - first);
}
