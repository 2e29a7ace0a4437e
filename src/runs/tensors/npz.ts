/**
 * Arrays for numpy: an `.npz` file is a zip archive of `.npy` files, each a header as a Python dict and the numbers.
 *
 * Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.
 */

import { zipSync } from 'fflate';
import * as errors from '../errors.ts';
import { toLittleEndian } from './littleEndian.ts';
import { checkShape, type Numbers, type Tensor } from './tensors.ts';

/** Magic bytes and version of an .npy file, then two bytes with the length of the dict. */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0);
const PREFIX_BYTES = MAGIC.length + 2;

/** The numbers begin at a multiple of this. */
const ALIGNMENT = 64;

/** Sizes and positions in a zip archive have 32 bits; what lies between the numbers takes far less than the difference. */
const MAX_BYTES = 2 ** 32 - 2 ** 20;

/**
 * An uncompressed `.npz` file for `numpy.load`: the numbers of kernels hardly shrink.
 * @throws InvariantError `runs.tensor-shape`; UnsupportedError `runs.npz-too-large`.
 */
export function encodeNpz(tensors: Readonly<Record<string, Tensor>>): Uint8Array {
  const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > MAX_BYTES) throw errors.npzTooLarge(bytes, MAX_BYTES);
  const entries = Object.entries(tensors).map(([name, tensor]) => [`${name}.npy`, encodeNpy(name, tensor)]);
  // A fixed time of change, in local time as zip has it, makes equal arrays equal bytes.
  return zipSync(Object.fromEntries(entries), { level: 0, mtime: new Date(1980, 0, 1) });
}

function encodeNpy(name: string, { shape, data }: Tensor): Uint8Array {
  checkShape(name, shape, data.length);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${descriptor(data)}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The dict ends with a newline, after spaces that align what follows.
  const start = Math.ceil((PREFIX_BYTES + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(start + data.byteLength);
  file.set(MAGIC);
  new DataView(file.buffer).setUint16(MAGIC.length, start - PREFIX_BYTES, true);
  file.set(new TextEncoder().encode(`${dict.padEnd(start - PREFIX_BYTES - 1)}\n`), PREFIX_BYTES);
  file.set(toLittleEndian(data), start);
  return file;
}

function descriptor(data: Numbers): string {
  if (data instanceof Float64Array) return '<f8';
  return data instanceof Float32Array ? '<f4' : '<i4';
}
