/**
 * Arrays for numpy: an `.npz` file is a zip archive of `.npy` files, each a header as a Python dict and the numbers.
 *
 * Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.
 */

import { type ZipOptions, zipSync } from 'fflate';
import * as errors from '../errors.ts';
import { toLittleEndian } from './littleEndian.ts';
import { checkShape, type Numbers, type Tensor } from './tensors.ts';
import { unicodeItems } from './unicode.ts';

/** Magic bytes and version of an .npy file, then two bytes with the length of the dict. */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0);
const PREFIX_BYTES = MAGIC.length + 2;

/** Of compression: texts are mostly zeros. */
const TEXT_LEVEL = 6;

/** The numbers begin at a multiple of this. */
const ALIGNMENT = 64;

/** Sizes and positions in a zip archive have 32 bits; what lies between the numbers takes far less than the difference. */
const MAX_BYTES = 2 ** 32 - 2 ** 20;

/** What an `.npz` file may hold: numbers, or a list of texts, which zeros at their ends would not survive. */
export type NpzArray = Tensor | readonly string[];

/** An array with numpy's name of its type. */
interface TypedArray extends Tensor {
  readonly type: string;
}

/**
 * An `.npz` file for `numpy.load`, each array row-major with one size for each axis, texts [texts]. Numbers stay
 * uncompressed, for those of kernels hardly shrink.
 * @throws InvariantError `runs.tensor-shape`; UnsupportedError `runs.npz-too-large`.
 */
export function encodeNpz(arrays: Readonly<Record<string, NpzArray>>): Uint8Array {
  const typed = Object.entries(arrays).map(([name, array]): [string, TypedArray] => [name, typedArray(array)]);
  const bytes = typed.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  if (bytes > MAX_BYTES) throw errors.npzTooLarge(bytes, MAX_BYTES);
  const entries = typed.map(([name, array]): [string, [Uint8Array, ZipOptions]] => [
    `${name}.npy`,
    [encodeNpy(name, array), { level: array.type.startsWith('<U') ? TEXT_LEVEL : 0 }],
  ]);
  // A fixed time of change, in local time as zip has it, makes equal arrays equal bytes.
  return zipSync(Object.fromEntries(entries), { mtime: new Date(1980, 0, 1) });
}

function typedArray(array: NpzArray): TypedArray {
  if ('data' in array) return { ...array, type: descriptor(array.data) };
  const { length, points } = unicodeItems(array);
  return { shape: [array.length], data: points, type: `<U${length}` };
}

function encodeNpy(name: string, { shape, data, type }: TypedArray): Uint8Array {
  checkShape(name, shape, type.startsWith('<U') ? data.length / Number(type.slice(2)) : data.length);
  const header = npyHeader(type, shape);
  const file = new Uint8Array(header.length + data.byteLength);
  file.set(header);
  file.set(toLittleEndian(data), header.length);
  return file;
}

/** What stands before the numbers of an `.npy` file; `type` is numpy's name of theirs. */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The dict ends with a newline, after spaces that align what follows.
  const start = Math.ceil((PREFIX_BYTES + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(start);
  header.set(MAGIC);
  new DataView(header.buffer).setUint16(MAGIC.length, start - PREFIX_BYTES, true);
  header.set(new TextEncoder().encode(`${dict.padEnd(start - PREFIX_BYTES - 1)}\n`), PREFIX_BYTES);
  return header;
}

function descriptor(data: Numbers): string {
  if (data instanceof Float64Array) return '<f8';
  return data instanceof Float32Array ? '<f4' : '<i4';
}
