/**
 * Arrays in the safetensors format: 8 bytes with the length of the header, the header as JSON, then the numbers.
 *
 * Source: github.com/huggingface/safetensors, README "Format". Tensors are written in order of the bytes per number,
 * largest first, then by name, as the original does, so that each is aligned and equal tensors give equal bytes.
 */

import { required } from '../../errors/index.ts';
import * as errors from '../errors.ts';
import { isJsonObject } from '../json.ts';
import type { JsonObject } from '../jsonTypes.ts';
import { fromLittleEndian, toLittleEndian } from './littleEndian.ts';

/** The arrays that tensors are stored as. */
export type Numbers = Float64Array | Float32Array | Int32Array;

/** Numbers in row-major order, `shape` with one size for each axis. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

interface Format {
  readonly dtype: string;
  readonly bytes: number;
  is(data: Numbers): boolean;
  /** A view of the bytes; their start must be aligned. */
  view(bytes: Uint8Array): Numbers;
}

const FORMATS: readonly Format[] = [
  {
    dtype: 'F64',
    bytes: 8,
    is: (data) => data instanceof Float64Array,
    view: ({ buffer, byteOffset, byteLength }) => new Float64Array(buffer, byteOffset, byteLength / 8),
  },
  {
    dtype: 'F32',
    bytes: 4,
    is: (data) => data instanceof Float32Array,
    view: ({ buffer, byteOffset, byteLength }) => new Float32Array(buffer, byteOffset, byteLength / 4),
  },
  {
    dtype: 'I32',
    bytes: 4,
    is: (data) => data instanceof Int32Array,
    view: ({ buffer, byteOffset, byteLength }) => new Int32Array(buffer, byteOffset, byteLength / 4),
  },
];

const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

/**
 * The parts of a file with these tensors, row-major, with one size for each axis; the numbers are not copied. Equal
 * tensors give equal bytes in any order.
 * @throws InvariantError `runs.tensor-shape` or `runs.bad-name`.
 */
export function encodeTensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const ordered = Object.entries(tensors).sort(
    ([a, first], [b, second]) => second.data.BYTES_PER_ELEMENT - first.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const entries: [string, unknown][] = Object.keys(metadata).length === 0 ? [] : [[METADATA, metadata]];
  let position = 0;
  for (const [name, { shape, data }] of ordered) {
    if (name === METADATA) throw errors.badName('tensor', name, `another one than ${METADATA}`);
    checkShape(name, shape, data.length);
    const format = FORMATS.find(({ is }) => is(data));
    entries.push([name, { dtype: format?.dtype, shape, data_offsets: [position, position + data.byteLength] }]);
    position += data.byteLength;
  }
  return [tensorsHeader(Object.fromEntries(entries)), ...ordered.map(([, { data }]) => toLittleEndian(data))];
}

/** What stands before the numbers: the length of the JSON, and the JSON. */
export function tensorsHeader(entries: Readonly<Record<string, unknown>>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(entries));
  // Spaces after the JSON align the numbers that follow.
  const header = new Uint8Array(LENGTH_BYTES + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - LENGTH_BYTES), true);
  header.set(json, LENGTH_BYTES);
  return header;
}

/**
 * The tensors of a file that {@link encodeTensors} or another program has written with F64, F32 and I32 numbers. They
 * are views of the bytes where these are aligned, copies otherwise. Row-major, with one size for each axis; axes have
 * no names in such files. `where` names the bytes in messages.
 * @throws UserError `runs.damaged-tensors`.
 */
export function decodeTensors(bytes: Uint8Array, where = 'The data'): Readonly<Record<string, Tensor>> {
  const { header, data } = readHeader(bytes, where);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => ({ name, ...readEntry(name, entry, where) }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position) throw errors.damagedTensors(where, `tensor '${name}' does not follow the one before`);
    position = end;
  }
  if (position !== data.length) {
    throw errors.damagedTensors(where, `its tensors take ${position} bytes and ${data.length} are there`);
  }
  return Object.fromEntries(
    entries.map(({ name, format, shape, begin, end }) => [
      name,
      { shape, data: numbers(format, data.subarray(begin, end)) },
    ]),
  );
}

/**
 * The texts that were given to {@link encodeTensors} as metadata.
 * @throws UserError `runs.damaged-tensors`.
 */
export function decodeMetadata(bytes: Uint8Array, where = 'The data'): Readonly<Record<string, string>> {
  const metadata = Object.entries(readHeader(bytes, where).header).find(([name]) => name === METADATA)?.[1] ?? {};
  if (!isJsonObject(metadata)) throw errors.damagedTensors(where, 'its metadata are not texts');
  return Object.fromEntries(
    Object.entries(metadata).map(([key, text]) => {
      if (typeof text !== 'string') throw errors.damagedTensors(where, `its metadata '${key}' is not a text`);
      return [key, text];
    }),
  );
}

/** @throws InvariantError `runs.tensor-shape`. */
export function checkShape(name: string, shape: readonly number[], length: number): void {
  if (!isShape(shape) || sizeOf(shape) !== length) throw errors.tensorShape(name, shape, length);
}

function readHeader(bytes: Uint8Array, where: string): { readonly header: JsonObject; readonly data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < LENGTH_BYTES ? Infinity : Number(view.getBigUint64(0, true));
  if (length > bytes.length - LENGTH_BYTES) throw errors.damagedTensors(where, 'it ends within its header');
  const start = LENGTH_BYTES + length;
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, start)));
  } catch {
    throw errors.damagedTensors(where, 'its header is not valid JSON');
  }
  if (!isJsonObject(header)) throw errors.damagedTensors(where, 'its header is not a JSON object');
  return { header, data: bytes.subarray(start) };
}

function readEntry(
  name: string,
  entry: unknown,
  where: string,
): { readonly format: Format; readonly shape: readonly number[]; readonly begin: number; readonly end: number } {
  const { dtype, shape, data_offsets: offsets } = isJsonObject(entry) ? entry : {};
  const format = FORMATS.find((known) => known.dtype === dtype);
  if (format === undefined) {
    const known = FORMATS.map((each) => each.dtype).join(', ');
    throw errors.damagedTensors(where, `tensor '${name}' has dtype ${JSON.stringify(dtype)}; expected ${known}`);
  }
  if (!isShape(shape) || !isShape(offsets) || offsets.length !== 2) {
    throw errors.damagedTensors(where, `tensor '${name}' has no valid shape and data_offsets`);
  }
  const [begin, end] = [required(offsets[0], 'start of a tensor'), required(offsets[1], 'end of a tensor')];
  if (end - begin !== sizeOf(shape) * format.bytes) {
    throw errors.damagedTensors(where, `tensor '${name}' of shape [${shape.join(', ')}] has ${end - begin} bytes`);
  }
  return { format, shape, begin, end };
}

function numbers(format: Format, bytes: Uint8Array): Numbers {
  const aligned = bytes.byteOffset % format.bytes === 0;
  return format.view(fromLittleEndian(aligned ? bytes : bytes.slice(), format.bytes));
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
