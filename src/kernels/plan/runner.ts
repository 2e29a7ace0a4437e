/**
 * Runs schedules over pairs of inputs, block by block: the arrays of a block stay in cache from the first batch to the
 * last. Everything lies in one memory, whose layout is fixed when the runner is made.
 *
 * Entries do not depend on each other, so that the numbers are the same on one thread and on many.
 */

import { required } from '../../errors/index.ts';
import { at, entry } from '../../numeric/index.ts';
import { LOOP_BYTES } from '../../numeric/wasm/formulas/index.ts';
import { allocate, allocateShared, instantiate, type SharedMemory } from '../../numeric/wasm/index.ts';
import { moduleOf } from './compiled.ts';
import { TILE_LEFT, TILE_RIGHT } from './moves.ts';
import { type HostCall, type LoopCall, type MatrixGram, Operations } from './operations.ts';
import type { Rows } from './quantities.ts';
import { countOf, fillLists, type Lists, type Pairs, type Region } from './regions.ts';
import type { Schedule } from './schedule.ts';
import { denseRows, Layout, SourceMemory, type Sources } from './sources.ts';
import { doBlocks, type Job, type KernelMachine } from './team.ts';

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
  readonly #inputs: number;
  readonly #rows = new Map<Rows, Float64Array>();
  #loaded: Sources | undefined;

  constructor({ schedule, inputs, places, pairs, machine = {} }: RunnerOptions) {
    this.#machine = machine;
    this.#inputs = inputs;
    const most = Math.max(...pairs.map(countOf));
    this.#block = blockOf(schedule.slots, most);
    const layout = new Layout();
    const counter = layout.take(3 * WORD);
    const padded = most + TURN;
    const take = (): number => layout.take(padded * WORD);
    const lists = { left: take(), right: take(), places: take() };
    this.#sources = new SourceMemory(layout, inputs, places);
    this.#results = schedule.outputs.map(() => layout.take(padded * DOUBLE));
    const matrices = pairs.flatMap((own) => (own.kind === 'diagonal' ? [] : [matrixEntries(own)]));
    this.#operations = new Operations({
      schedule,
      layout,
      sources: this.#sources,
      lists,
      array: this.#block * DOUBLE,
      results: this.#results,
      matrix: matrices.length === 0 ? undefined : Math.max(...matrices),
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

  /** Sets what is read. */
  load(sources: Sources): void {
    this.#loaded = sources;
    this.#rows.clear();
    this.#sources.write(this.#memory.buffer, sources);
  }

  /** The outputs for each pair; they hold until the next run. */
  run(pairs: Pairs): readonly Float64Array[] {
    if (pairs.kind !== 'diagonal') for (const matrix of this.#operations.matrices) this.#multiply(matrix, pairs);
    return this.#blocks(pairs);
  }

  /** The same, with products on the machine's engine. */
  async runOn(pairs: Region): Promise<readonly Float64Array[]> {
    const { product } = this.#machine;
    if (product === undefined) return this.run(pairs);
    const [first, end] = pairs.columns;
    for (const { left, right, start } of this.#operations.matrices) {
      const size = left.columns.length;
      const a = this.#rowsOf(left).subarray(pairs.from * size, pairs.to * size);
      const b = this.#rowsOf(right).subarray(first * size, end * size);
      this.#setMatrix(start, await product(a, b, size), pairs);
    }
    return this.#blocks(pairs);
  }

  /** Rows for an engine, which reads no memory that threads share. */
  #rowsOf(rows: Rows): Float64Array {
    const known = this.#rows.get(rows) ?? denseRows(rows, required(this.#loaded, 'sources'), this.#inputs);
    this.#rows.set(rows, known);
    return known;
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
    fillLists(pairs, this.#lists);
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

  #array(slot: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at(this.#bases, 0) + slot * this.#block * DOUBLE, this.#block);
  }

  #call(batch: HostCall, first: number, entries: number): void {
    const result = this.#array(batch.slot);
    if (batch.kind === 'same') {
      const { left, right } = this.#lists;
      for (let k = 0; k < entries; k++) result[k] = at(left, first + k) === at(right, first + k) ? 1 : 0;
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
}

function isLoop(call: LoopCall | HostCall): call is LoopCall {
  return 'name' in call;
}

/** Pairs of a block whose arrays a cache holds. */
function blockOf(slots: number, most: number): number {
  const fitting = Math.floor(CACHED_BYTES / (DOUBLE * Math.max(1, slots)));
  const wanted = Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, fitting), most + TURN - 1);
  return Math.max(TURN, Math.floor(wanted / TURN) * TURN);
}

/** Columns of a matrix: the compiled product writes whole tiles. */
function matrixWidth(columns: number): number {
  return Math.ceil(columns / TILE_RIGHT) * TILE_RIGHT;
}

function matrixEntries({ from, to, columns: [first, end] }: Region): number {
  return Math.ceil((to - from) / TILE_LEFT) * TILE_LEFT * matrixWidth(end - first);
}
