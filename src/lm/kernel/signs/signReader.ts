/** Signs of lines of numbers, as bits or as ±1 and 0, made by compiled loops in the memory where the numbers lie. */

import { instantiate, type Memory } from '../../../numeric/wasm/index.ts';
import { GROUP, GROUP_BYTES, readName, type Wanted } from './loops.ts';
import { alone, planeBytes } from './signProducts.ts';

const WORD = 4;

/** Bytes that a reader needs for itself: a last group filled up, what is made of it, and what it says of a line. */
export const READER_BYTES = 4 * GROUP_BYTES;

export interface ReaderPlaces {
  /** {@link READER_BYTES} of its own. */
  readonly own: number;
  /** Numbers, line by line. */
  readonly numbers: number;
  /** Signs and mask of each line, a plane each. */
  readonly bits: number;
  /** ±1 and 0, line by line. */
  readonly values: number;
}

/** What a line holds beside its signs. */
export interface LineFacts {
  /** Whether no number is 0. */
  readonly full: boolean;
  /** Whether some are no numbers. */
  readonly hasNaN: boolean;
}

/** Reads lines of so many entries. Every line has to be read into a plane that was zero, or that held a line as long. */
export class SignReader {
  readonly #memory: Memory;
  readonly #places: ReaderPlaces;
  readonly #entries: number;
  readonly #kernel: ReturnType<typeof instantiate>['kernel'];

  constructor(memory: Memory, places: ReaderPlaces, entries: number) {
    [this.#memory, this.#places, this.#entries] = [memory, places, entries];
    this.#kernel = instantiate(alone(), memory).kernel;
  }

  read(line: number, wanted: Wanted): LineFacts {
    const { own, numbers, bits, values } = this.#places;
    const entries = this.#entries;
    const [tail, plane] = [entries % GROUP, planeBytes(entries)];
    const [source, target] = [numbers + line * entries * WORD, values + line * entries * WORD];
    const [signs, mask] = [bits + 2 * line * plane, bits + (2 * line + 1) * plane];
    const run = this.#kernel(readName(wanted));
    const flags = own + 3 * GROUP_BYTES;
    const said = new Int32Array(this.#memory.buffer, flags, 2);
    const whole = entries - tail;
    let facts: LineFacts = { full: true, hasNaN: false };
    if (whole > 0) {
      run(source, source + whole * WORD, signs, mask, target, flags);
      facts = factsOf(said);
    }
    if (tail === 0) return facts;
    // The last group filled up with ones: positive on every line, so that no signs differ there.
    const group = new Float32Array(this.#memory.buffer, own, GROUP).fill(1);
    group.set(new Float32Array(this.#memory.buffer, source + whole * WORD, tail));
    const end = [signs + whole / 8, mask + whole / 8] as const;
    run(own, own + GROUP_BYTES, ...end, own + GROUP_BYTES, flags);
    if (wanted.values) {
      const made = new Float32Array(this.#memory.buffer, own + GROUP_BYTES, tail);
      new Float32Array(this.#memory.buffer, target + whole * WORD, tail).set(made);
    }
    if (wanted.bits) {
      const last = new Uint16Array(this.#memory.buffer, end[1], 1);
      last[0] = (last[0] as number) & ((1 << tail) - 1); // it has one
    }
    const rest = factsOf(said);
    return { full: facts.full && rest.full, hasNaN: facts.hasNaN || rest.hasNaN };
  }
}

const factsOf = ([full, numbers]: Int32Array): LineFacts => ({ full: full === 1, hasNaN: numbers === 0 });
