/**
 * Seeded random numbers that are the same on every platform, by position instead of by history.
 *
 * A stream is a key of {@link threefry2x32}; its numbers are the images of counters, so any of them can be computed
 * without the others, in any order and on any worker. Nothing here holds state or rounds in a way that an engine may
 * choose: the integer part is exact and the normals use + − × ÷ √ only.
 *
 * One stream should feed one array; other purposes take a {@link Stream.substream}. Samples use the counters below
 * 2^53, substreams those with one of the two highest bits set, so that a key is never also a sample.
 */

import { at } from './arrays.ts';
import { badCount, badSeed } from './errors.ts';
import { normalQuantiles } from './normalQuantile.ts';
import { threefry2x32, threefryUniforms } from './threefry.ts';

const TWO_32 = 2 ** 32;

/** High counter bits that set substream keys apart from samples and numbers from names. */
const NUMBERED_SUBSTREAM = 0x8000_0000;
const NAMED_SUBSTREAM = 0xc000_0000;

/** An immutable source of independent random numbers, addressed by position. */
export interface Stream {
  /** The two 32-bit words that determine everything. */
  readonly key: readonly [number, number];

  /** The word at a position, uniform on 0 … 2^32 − 1. */
  uint32At(counter: number): number;

  /**
   * Entries `offset` … `offset + count − 1` of the stream's uniforms, [count].
   *
   * They are odd multiples of 2^-53, so they lie in the open interval (0, 1) and are symmetric about ½ exactly.
   */
  uniforms(count: number, offset?: number): Float64Array;

  /** Entries of the stream's standard normals, [count]: the quantiles of {@link uniforms}, at most 8.3 in magnitude. */
  normals(count: number, offset?: number): Float64Array;

  /** Entries of the stream's independent fair signs, [count], −1 or 1. */
  signs(count: number, offset?: number): Float64Array;

  /** The same entries put into an array [count] that is there, which spares a large draw one array after another. */
  fill(kind: 'uniforms' | 'normals' | 'signs', into: Float64Array, offset?: number): void;

  /** A uniformly distributed order of 0 … `size` − 1. */
  permutation(size: number): Uint32Array;

  /** The stream of a given name or number below this one; different labels give unrelated streams. */
  substream(label: string | number): Stream;
}

/**
 * The random stream of a seed and, if given, a name below it.
 *
 * @throws UserError `numeric.badSeed` unless the seed is an integer from 0 to 2^53 − 1.
 */
export function stream(seed: number, name?: string): Stream {
  if (!Number.isSafeInteger(seed) || seed < 0) throw badSeed(seed);
  const root = streamOfKey(seed >>> 0, Math.floor(seed / TWO_32));
  return name === undefined ? root : root.substream(name);
}

/** A uniformly distributed order of the numbers 0 … `size` − 1, that of `stream(seed, name).permutation(size)`. */
export function permutation(size: number, seed: number, name?: string): Uint32Array {
  return stream(seed, name).permutation(size);
}

function streamOfKey(key0: number, key1: number): Stream {
  return {
    key: [key0, key1],
    uint32At: (counter) => wordAt(key0, key1, checkedCount('A random counter', counter)),
    uniforms: (count, offset = 0) => filled('uniforms', key0, key1, count, offset),
    normals: (count, offset = 0) => filled('normals', key0, key1, count, offset),
    signs: (count, offset = 0) => filled('signs', key0, key1, count, offset),
    fill: (kind, into, offset = 0) => fill[kind](key0, key1, into, offset),
    permutation: (size) => shuffled(key0, key1, size),
    substream: (label) => (typeof label === 'number' ? numbered(key0, key1, label) : named(key0, key1, label)),
  };
}

function checkedCount(what: string, given: number, most = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isInteger(given) || given < 0 || given > most) throw badCount(what, given, 0, most);
  return given;
}

const block = new Uint32Array(2);

function wordAt(key0: number, key1: number, counter: number): number {
  const blockIndex = Math.floor(counter / 2);
  threefry2x32(key0, key1, blockIndex >>> 0, Math.floor(blockIndex / TWO_32), block);
  return at(block, counter % 2);
}

type Fill = (key0: number, key1: number, values: Float64Array, offset: number) => void;

const fill = {
  uniforms: (key0, key1, values, offset) => {
    const count = values.length;
    checkedCount('The offset of random numbers', offset, Number.MAX_SAFE_INTEGER - count);
    for (let done = 0; done < count; ) {
      const low = (offset + done) % TWO_32;
      const end = Math.min(count, done + TWO_32 - low);
      threefryUniforms(key0, key1, low, Math.floor((offset + done) / TWO_32), values, done, end);
      done = end;
    }
  },
  normals: (key0, key1, values, offset) => {
    fill.uniforms(key0, key1, values, offset);
    normalQuantiles(values);
  },
  signs: (key0, key1, values, offset) => {
    checkedCount('The offset of random signs', offset, Number.MAX_SAFE_INTEGER - values.length);
    let word = 0;
    for (let index = 0; index < values.length; index++) {
      const position = offset + index;
      const bit = position % 32;
      if (bit === 0 || index === 0) word = wordAt(key0, key1, Math.floor(position / 32));
      values[index] = (word >>> bit) & 1 ? 1 : -1;
    }
  },
} satisfies Readonly<Record<string, Fill>>;

function filled(kind: keyof typeof fill, key0: number, key1: number, count: number, offset: number): Float64Array {
  const what = kind === 'signs' ? 'A count of random signs' : 'A count of random numbers';
  const values = new Float64Array(checkedCount(what, count));
  fill[kind](key0, key1, values, offset);
  return values;
}

/** Fisher–Yates; a word that would make some choices likelier is rejected, so all orders are equally likely. */
function shuffled(key0: number, key1: number, size: number): Uint32Array {
  const order = Uint32Array.from(
    { length: checkedCount('The size of a permutation', size, TWO_32 - 1) },
    (_, index) => index,
  );
  let counter = 0;
  for (let last = size - 1; last > 0; last--) {
    const choices = last + 1;
    const limit = TWO_32 - (TWO_32 % choices);
    let word = wordAt(key0, key1, counter++);
    while (word >= limit) word = wordAt(key0, key1, counter++);
    const chosen = word % choices;
    const swapped = at(order, chosen);
    order[chosen] = at(order, last);
    order[last] = swapped;
  }
  return order;
}

function numbered(key0: number, key1: number, label: number): Stream {
  checkedCount('The number of a random substream', label);
  threefry2x32(key0, key1, label >>> 0, Math.floor(label / TWO_32) + NUMBERED_SUBSTREAM, block);
  return streamOfKey(at(block, 0), at(block, 1));
}

/**
 * A chain of Threefry images: first the length, which makes no name the beginning of another, then four UTF-16 units
 * at a time, each block under the key that the previous ones gave.
 */
function named(key0: number, key1: number, name: string): Stream {
  threefry2x32(key0, key1, name.length, NAMED_SUBSTREAM, block);
  for (let position = 0; position < name.length; position += 4) {
    threefry2x32(at(block, 0), at(block, 1), unitPair(name, position), unitPair(name, position + 2), block);
  }
  return streamOfKey(at(block, 0), at(block, 1));
}

/** Two UTF-16 units as one word, zero beyond the end. */
function unitPair(text: string, position: number): number {
  const first = position < text.length ? text.charCodeAt(position) : 0;
  const second = position + 1 < text.length ? text.charCodeAt(position + 1) : 0;
  return first | (second << 16);
}
