/** The arrays of a run by name, from either of its files. */

import { decodeMetadata, decodeNpy, decodeTensors } from 'nexort/runs/tensors';
import { BadFile } from './shape.ts';
import { unzip } from './zip.ts';

export interface Numbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface Arrays {
  readonly numbers: Readonly<Record<string, Numbers>>;
  /** `classes`, `texts`, `texts2`. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** Texts are lists as JSON in the metadata. Throws {@link BadFile}, and what decoding throws. */
export function fromSafetensors(bytes: Uint8Array, where: string): Arrays {
  const numbers = decodeTensors(bytes, where);
  const lists = Object.entries(decodeMetadata(bytes, where)).map(([name, text]) => [name, listOf(text, name)] as const);
  return { numbers, texts: Object.fromEntries(lists) };
}

/** Texts are arrays of numpy's `<U`. Throws {@link BadFile}, and what decoding throws. */
export async function fromNpz(bytes: Uint8Array, where: string, most: number): Promise<Arrays> {
  const numbers: Record<string, Numbers> = {};
  const texts: Record<string, readonly string[]> = {};
  for (const [file, array] of await unzip(bytes, most)) {
    const name = file.replace(/\.npy$/, '');
    const found = textsIn(array, name);
    if (found !== undefined) texts[name] = found;
    else numbers[name] = decodeNpy(array, `${where}, ${file}`);
  }
  return { numbers, texts };
}

function listOf(text: string, name: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(text);
    if (Array.isArray(found)) return found.map(String);
  } catch {
    // Told below.
  }
  throw new BadFile(`Its metadata “${name}” are no list.`);
}

const POINT_BYTES = 4;
/** Version and length of the header. */
const START = 10;

/** The items of an array of texts: code points of 4 bytes, zeros behind the end of each. Undefined of another array. */
function textsIn(bytes: Uint8Array, name: string): readonly string[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < START || view.getUint8(6) !== 1) return undefined;
  const from = START + view.getUint16(8, true);
  const header = new TextDecoder('latin1').decode(bytes.subarray(START, Math.min(from, bytes.length)));
  const length = Number(/'descr':\s*'<U(\d+)'/.exec(header)?.[1] ?? Number.NaN);
  if (Number.isNaN(length)) return undefined;
  const count = Number(/'shape':\s*\((\d+),\s*\)/.exec(header)?.[1] ?? Number.NaN);
  if (!(length > 0) || bytes.length - from !== count * length * POINT_BYTES)
    throw new BadFile(`“${name}” in it is no list of texts: its header does not fit its bytes.`);
  return Array.from({ length: count }, (_, item) => {
    const points = Array.from({ length }, (_, k) => view.getUint32(from + POINT_BYTES * (item * length + k), true));
    if (points.some((point) => point > 0x10ffff)) throw new BadFile(`“${name}” in it holds what is no character.`);
    const end = points.findLastIndex((point) => point !== 0) + 1;
    return points
      .slice(0, end)
      .map((point) => String.fromCodePoint(point))
      .join('');
  });
}
