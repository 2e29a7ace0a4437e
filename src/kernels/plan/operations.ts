/** Batches of a schedule as calls of compiled functions over records in memory. */

import { at } from '../../numeric/index.ts';
import type { LoopCall } from '../../numeric/wasm/index.ts';
import { kernelName } from './compiled.ts';
import type { Batch, Rows, SeriesBatch, Side } from './quantities.ts';
import { firstOf, type Pairs } from './regions.ts';
import type { Schedule } from './schedule.ts';
import type { Layout, SourceMemory, Strided } from './sources.ts';

const [WORD, DOUBLE] = [4, 8];

/** A batch that JavaScript does. */
export type HostCall = Extract<Batch, { kind: 'call' | 'same' | 'series' }> | OwnGram;

/** A Gram of long rows of inputs with themselves: not worth bringing the rows to the memory. */
export type OwnGram = Extract<Batch, { kind: 'gram' }>;

/** A Gram of long rows, a matrix of its own. */
export interface MatrixGram {
  readonly left: Rows;
  readonly right: Rows;
  /** The matrix's address. */
  readonly start: number;
}

/** Addresses of the lists of pairs. */
export interface ListPlaces {
  readonly left: number;
  readonly right: number;
  readonly places: number;
}

export interface OperationParts {
  readonly schedule: Schedule;
  readonly layout: Layout;
  readonly sources: SourceMemory;
  readonly lists: ListPlaces;
  /** Bytes of an array. */
  readonly array: number;
  /** Where outputs go. */
  readonly results: readonly number[];
  /** The most entries of a matrix, or undefined where Grams are computed pair by pair. */
  readonly matrix: number | undefined;
  /** Whether inputs meet themselves alone. */
  readonly diagonal: boolean;
  /** Whether pairs go row by row, and are not any. */
  readonly byRows: boolean;
  /** Whether means come from quadratures and not from series. */
  readonly careful: boolean;
  /** Whether an engine computes matrices, which does not read the memory. */
  readonly engine: boolean;
}

/** Rows from this length on are worth a product of matrices. */
const LONG = 32;
/** Most matrices: there is one for each pair of places. */
const MOST_MATRICES = 4;

/** A word of records that says where numbers of a side's first input are. */
interface Pointer {
  readonly place: number;
  readonly to: Strided;
  readonly side: Side;
}

/** A record, and its pointers, whose words are to be filled in. */
interface PairRecord {
  readonly words: readonly number[];
  readonly pointers: readonly Pointer[];
}

export class Operations {
  readonly calls: readonly (LoopCall | HostCall)[];
  readonly matrices: readonly MatrixGram[];
  readonly #parts: OperationParts;
  readonly #records: { readonly start: number; readonly words: Int32Array }[] = [];
  readonly #matrices: MatrixGram[] = [];
  readonly #pointers: Pointer[] = [];
  readonly #loops = new Map<Int32Array, LoopCall>();

  constructor(parts: OperationParts) {
    this.#parts = parts;
    this.calls = this.#made();
    this.matrices = this.#matrices;
  }

