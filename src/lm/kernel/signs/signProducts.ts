/**
 * Inner products of signs of lines of numbers, counted in bits. Lines come a part at a time; sums over parts are whole
 * numbers below 2^31, exact.
 */

import { required } from '../../../errors/index.ts';
import { at } from '../../../numeric/index.ts';
import {
  allocate,
  allocateShared,
  doBlocks,
  instantiate,
  type Job,
  MOST_MEMORY_BYTES,
  PAGE_BYTES,
  type SharedMemory,
  type Team,
} from '../../../numeric/wasm/index.ts';
import { COLUMNS, PRODUCTS, SEGMENT, signModule, UNIT_WORDS } from './loops.ts';

/** Lines, from one to before another. */
export type Lines = readonly [from: number, to: number];

/** Rows and columns of a unit: what one thread does at a time. */
const [UNIT_ROWS, UNIT_COLUMNS] = [8, 64];
const WORD = 4;
/** Bits of all lines that are multiplied together, about: threads are asked once for all, and a cache holds them. */
const WAITING_BYTES = 2 ** 20;

/** Parts that are not multiplied yet, of each line. */
interface Waiting {
  /** Of a plane. */
  readonly bytes: number;
  readonly entries: number;
  /** Lines without any 0. */
  readonly full: readonly boolean[];
}

/** Bytes of a plane of bits. */
export const planeBytes = (entries: number): number => Math.ceil(entries / 8 / SEGMENT) * SEGMENT;

/** Lines that columns may be filled up with. */
export const SPARE_LINES = COLUMNS - 1;

/** Sums of products of `left` with `right` lines. */
export class SignProducts {
  readonly #left: Lines;
  readonly #right: Lines;
  readonly #lines: number;
  readonly #team: Team | undefined;
  readonly #width: number;
  /** Where results, records of units and bits start; the first words are the counter of threads. */
  readonly #results: number;
  readonly #records: number;
  readonly #bits: number;
  readonly #units: readonly { readonly rows: Lines; readonly columns: Lines }[];
  #memory: ReturnType<typeof allocate> | SharedMemory;
  #run: (() => void) | undefined;
  /** Bytes of a plane that there is room for. */
  #room = 0;
  #waiting: Waiting;

  /** Of so many lines in all. Products of a side with itself are computed once for each two. */
  constructor(lines: number, left: Lines, right: Lines, team: Team | undefined) {
    [this.#left, this.#right, this.#lines, this.#team] = [left, right, lines, team];
    const own = left[0] === right[0] && left[1] === right[1];
    this.#width = Math.ceil((right[1] - right[0]) / COLUMNS) * COLUMNS;
    this.#units = cutLines(left, UNIT_ROWS).flatMap((rows) =>
      cutLines(right, UNIT_COLUMNS)
        .filter(([from]) => !own || from < rows[1])
        .map(([from, to]) => ({ rows, columns: [from, own ? Math.min(to, rows[1]) : to] as const })),
    );
    this.#results = aligned(3 * WORD);
    this.#records = aligned(this.#results + (left[1] - left[0]) * this.#width * WORD);
    this.#bits = aligned(this.#records + this.#units.length * UNIT_WORDS * WORD);
    this.#memory = this.#allocate(this.#bits);
    this.#waiting = this.#none();
  }

