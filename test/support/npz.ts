import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';

/** An array of numpy's, entries in row-major order. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The arrays of an .npz file by name, without `.npy`. */
export function readNpz(path: string): ReadonlyMap<string, NpyArray> {
  const entries = Object.entries(unzipSync(readFileSync(path)));
  return new Map(entries.map(([name, bytes]) => [name.replace(/\.npy$/, ''), parseNpy(name, bytes)]));
}

const READERS: Readonly<Record<string, { readonly size: number; read(view: DataView, at: number): number }>> = {
  '<f8': { size: 8, read: (view, at) => view.getFloat64(at, true) },
  '<f4': { size: 4, read: (view, at) => view.getFloat32(at, true) },
  '<i8': { size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  '<i4': { size: 4, read: (view, at) => view.getInt32(at, true) },
};

/** The npy format: magic bytes and version in 8 bytes, length of the header, header as a Python dict, entries. */
function parseNpy(name: string, bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = view.getUint8(6) > 1;
  const start = (wide ? 12 : 10) + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder('latin1').decode(bytes.subarray(wide ? 12 : 10, start));
  const reader = READERS[/'descr': '([^']+)'/.exec(header)?.[1] ?? ''];
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (reader === undefined || shape === undefined || !header.includes("'fortran_order': False")) {
    throw new Error(`${name}: unsupported npy header ${header}`);
  }
  const sizes = shape.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  const count = sizes.reduce((product, size) => product * size, 1);
  return {
    shape: sizes,
    data: Float64Array.from({ length: count }, (_, k) => reader.read(view, start + k * reader.size)),
  };
}
