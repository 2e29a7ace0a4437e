/**
 * The file of a block: bytes wrapped so that any change to the file is noticed.
 *
 * | bytes        | content                                                     |
 * | ------------ | ----------------------------------------------------------- |
 * | 8            | `nexortBK`                                                  |
 * | 4            | format version, 1 (numbers are little-endian)               |
 * | 4            | length of the name in bytes                                 |
 * | 8            | length of the content in bytes                              |
 * | 4            | length of the origin in bytes                               |
 * | 4            | zeros, so that the content is aligned for every number type |
 * | content      |                                                             |
 * | name (UTF-8) | the block's own name: a file moved to another name is wrong |
 * | origin       | what computed it, as JSON in UTF-8 (origin.ts)              |
 * | 32           | SHA-256 of all bytes before                                 |
 */

import { createHash } from 'node:crypto';

const MAGIC = 'nexortBK';
const VERSION = 1;
const HEADER_BYTES = 32;
const DIGEST_BYTES = 32;

/** `hash.update` refuses 2³¹ bytes. */
const MAX_HASH_BYTES = 1 << 30;

/** What a file turned out to be: the content, a view of the file's bytes, and what it says of its origin; or why it is not to be trusted. */
export type Unsealed = { readonly content: Uint8Array; readonly origin?: string } | { readonly damage: string };

/** The parts of a block's file, in order; the content is not copied. */
export function seal(name: string, content: readonly Uint8Array[], origin = ''): readonly Uint8Array[] {
  const nameLength = new TextEncoder().encode(name).length;
  const end = new TextEncoder().encode(`${name}${origin}`);
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const parts = [header(nameLength, length, end.length - nameLength), ...content, end];
  return [...parts, digestOf(parts)];
}

/** Checks a block's file and takes its content out. */
export function unseal(name: string, file: Uint8Array): Unsealed {
  if (file.length < HEADER_BYTES + DIGEST_BYTES) return { damage: 'it is cut short' };
  const nameBytes = new TextEncoder().encode(name);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(16, true)); // exact wherever a file could be that long
  const originLength = view.getUint32(24, true);
  const expected = HEADER_BYTES + length + view.getUint32(12, true) + originLength + DIGEST_BYTES;
  if (file.length !== expected) return { damage: `it has ${file.length} bytes where its header says ${expected}` };
  const end = file.length - DIGEST_BYTES;
  if (!sameBytes(digestOf([file.subarray(0, end)]), file.subarray(end)))
    return { damage: 'its checksum does not match' };
  const nameStart = HEADER_BYTES + length;
  const nameEnd = end - originLength;
  if (!sameBytes(file.subarray(0, HEADER_BYTES), header(nameBytes.length, length, originLength))) {
    return { damage: 'it is not of this format' };
  }
  if (!sameBytes(file.subarray(nameStart, nameEnd), nameBytes)) return { damage: 'it is the file of another block' };
  const origin = originLength === 0 ? {} : { origin: new TextDecoder().decode(file.subarray(nameEnd, end)) };
  return { content: file.subarray(HEADER_BYTES, nameStart), ...origin };
}

function header(nameLength: number, length: number, originLength: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, nameLength, true);
  view.setBigUint64(16, BigInt(length), true);
  view.setUint32(24, originLength, true);
  return bytes;
}

/** SHA-256 of bytes in parts. */
export function digestOf(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) {
    for (let start = 0; start < part.length; start += MAX_HASH_BYTES) {
      hash.update(part.subarray(start, start + MAX_HASH_BYTES));
    }
  }
  return hash.digest();
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