  /**
   * Adds products of a part of so many entries. `bits` has each line's signs and then its mask; `full` lines have no 0. Small
   * parts wait until several of them are there.
   */
  add(bits: Uint8Array, entries: number, full: readonly boolean[]): void {
    const plane = planeBytes(entries);
    if (this.#waiting.bytes + plane > this.#room) {
      this.#multiply();
      const most = Math.floor(WAITING_BYTES / (2 * this.#lines * SEGMENT)) * SEGMENT;
      this.#reserve(Math.max(this.#room, plane, most));
    }
    const { bytes } = this.#waiting;
    const held = new Uint8Array(this.#memory.buffer, this.#bits, 2 * this.#lines * this.#room);
    for (let k = 0; k < 2 * this.#lines; k++)
      held.set(bits.subarray(k * plane, (k + 1) * plane), k * this.#room + bytes);
    this.#waiting = {
      bytes: bytes + plane,
      entries: this.#waiting.entries + entries,
      full: this.#waiting.full.map((own, k) => own && full[k] === true),
    };
  }

  /** Multiplies what waits. */
  #multiply(): void {
    const { bytes: plane, entries, full } = this.#waiting;
    this.#waiting = this.#none();
    if (plane === 0) return;
    const held = new Uint8Array(this.#memory.buffer, this.#bits, 2 * this.#lines * this.#room);
    // Planes stand one behind the other.
    if (plane < this.#room) {
      for (let k = 1; k < 2 * this.#lines; k++) held.copyWithin(k * plane, k * this.#room, k * this.#room + plane);
    }
    const records = new Int32Array(this.#memory.buffer, this.#records, this.#units.length * UNIT_WORDS);
    const lineAt = (k: number): number => this.#bits + 2 * k * plane;
    this.#units.forEach(({ rows, columns }, k) => {
      const isFull = full.slice(...rows).every(Boolean) && full.slice(...columns).every(Boolean);
      const padded = Math.ceil((columns[1] - columns[0]) / COLUMNS) * COLUMNS;
      const result = (rows[0] - this.#left[0]) * this.#width + columns[0] - this.#right[0];
      records.set(
        [
          ...[lineAt(rows[0]), lineAt(rows[1]), lineAt(columns[0]), lineAt(columns[0] + padded)],
          ...[this.#results + result * WORD, this.#width * WORD, plane, isFull ? entries : -1],
        ],
        k * UNIT_WORDS,
      );
    });
    this.#run ??= this.#prepare();
    this.#run();
  }

  #none(): Waiting {
    return { bytes: 0, entries: 0, full: new Array<boolean>(this.#lines).fill(true) };
  }

  /** The sums, [left × right]. */
  totals(): Float64Array {
    this.#multiply();
    const [[leftFrom, leftTo], [rightFrom, rightTo]] = [this.#left, this.#right];
    const [rows, columns] = [leftTo - leftFrom, rightTo - rightFrom];
    const results = new Int32Array(this.#memory.buffer, this.#results, rows * this.#width);
    const totals = new Float64Array(rows * columns);
    for (const unit of this.#units) {
      for (let row = unit.rows[0] - leftFrom; row < unit.rows[1] - leftFrom; row++) {
        for (let column = unit.columns[0] - rightFrom; column < unit.columns[1] - rightFrom; column++) {
          const value = at(results, row * this.#width + column);
          totals[row * columns + column] = value;
          // Of a side with itself, what is beyond the units is the mirror image.
          if (leftFrom === rightFrom && leftTo === rightTo) totals[column * columns + row] = value;
        }
      }
    }
    return totals;
  }

  #allocate(bytes: number): ReturnType<typeof allocate> | SharedMemory {
    return this.#team === undefined ? allocate(bytes) : allocateShared(bytes);
  }

  /** Makes room for planes of so many bytes. */
  #reserve(room: number): void {
    this.#room = room;
    const bytes = this.#bits + 2 * (this.#lines + SPARE_LINES) * room;
    if (bytes <= this.#memory.buffer.byteLength) return;
    const old = new Uint8Array(this.#memory.buffer, 0, this.#bits);
    this.#memory = this.#allocate(bytes);
    new Uint8Array(this.#memory.buffer).set(old);
    this.#run = undefined;
  }

  #prepare(): () => void {
    const [from, units] = [this.#records, this.#units.length];
    const to = from + units * UNIT_WORDS * WORD;
    const shares = { bases: [0], block: 1, turn: 1 };
    if (this.#team === undefined) {
      const run = instantiate(alone(), this.#memory).kernel(PRODUCTS);
      return () => {
        let next = 0;
        doBlocks([{ run, from, to }], { ...shares, base: 0, pairs: units }, () => next++);
      };
    }
    const team = this.#team;
    const job: Job = {
      module: together(),
      memory: this.#memory as SharedMemory, // what a team is given was allocated so
      calls: [{ name: PRODUCTS, from, to }],
      bases: new Array<number>(team.threads).fill(0),
      block: 1,
      turn: 1,
      counter: 0,
    };
    return () => team.run(job, units);
  }
}

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** The loops on a memory of one thread, and on one that threads share. */
export const alone = once(() => signModule());
const together = once(() => signModule(MOST_MEMORY_BYTES / PAGE_BYTES));

const aligned = (bytes: number): number => Math.ceil(bytes / SEGMENT) * SEGMENT;

function cutLines([from, to]: Lines, size: number): Lines[] {
  const count = required(to > from ? Math.ceil((to - from) / size) : undefined, 'line of a product');
  return Array.from({ length: count }, (_, k) => [from + k * size, Math.min(to, from + (k + 1) * size)] as const);
}