  write(memory: ArrayBufferLike): void {
    for (const { start, words } of this.#records) new Int32Array(memory, start, words.length).set(words);
  }

  /** Moves records to pairs, whose lists count from the first input of either side. */
  point(memory: ArrayBufferLike, pairs: Pairs): void {
    const words = new Int32Array(memory);
    const first = firstOf(pairs);
    for (const { place, to, side } of this.#pointers) words[place] = to.start + first[side] * to.stride;
  }

  /** Calls in order, the last of which copies the outputs to their results. */
  #made(): (LoopCall | HostCall)[] {
    const { schedule, array, results, matrix, diagonal, careful } = this.#parts;
    const { batches } = schedule;
    const long = batches.filter((batch) => batch.kind === 'gram' && batch.left.columns.length >= LONG);
    const asMatrices = matrix !== undefined && long.length <= MOST_MATRICES ? new Set<Batch>(long) : new Set<Batch>();
    const made: (LoopCall | HostCall)[] = [];
    for (let k = 0; k < batches.length; k++) {
      const batch = at(batches, k);
      const isOwn = batch.kind === 'gram' && diagonal && long.includes(batch);
      const isCareful = batch.kind === 'series' && careful;
      if (batch.kind === 'call' || batch.kind === 'same' || isOwn || isCareful) made.push(batch);
      else if (batch.kind === 'series') made.push(this.#pointing('series', this.#seriesRecord(batch)));
      else if (batch.kind === 'loop') {
        made.push(this.#loop(kernelName(batch.kernel), batch.records));
      } else {
        // Neighbors of one kind are one call.
        const name = batch.kind === 'gram' && !asMatrices.has(batch) ? 'gram' : 'gather';
        const words: number[] = [];
        const pointers: Pointer[] = [];
        for (let own: Batch | undefined = batch; own !== undefined; own = batches[++k]) {
          const isGram = own.kind === 'gram' && !asMatrices.has(own);
          if (isGram && diagonal && long.includes(own)) break;
          if ((own.kind !== 'gram' && own.kind !== 'gather') || isGram !== (name === 'gram')) break;
          const record = this.#record(own, asMatrices);
          for (const one of record.pointers) pointers.push({ ...one, place: words.length + one.place });
          words.push(...record.words);
        }
        k--;
        made.push(this.#pointing(name, { words, pointers }));
      }
    }
    const words = schedule.outputs.flatMap((slot, k) => [slot * array, at(results, k)]);
    made.push(this.#over('copy', Int32Array.from(words)));
    return made;
  }

  /** The record of a batch that brings numbers. */
  #record(batch: Extract<Batch, { kind: 'gather' | 'gram' }>, asMatrices: ReadonlySet<Batch>): PairRecord {
    const { sources, layout, lists, array, matrix, byRows, engine } = this.#parts;
    const slot = batch.slot * array;
    if (batch.kind === 'gather') {
      const { side } = batch;
      const to = sources.numbersAt(batch.own);
      return {
        words: [0, to.stride, lists[side], slot, side === 'left' && byRows ? 1 : 0, byRows ? 1 : 0],
        pointers: [{ place: 0, to, side }],
      };
    }
    const { left, right } = batch;
    if (!asMatrices.has(batch)) {
      const [a, b] = [sources.rowsAt(left), sources.rowsAt(right)];
      return {
        words: [0, 0, a.stride, lists.left, lists.right, slot],
        pointers: ofBoth(a, b),
      };
    }
    if (!engine) for (const rows of [left, right]) sources.rowsAt(rows);
    const start = layout.take((matrix ?? 0) * DOUBLE);
    this.#matrices.push({ left, right, start });
    return { words: [start, DOUBLE, lists.places, slot, 0, 1], pointers: [] };
  }

  #seriesRecord({ left, right, arg, slot }: SeriesBatch): PairRecord {
    const { sources, lists, array } = this.#parts;
    const [a, b] = [sources.seriesAt(left), sources.seriesAt(right)];
    return {
      words: [0, 0, a.stride, lists.left, lists.right, arg * array, slot * array],
      pointers: ofBoth(a, b),
    };
  }

  /** Records of slots; layers that read and write the same ones share them. */
  #loop(name: string, slots: Int32Array): LoopCall {
    const known = this.#loops.get(slots);
    if (known !== undefined) return { ...known, name };
    const made = this.#over(
      name,
      slots.map((slot) => slot * this.#parts.array),
    );
    this.#loops.set(slots, made);
    return made;
  }

  /** Records with pointers, by their places among all words. */
  #pointing(name: string, { words, pointers }: PairRecord): LoopCall {
    const call = this.#over(name, Int32Array.from(words));
    for (const own of pointers) this.#pointers.push({ ...own, place: call.from / WORD + own.place });
    return call;
  }

  #over(name: string, words: Int32Array): LoopCall {
    const start = this.#parts.layout.take(words.length * WORD);
    this.#records.push({ start, words });
    return { name, from: start, to: start + words.length * WORD };
  }
}

/** Pointers in the first two words. */
function ofBoth(left: Strided, right: Strided): readonly Pointer[] {
  return [
    { place: 0, to: left, side: 'left' },
    { place: 1, to: right, side: 'right' },
  ];
}
