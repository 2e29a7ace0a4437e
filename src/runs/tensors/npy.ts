/**
 * Arrays that numpy has saved: `.npy` files of real numbers, in rows, either byte order.
 *
 * Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1.0 to 3.0.
 */

import * as errors from '../errors.ts';

/** Real numbers in row-major order, `shape` with one size for each axis. */
export interface RealTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

type Read = (view: DataView, at: number, littleEndian: boolean) => number;

/** Kinds of numbers by what numpy calls them, without the byte order. */
const KINDS: Readonly<Record<string, readonly [bytes: number, read: Read]>> = {
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  i1: [1, (view, at) => view.getInt8(at)],
  u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  u1: [1, (view, at) => view.getUint8(at)],
};

const MAGIC = '\x93NUMPY';

/**
 * Reads a file's bytes, row-major numbers with one size for each axis, none for a single number; `where` names it in
 * messages. Throws {@link UserError} `runs.bad-npy`.
 */
export function decodeNpy(bytes: Uint8Array, where: string): RealTensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < 12 || text(0, 6) !== MAGIC) throw errors.badNpy(where, 'it does not begin as one');
  const version = view.getUint8(6);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const header = text(start, Math.min(bytes.length, start + length));
  const kind = /'descr':\s*'([<>|=])([a-z]\d)'/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (order === undefined || sizes === undefined) throw errors.badNpy(where, 'its header is not complete');
  const [, byteOrder, name] = kind ?? [];
  const known = name === undefined ? undefined : KINDS[name];
  if (known === undefined) throw errors.badNpy(where, 'it does not hold real numbers');
  if (order === 'True') throw errors.badNpy(where, "it is in Fortran's order; save numpy.ascontiguousarray of it");
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  const count = shape.reduce((total, size) => total * size, 1);
  const [size, read] = known;
  const from = start + length;
  if (bytes.length - from !== count * size) {
    throw errors.badNpy(
      where,
      `its header tells ${count * size} bytes of numbers, but there are ${bytes.length - from}`,
    );
  }
  const little = byteOrder !== '>';
  return { shape, data: Float64Array.from({ length: count }, (_, k) => read(view, from + k * size, little)) };
}
