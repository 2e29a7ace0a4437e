/**
 * Runs schedules over pairs of inputs, block by block: the arrays of a block stay in cache from the first batch to the
 * last. Everything lies in one memory, whose layout is fixed when the runner is made.
 */

import { required } from '../../errors/index.ts';
import { at, entry } from '../../numeric/index.ts';
import { LOOP_BYTES } from '../../numeric/wasm/formulas/index.ts';
import { allocate, instantiate } from '../../numeric/wasm/index.ts';
import { kernelName, moduleOf } from './compiled.ts';
import type { Planned, Rows } from './quantities.ts';
import { countOf, fillLists, type Lists, type Pairs } from './regions.ts';
import type { Batch, Schedule } from './schedule.ts';

const [WORD, DOUBLE] = [4, 8];
/** Bytes of arrays of one block that caches hold, about. */
const CACHED_BYTES = 2 ** 20;
const PER_TURN = LOOP_BYTES / DOUBLE;
const [LEAST_BLOCK, MOST_BLOCK] = [2 * PER_TURN, 1024];

/** A call of a compiled function over records, or of JavaScript. */
type Operation =
  | { readonly name: string; readonly from: number; readonly to: number }
  | { readonly batch: Extract<Batch, { kind: 'call' | 'same' }> };

export interface RunnerOptions {
  readonly schedule: Schedule;
  /** The number of inputs. */
  readonly inputs: number;
  /** The most pairs of one run. */
  readonly most: number;
}

export class Runner {
  readonly #operations: readonly Operation[];
  readonly #block: number;
  readonly #base: number;
  readonly #lists: Lists;
  readonly #bytes: ArrayBuffer;
  readonly #results: readonly number[];
  readonly #kernel: (name: string) => (...numbers: number[]) => void;

