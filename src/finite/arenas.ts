/** Memory of the kernels: the arrays of one kernel lie in one WebAssembly memory, those of several in as few as fit. */

import { required } from '../errors/index.ts';
import { at } from '../numeric/index.ts';
import { allocate, type Memory, MOST_MEMORY_BYTES, paddedBytes } from '../numeric/wasm/index.ts';
import { kernelTooLarge } from './errors.ts';

/** Memories are filled up to this size: one larger is taken only by arrays that need it. */
const ARENA_BYTES = 2 ** 30;

/** Arrays of one kernel. */
export interface Wanted {
  /** How errors name it. */
  readonly name: string;
  /** Entries of each. */
  readonly arrays: readonly number[];
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
  const places = wanted.map(({ name, arrays }) => {
    const sizes = arrays.map((entries) => paddedBytes(entries, 'f32'));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    // The end of an array is an address too.
    if (bytes >= MOST_MEMORY_BYTES) throw kernelTooLarge(name, arrays, MOST_MEMORY_BYTES);
    const last = arenas.at(-1);
    const fits = last !== undefined && last.bytes + bytes <= ARENA_BYTES;
    const arena = fits ? last : { bytes: 0 };
    if (!fits) arenas.push(arena);
    const addresses = sizes.map((size) => {
      arena.bytes += size;
      return arena.bytes - size;
    });
    return { arena, arrays, addresses };
  });
  const memories = new Map(arenas.map((arena) => [arena, allocate(arena.bytes)]));
  return places.map(({ arena, arrays, addresses }) => {
    const memory = required(memories.get(arena), 'memory of kernels');
    const views = addresses.map((address, k) => new Float32Array(memory.buffer, address, at(arrays, k)));
    return { memory, addresses, views };
  });
}
