/**
 * Zip archives of any size, written from the first byte to the last: what a file holds need not be known when it begins.
 * Files are stored as they are; sizes and positions of more than 32 bits have the fields of Zip64.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.
 */

import { crc32 } from 'node:zlib';

/** A file of the archive. */
export interface ZipFile {
  readonly name: string;
  /** Of all its bytes. */
  readonly size: number;
  bytes(): AsyncIterable<Uint8Array>;
}

/** In place of a number that has a field of 64 bits elsewhere. */
const ELSEWHERE = 0xffffffff;
const [LOCAL, DESCRIPTOR, CENTRAL, END, END_64, LOCATOR_64] = [
  0x04034b50, 0x08074b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50,
];
const [VERSION, VERSION_64] = [20, 45];
/** Checksum and sizes follow the bytes. */
const SIZES_FOLLOW = 8;
const ZIP64 = 1;
/** 1 January 1980, where the time of zip begins: equal files give equal bytes. */
const DATE = (1 << 5) | 1;

/** The archive in parts. From `large` on (all that 32 bits cannot say, unless a test wants less) numbers have 64 bits. */
export async function* zipParts(files: readonly ZipFile[], large = ELSEWHERE): AsyncGenerator<Uint8Array> {
  let position = 0;
  const central: Uint8Array[] = [];
  for (const { name, size, bytes } of files) {
    const [start, text, wide] = [position, new TextEncoder().encode(name), size >= large];
    const header = fields(
      [LOCAL, 4],
      ...about(wide, 0, wide ? ELSEWHERE : 0),
      [text.length, 2],
      [wide ? 20 : 0, 2],
      [text],
      ...(wide ? extra([0, 0]) : []),
    );
    yield header;
    let checksum = 0;
    for await (const part of bytes()) {
      checksum = crc32(part, checksum);
      yield part;
    }
    const sizes: Field[] = [
      [size, wide ? 8 : 4],
      [size, wide ? 8 : 4],
    ];
    const descriptor = fields([DESCRIPTOR, 4], [checksum, 4], ...sizes);
    yield descriptor;
    position += header.length + size + descriptor.length;
    const far = start >= large;
    const wideFields = [...(wide ? [size, size] : []), ...(far ? [start] : [])];
    central.push(
      fields(
        [CENTRAL, 4],
        [VERSION_64, 2],
        ...about(wide || far, checksum, wide ? ELSEWHERE : size),
        [text.length, 2],
        [wideFields.length === 0 ? 0 : 4 + 8 * wideFields.length, 2],
        // No comment, the first disk, no attributes.
        ...([2, 2, 2, 4] as const).map((width): Field => [0, width]),
        [far ? ELSEWHERE : start, 4],
        [text],
        ...extra(wideFields),
      ),
    );
  }
  yield* central;
  const [count, length] = [central.length, central.reduce((sum, part) => sum + part.length, 0)];
  const far = position >= large;
  if (far) {
    yield fields([END_64, 4], [44, 8], [VERSION_64, 2], [VERSION_64, 2], [0, 4], [0, 4], [count, 8], [count, 8]);
    yield fields([length, 8], [position, 8], [LOCATOR_64, 4], [0, 4], [position + length, 8], [1, 4]);
  }
  const end: readonly Field[] = [
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
  ];
  yield fields([END, 4], ...end, [length, 4], [far ? ELSEWHERE : position, 4], [0, 2]);
}

/** Bytes, or a number in little-endian order of so many of them. */
type Field = readonly [Uint8Array] | readonly [value: number, bytes: 2 | 4 | 8];

/** What both headers of a file say, up to its sizes. */
function about(wide: boolean, checksum: number, size: number): readonly Field[] {
  const version = wide ? VERSION_64 : VERSION;
  return [
    [version, 2],
    [SIZES_FOLLOW, 2],
    // Stored, at midnight.
    [0, 2],
    [0, 2],
    [DATE, 2],
    [checksum, 4],
    [size, 4],
    [size, 4],
  ];
}

function extra(values: readonly number[]): readonly Field[] {
  if (values.length === 0) return [];
  return [[ZIP64, 2], [8 * values.length, 2], ...values.map((value): Field => [value, 8])];
}

function fields(...all: readonly Field[]): Uint8Array {
  const widthOf = ([value, width]: Field): number => (typeof value === 'number' ? Number(width) : value.length);
  const bytes = new Uint8Array(all.reduce((sum, field) => sum + widthOf(field), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const field of all) {
    const [value, width] = field;
    if (typeof value !== 'number') bytes.set(value, at);
    else if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += widthOf(field);
  }
  return bytes;
}
