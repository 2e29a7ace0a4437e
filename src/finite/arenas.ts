/** Memory of the kernels: the arrays of one kernel lie in one WebAssembly memory, those of several in as few as fit. */

import { required } from '../errors/index.ts';
import { allocate, type Memory, MOST_MEMORY_BYTES, paddedBytes } from '../numeric/wasm/index.ts';
import { kernelTooLarge } from './errors.ts';

/** Memories are filled up to this size: one larger is taken only by arrays that need it. */
const ARENA_BYTES = 2 ** 30;

/** Arrays of one kernel, each of so many entries. */
export interface Wanted {
  /** How errors name it. */
  readonly name: string;
  readonly arrays: number;
  readonly entries: number;
}

/** Where the arrays of one kernel are. */
export interface Placed {
  readonly memory: Memory;
  /** Byte address of each array. */
  readonly addresses: readonly number[];
  /** The arrays themselves. */
  readonly views: readonly Float32Array[];
}

/** Places arrays, zeros. Throws {@link UnsupportedError} `finite.kernel-too-large`. */
export function placeArrays(wanted: readonly Wanted[]): Placed[] {
  const arenas: { bytes: number }[] = [];
  const places = wanted.map(({ name, arrays, entries }) => {
    const each = paddedBytes(entries, 'f32');
    const bytes = arrays * each;
    // The end of an array is an address too.
    if (bytes >= MOST_MEMORY_BYTES) throw kernelTooLarge(name, entries, arrays, MOST_MEMORY_BYTES);
    const last = arenas.at(-1);
    const fits = last !== undefined && last.bytes + bytes <= ARENA_BYTES;
    const arena = fits ? last : { bytes: 0 };
    if (!fits) arenas.push(arena);
    const start = arena.bytes;
    arena.bytes += bytes;
    return { arena, entries, addresses: Array.from({ length: arrays }, (_, k) => start + k * each) };
  });
  const memories = new Map(arenas.map((arena) => [arena, allocate(arena.bytes)]));
  return places.map(({ arena, entries, addresses }) => {
    const memory = required(memories.get(arena), 'memory of kernels');
    const views = addresses.map((address) => new Float32Array(memory.buffer, address, entries));
    return { memory, addresses, views };
  });
}
