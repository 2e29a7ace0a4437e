/**
 * The header of a safetensors file: 8 bytes with its length (little-endian), JSON that gives each tensor's number
 * format, shape and byte range, then the bytes themselves without gaps.
 *
 * Source: github.com/huggingface/safetensors, README "Format" and `safetensors/src/tensor.rs` (validation rules).
 */
import * as errors from '../errors.ts';
import { type CheckpointFile, readBytes } from './checkpointFiles.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from './json.ts';

/** Where one tensor lies in its file: `start` and `end` are byte positions from the beginning of the file. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** Bytes per number of the formats that safetensors knows; tensors of an unknown format are only checked for order. */
const ITEM_BYTES: ReadonlyMap<string, number> = new Map([
  ['BOOL', 1],
  ['U8', 1],
  ['I8', 1],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
  ['U16', 2],
  ['I16', 2],
  ['F16', 2],
  ['BF16', 2],
  ['U32', 4],
  ['I32', 4],
  ['F32', 4],
  ['U64', 8],
  ['I64', 8],
  ['F64', 8],
]);

const LENGTH_BYTES = 8;

/** The format's own limit; a longer header is a damaged length. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads and checks the header of an open file; `file` is its path, for messages.
 * @throws UserError `lm.damaged-tensors` (cut short, inconsistent ranges) or `lm.malformed-json`.
 */
export async function readHeader(opened: CheckpointFile, file: string): Promise<readonly TensorEntry[]> {
  const fileBytes = opened.bytes;
  if (fileBytes < LENGTH_BYTES) {
    throw errors.damagedTensors(file, 'its header length is cut', { expected: LENGTH_BYTES, found: fileBytes });
  }
  const lengthBytes = await readBytes(opened, 0, LENGTH_BYTES, file);
  // Exact as a double wherever the file could be that long.
  const headerBytes = Number(new DataView(lengthBytes.buffer).getBigUint64(0, true));
  const dataStart = LENGTH_BYTES + headerBytes;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw errors.damagedTensors(
      file,
      'it does not begin with a header length (a Git LFS pointer or a web page does not)',
    );
  }
  if (dataStart > fileBytes) {
    throw errors.damagedTensors(file, 'its header is longer than the file', { expected: dataStart, found: fileBytes });
  }
  const text = new TextDecoder().decode(await readBytes(opened, LENGTH_BYTES, headerBytes, file));
  const json = parseJsonObject(text, `The header of ${file}`);
  const entries = Object.entries(json)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => parseEntry(name, value, dataStart, file));
  checkRanges(entries, dataStart, fileBytes, file);
  return entries;
}

function parseEntry(name: string, value: unknown, dataStart: number, file: string): TensorEntry {
  const problem = (text: string) => errors.damagedTensors(file, `tensor '${name}' ${text}`);
  if (!isJsonObject(value)) throw problem('has no description in the header');
  const { dtype, shape, offsets } = entryFields(value);
  if (dtype === undefined) throw problem('has no dtype');
  if (shape === undefined) throw problem('has no shape of whole numbers');
  const [begin, end] = offsets ?? [];
  if (begin === undefined || end === undefined || end < begin) throw problem('has no valid data_offsets [begin, end]');
  const itemBytes = ITEM_BYTES.get(dtype);
  const expected = shape.reduce((product, size) => product * size, itemBytes ?? 1);
  if (itemBytes !== undefined && expected !== end - begin) {
    throw errors.damagedTensors(file, `tensor '${name}' (${dtype} of shape [${shape.join(', ')}]) has a wrong range`, {
      expected,
      found: end - begin,
    });
  }
  return { name, dtype, shape, start: dataStart + begin, end: dataStart + end };
}

function entryFields(value: JsonObject): {
  readonly dtype: string | undefined;
  readonly shape: readonly number[] | undefined;
  readonly offsets: readonly number[] | undefined;
} {
  const { dtype, shape, data_offsets: offsets } = value;
  return {
    dtype: typeof dtype === 'string' ? dtype : undefined,
    shape: isSizes(shape) ? shape : undefined,
    offsets: isSizes(offsets) && offsets.length === 2 ? offsets : undefined,
  };
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The ranges must follow one another from the first byte of data to the last of the file. */
function checkRanges(entries: readonly TensorEntry[], dataStart: number, fileBytes: number, file: string): void {
  const ordered = [...entries].sort((a, b) => a.start - b.start || a.end - b.end);
  let position = dataStart;
  let before = 'the header';
  for (const { name, start, end } of ordered) {
    if (end > fileBytes) {
      throw errors.damagedTensors(file, `tensor '${name}' ends after the end of the file`, {
        expected: end,
        found: fileBytes,
      });
    }
    if (start < position) throw errors.damagedTensors(file, `tensor '${name}' overlaps with ${before}`);
    if (start > position) {
      throw errors.damagedTensors(file, `${start - position} bytes between ${before} and tensor '${name}' are unused`);
    }
    position = end;
    before = `tensor '${name}'`;
  }
  if (position < fileBytes) {
    throw errors.damagedTensors(file, 'it goes on after its last tensor', { expected: position, found: fileBytes });
  }
}
