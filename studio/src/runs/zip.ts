/**
 * Zip archives as `numpy.savez` and nexort write them: files stored or deflated, each with a checksum.
 *
 * Source: pkware.cachefly.net, APPNOTE.TXT 6.3: the directory at the end (4.3.12), its end (4.3.16), CRC-32 (4.4.7).
 */

import { BadFile } from './shape.ts';

const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const [END_BYTES, ENTRY_BYTES, LOCAL_BYTES] = [22, 46, 30];
const [STORED, DEFLATED] = [0, 8];
/** What a comment behind the end may take. */
const MOST_COMMENT = 65_535;
const UNKNOWN = 0xffff_ffff;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly bytes: number;
  readonly at: number;
}

/** The files of an archive; at most `most` bytes in all. Throws {@link BadFile}. */
export async function unzip(archive: Uint8Array, most: number): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = directoryOf(archive);
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > most)
    throw new BadFile(
      `Unpacked it has ${Math.round(total / 2 ** 20)} MB; a page reads up to ${Math.round(most / 2 ** 20)}.`,
    );
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const packed = packedOf(archive, entry);
    const file = entry.method === STORED ? packed : await inflated(packed, entry);
    if (file.length !== entry.bytes || crc32(file) !== entry.checksum)
      throw new BadFile(`“${entry.name}” in it is damaged: its checksum is another.`);
    files.set(entry.name, file);
  }
  return files;
}

function directoryOf(archive: Uint8Array): readonly Entry[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endOf(view);
  if (end === undefined) throw new BadFile('It is no zip archive, or ends early; expected what numpy.savez writes.');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: count }, () => {
    if (at + ENTRY_BYTES > end || view.getUint32(at, true) !== ENTRY)
      throw new BadFile('The directory of the archive is damaged.');
    const [method, checksum] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
    const [packed, bytes, place] = [20, 24, 42].map((k) => view.getUint32(at + k, true));
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((k) => view.getUint16(at + k, true));
    const text = new TextDecoder().decode(archive.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + name));
    at += ENTRY_BYTES + name + extra + comment;
    if (packed === undefined || bytes === undefined || place === undefined || place === UNKNOWN || bytes === UNKNOWN)
      throw new BadFile('It is an archive of more than 4 GB, which a page does not read.');
    if (method !== STORED && method !== DEFLATED)
      throw new BadFile(`“${text}” in it is packed by method ${method}; expected 0 (stored) or 8 (deflated).`);
    return { name: text, method, checksum, packed, bytes, at: place };
  });
}

/** The end of the directory is the last thing but a comment. */
function endOf(view: DataView): number | undefined {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MOST_COMMENT); at--) if (view.getUint32(at, true) === END) return at;
  return undefined;
}

function packedOf(archive: Uint8Array, { name, at, packed }: Entry): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const isThere = at + LOCAL_BYTES <= archive.length && view.getUint32(at, true) === LOCAL;
  const from = isThere ? at + LOCAL_BYTES + view.getUint16(at + 26, true) + view.getUint16(at + 28, true) : 0;
  if (!isThere || from + packed > archive.length) throw new BadFile(`“${name}” in it is cut off.`);
  return archive.subarray(from, from + packed);
}

/** By the browser itself; never more than the directory tells. */
async function inflated(packed: Uint8Array, { name, bytes }: Entry): Promise<Uint8Array> {
  const file = new Uint8Array(bytes);
  let filled = 0;
  try {
    // A copy, whose buffer is no shared one.
    const stream = new Blob([new Uint8Array(packed)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const reader = stream.getReader();
    for (let read = await reader.read(); read.value !== undefined; read = await reader.read()) {
      file.set(read.value, filled);
      filled += read.value.length;
    }
  } catch {
    throw new BadFile(`“${name}” in it is damaged, and cannot be unpacked.`);
  }
  if (filled !== bytes) throw new BadFile(`“${name}” in it is cut off.`);
  return file;
}

/** Reversed polynomial of the checksum. */
const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let sum = UNKNOWN;
  for (const byte of bytes) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 255] as number); // 256 of them
  return (sum ^ UNKNOWN) >>> 0;
}