  constructor({ schedule, inputs, most }: RunnerOptions) {
    const fitting = Math.floor(CACHED_BYTES / (DOUBLE * Math.max(1, schedule.slots)));
    const wanted = Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, fitting), most + PER_TURN - 1);
    this.#block = Math.max(PER_TURN, Math.floor(wanted / PER_TURN) * PER_TURN);
    const padded = most + PER_TURN;
    const layout = new Layout();
    const lists = [layout.take(padded * WORD), layout.take(padded * WORD), layout.take(padded * WORD)] as const;
    const writer = new RecordWriter(schedule, layout, lists, this.#block * DOUBLE);
    this.#results = schedule.outputs.map(() => layout.take(padded * DOUBLE));
    const operations = writer.operations(this.#results);
    this.#base = layout.take(schedule.slots * this.#block * DOUBLE);
    const memory = allocate(layout.end);
    const { kernel } = instantiate(moduleOf(schedule.kernels, false), memory);
    this.#kernel = kernel;
    this.#bytes = memory.buffer;
    writer.write(memory.buffer, inputs);
    this.#operations = operations;
    const [left, right, places] = lists.map((start) => new Int32Array(memory.buffer, start, padded));
    this.#lists = {
      left: required(left, 'list'),
      right: required(right, 'list'),
      places: required(places, 'list'),
    };
  }

  /** The outputs for each pair; they hold until the next run. */
  run(pairs: Pairs): readonly Float64Array[] {
    const count = countOf(pairs);
    fillLists(pairs, this.#lists);
    const operations = this.#operations.map((own) => ('batch' in own ? own : { ...own, run: this.#kernel(own.name) }));
    for (let first = 0; first < count; first += this.#block) {
      const entries = Math.min(this.#block, count - first);
      const bytes = Math.ceil(entries / PER_TURN) * LOOP_BYTES;
      for (const own of operations) {
        if ('batch' in own) this.#call(own.batch, first, entries);
        else own.run(own.from, own.to, this.#base, bytes, first);
      }
    }
    return this.#results.map((start) => new Float64Array(this.#bytes, start, count));
  }

  #array(slot: number): Float64Array {
    return new Float64Array(this.#bytes, this.#base + slot * this.#block * DOUBLE, this.#block);
  }

  #call(batch: Extract<Batch, { kind: 'call' | 'same' }>, first: number, entries: number): void {
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

/** Addresses, one after the other. */
class Layout {
  end = 64;

  take(bytes: number): number {
    const start = this.end;
    this.end = Math.ceil((start + bytes) / 64) * 64;
    return start;
  }
}

/** Writes what batches read: records, numbers of inputs and rows. */
class RecordWriter {
  readonly #schedule: Schedule;
  readonly #layout: Layout;
  readonly #lists: readonly [left: number, right: number, places: number];
  readonly #stride: number;
  readonly #numbers = new Map<Planned | Float64Array, number>();
  readonly #rows = new Map<Rows, number>();
  readonly #records: { readonly start: number; readonly words: Int32Array }[] = [];

  constructor(schedule: Schedule, layout: Layout, lists: readonly [number, number, number], stride: number) {
    this.#schedule = schedule;
    this.#layout = layout;
    this.#lists = lists;
    this.#stride = stride;
  }

  /** Calls in order, the last of which copies the outputs to their results. */
  operations(results: readonly number[]): Operation[] {
    const { batches, outputs } = this.#schedule;
    const made: Operation[] = [];
    for (let k = 0; k < batches.length; k++) {
      const batch = at(batches, k);
      switch (batch.kind) {
        case 'call':
        case 'same':
          made.push({ batch });
          break;
        case 'loop':
          made.push(
            this.#over(
              kernelName(batch.kernel),
              batch.records.map((slot) => slot * this.#stride),
            ),
          );
          break;
        default: {
          // Neighbors of one kind are one call.
          let end = k + 1;
          while (batches[end]?.kind === batch.kind) end++;
          made.push(this.#moves(batch.kind, batches.slice(k, end)));
          k = end - 1;
        }
      }
    }
    const words = outputs.flatMap((slot, k) => [slot * this.#stride, at(results, k)]);
    made.push(this.#over('copy', Int32Array.from(words)));
    return made;
  }

  #moves(name: 'gather' | 'gram', batches: readonly Batch[]): Operation {
    const [left, right] = this.#lists;
    const words = batches.flatMap((batch): number[] => {
      if (batch.kind === 'gather') {
        return [this.#numbersAt(batch.values), batch.side === 'left' ? left : right, batch.slot * this.#stride];
      }
      if (batch.kind !== 'gram') return [];
      return [
        this.#rowsAt(batch.left),
        this.#rowsAt(batch.right),
        rowBytes(batch.left),
        left,
        right,
        batch.slot * this.#stride,
      ];
    });
    return this.#over(name, Int32Array.from(words));
  }

  #over(name: string, words: Int32Array): Operation {
    const start = this.#layout.take(words.byteLength);
    this.#records.push({ start, words });
    return { name, from: start, to: start + words.byteLength };
  }

  #numbersAt(values: Planned | Float64Array): number {
    const numbers = values instanceof Float64Array ? values : required(values.values, 'numbers of inputs');
    const known = this.#numbers.get(numbers) ?? this.#layout.take(numbers.byteLength);
    this.#numbers.set(numbers, known);
    return known;
  }

  #rowsAt(rows: Rows): number {
    const known = this.#rows.get(rows) ?? this.#layout.take((rows.data.length / rows.size) * rowBytes(rows));
    this.#rows.set(rows, known);
    return known;
  }

  write(memory: ArrayBuffer, inputs: number): void {
    for (const { start, words } of this.#records) new Int32Array(memory, start, words.length).set(words);
    for (const [numbers, start] of this.#numbers) {
      if (numbers instanceof Float64Array) new Float64Array(memory, start, numbers.length).set(numbers);
    }
    for (const [rows, start] of this.#rows) {
      const stride = rowBytes(rows);
      for (let k = 0; k < inputs; k++) {
        const row = rows.data.subarray(k * rows.size, (k + 1) * rows.size);
        new Float64Array(memory, start + k * stride, rows.size).set(row);
      }
    }
  }
}

/** Rows are filled up with zeros to whole vectors. */
function rowBytes({ size }: Rows): number {
  return Math.ceil(size / 2) * 2 * DOUBLE;
}
