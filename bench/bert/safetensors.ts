/** Checkpoint files that need not fit in memory. */

import { writeFile } from 'node:fs/promises';
import type { TensorSizes } from './layout.ts';

/** Number formats and the bytes of a number. */
const ITEM_BYTES = { F32: 4, F16: 2 } as const;
export type Dtype = keyof typeof ITEM_BYTES;

const LENGTH_BYTES = 8;

/**
 * Writes tensors in their order: length of the header, header, numbers; all little-endian, as is every machine that the
 * benches run on. `numbers` gives the bytes of a tensor in pieces, each of which is written before the next is asked for.
 * Fails where the file is there already, or a tensor gets another number of bytes than its sizes ask for.
 */
export async function writeSafetensors(
  file: string,
  dtype: Dtype,
  tensors: TensorSizes,
  numbers: (name: string, count: number) => Iterable<Uint8Array>,
): Promise<void> {
  await writeFile(file, parts(dtype, tensors, numbers), { flag: 'wx' });
}

/** Numbers in a tensor. */
export function countOf(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}

function* parts(
  dtype: Dtype,
  tensors: TensorSizes,
  numbers: (name: string, count: number) => Iterable<Uint8Array>,
): Iterable<Uint8Array> {
  yield header(dtype, tensors);
  for (const [name, sizes] of Object.entries(tensors)) {
    const expected = ITEM_BYTES[dtype] * countOf(sizes);
    let written = 0;
    for (const piece of numbers(name, countOf(sizes))) {
      written += piece.byteLength;
      yield piece;
    }
    if (written !== expected) throw new Error(`tensor ${name} got ${written} bytes in place of ${expected}`);
  }
}

function header(dtype: Dtype, tensors: TensorSizes): Uint8Array {
  let position = 0;
  const entries = Object.entries(tensors).map(([name, shape]) => {
    const start = position;
    position += ITEM_BYTES[dtype] * countOf(shape);
    return [name, { dtype, shape, data_offsets: [start, position] }] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  // Spaces after the JSON align the numbers that follow.
  const bytes = Buffer.alloc(LENGTH_BYTES + Math.ceil(json.length / 8) * 8, ' ');
  bytes.writeBigUInt64LE(BigInt(bytes.length - LENGTH_BYTES));
  json.copy(bytes, LENGTH_BYTES);
  return bytes;
}
