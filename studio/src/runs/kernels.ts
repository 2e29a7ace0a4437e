/** The kernels of a run, from `kernels.safetensors`: by draw, ordered by class, with spectra. */

import { matrix, symmetricEigen } from 'nexort/numeric';
import { decodeMetadata, decodeTensors } from 'nexort/runs/tensors';
import { BadFile } from './shape.ts';

/** A kernel of a draw: rows are examples, those that are trained on first; columns those that are trained on. */
export interface DrawKernel {
  /** `kernel.13`, `kernel.signgd.13`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly entries: Float64Array;
  /** Of each row, for several outputs one after another. */
  readonly labels: readonly string[];
  readonly texts: readonly string[];
  /** Of the kernel among what is trained on, from the largest on; absent where there are too many. */
  readonly eigenvalues?: readonly number[];
}

/** Eigenvalues of more take longer than a person waits. */
const MOST_EIGEN = 400;

/** Reads the file. Throws {@link BadFile}, and what decoding throws. */
export function readKernels(bytes: Uint8Array, name: string): readonly DrawKernel[] {
  const tensors = decodeTensors(bytes, name);
  const metadata = decodeMetadata(bytes, name);
  const classes = textsOf(metadata.classes, 'classes');
  const texts = textsOf(metadata.texts, 'texts');
  const labels = tensors.labels?.data;
  if (labels === undefined)
    throw new BadFile('It has no tensor “labels”; expected kernels.safetensors of nexort kernel.');
  const found = Object.entries(tensors).flatMap(([own, { shape, data }]): DrawKernel[] => {
    const seed = /^kernel\.(?:.+\.)?(\d+)$/.exec(own)?.[1];
    const [rows, columns] = shape;
    if (seed === undefined || rows === undefined || columns === undefined || shape.length !== 2) return [];
    const positions = tensors[`rows.${seed}`]?.data;
    if (positions === undefined) throw new BadFile(`It has “${own}” and no “rows.${seed}”.`);
    const outputs = rows / positions.length;
    const example = (row: number): number => Number(positions[Math.floor(row / outputs)]);
    const all = Array.from({ length: rows }, (_, row) => example(row));
    const entries = Float64Array.from(data, Number);
    return [
      {
        ...{ name: own, rows, columns, entries },
        labels: all.map((place) => classes[Number(labels[place])] ?? '?'),
        texts: all.map((place) => texts[place] ?? `example ${place}`),
        ...(columns > MOST_EIGEN ? {} : { eigenvalues: eigenvaluesOf(entries, columns) }),
      },
    ];
  });
  if (found.length === 0) throw new BadFile('It holds no kernels; expected kernels.safetensors of nexort kernel.');
  return found;
}

function textsOf(text: string | undefined, name: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(found) ? found.map(String) : [];
  } catch {
    throw new BadFile(`Its metadata “${name}” are no list.`);
  }
}

/** Of the symmetric part of the first rows, which are the columns' examples. */
function eigenvaluesOf(entries: Float64Array, size: number): readonly number[] {
  const at = (row: number, column: number): number => entries[row * size + column] ?? Number.NaN;
  const square = Float64Array.from({ length: size * size }, (_, k) => {
    const [row, column] = [Math.floor(k / size), k % size];
    return (at(row, column) + at(column, row)) / 2;
  });
  return [...symmetricEigen(matrix(size, size, square)).values].sort((a, b) => b - a);
}

/** Places of rows, or of the first `count` of them, by class. */
export function byClass({ labels }: DrawKernel, count = labels.length): readonly number[] {
  return Array.from({ length: count }, (_, k) => k).sort(
    (a, b) => (labels[a] ?? '').localeCompare(labels[b] ?? '') || a - b,
  );
}
