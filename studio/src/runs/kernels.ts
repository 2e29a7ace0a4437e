/** The kernels of a run by draw, with the examples of their rows and columns, and their spectra. */

import { matrix, symmetricEigen } from 'nexort/numeric';
import type { Arrays, Numbers } from './arrays.ts';
import { BadFile } from './shape.ts';

/** What an example is to a draw. */
export type Role = 'train' | 'dev' | 'test';

/** A kernel of a draw: rows are examples, those that are trained on first; columns those that are trained on. */
export interface DrawKernel {
  /** `kernel.13`, `kernel.signgd.13`. */
  readonly name: string;
  /** `sgd`, `signgd`. */
  readonly kind: string;
  readonly seed: number;
  /** Of an example: lines of rows and columns that it has. */
  readonly outputs: number;
  readonly rows: number;
  readonly columns: number;
  readonly entries: Float64Array;
  /** Of each row. */
  readonly labels: readonly string[];
  readonly texts: readonly string[];
  /** Of tasks that compare two texts, the second ones, which `texts` end with. */
  readonly seconds?: readonly string[];
  readonly roles: readonly Role[];
  /** The model's own outputs f₀ of each row; absent where the file has none. */
  readonly initial?: Float64Array;
  /** The same kernel signed on the evaluated side, which asymmetric machines look at. */
  readonly signed?: Float64Array;
  /** Of the kernel among what is trained on, from the largest on; absent where there are too many. */
  readonly eigenvalues?: readonly number[];
}

/** Eigenvalues of more take longer than a person waits. */
const MOST_EIGEN = 400;
const SIGNED = 'a-signgd-evaluated';
/** Of two texts that stand together. */
export const BETWEEN = ' | ';

/** Reads a run's arrays. Throws {@link BadFile}. */
export function readKernels({ numbers, texts: lists }: Arrays): readonly DrawKernel[] {
  const { classes = [], texts: first = [], texts2: second } = lists;
  const labels = numbers.labels?.data;
  if (labels === undefined)
    throw new BadFile('It has no array “labels”; expected kernels.safetensors or kernels.npz of nexort kernel.');
  const textOf = (place: number): string => {
    const [one, other] = [first[place], second?.[place]];
    return one === undefined ? `example ${place}` : other === undefined ? one : `${one}${BETWEEN}${other}`;
  };
  const found = Object.entries(numbers).flatMap(([name, { shape, data }]): DrawKernel[] => {
    const [, kind = 'sgd', told] = /^kernel\.(?:(.+)\.)?(\d+)$/.exec(name) ?? [];
    const [rows, columns] = shape;
    if (told === undefined || rows === undefined || columns === undefined || shape.length !== 2) return [];
    const positions = numbers[`rows.${told}`]?.data;
    if (positions === undefined) throw new BadFile(`It has “${name}” and no “rows.${told}”.`);
    const outputs = rows / positions.length;
    const train = columns / outputs;
    if (!Number.isInteger(outputs) || !Number.isInteger(train) || train > positions.length)
      throw new BadFile(`“${name}” is ${rows} × ${columns}, which ${positions.length} examples do not have.`);
    const choosing = numbers[`dev.${told}`]?.data.length ?? 0;
    const examples = Array.from({ length: rows }, (_, row) => Math.floor(row / outputs));
    const placeOf = (example: number): number => positions[example] ?? Number.NaN;
    const entries = Float64Array.from(data);
    const initial = initialOf(numbers[`logits.${told}`], positions.length, outputs);
    const signed = numbers[`kernel.${SIGNED}.${told}`]?.data;
    return [
      {
        ...{ name, kind, seed: Number(told), outputs, rows, columns, entries },
        labels: examples.map((example) => classes[Number(labels[placeOf(example)])] ?? '?'),
        texts: examples.map((example) => textOf(placeOf(example))),
        ...(second === undefined ? {} : { seconds: examples.map((example) => second[placeOf(example)] ?? '') }),
        roles: examples.map((example) => (example < train ? 'train' : example < train + choosing ? 'dev' : 'test')),
        ...(initial === undefined ? {} : { initial }),
        ...(signed === undefined || signed.length !== entries.length ? {} : { signed: Float64Array.from(signed) }),
        ...(columns > MOST_EIGEN ? {} : { eigenvalues: eigenvaluesOf(entries, columns) }),
      },
    ];
  });
  if (found.length === 0)
    throw new BadFile('It holds no kernels; expected kernels.safetensors or kernels.npz of nexort kernel.');
  return found;
}

/** Logits by class, or of two classes the second's less the first's; undefined where they do not fit. */
function initialOf(logits: Numbers | undefined, examples: number, outputs: number): Float64Array | undefined {
  const [rows, classes = 0] = logits?.shape ?? [];
  if (logits === undefined || rows !== examples || classes !== (outputs === 1 ? 2 : outputs)) return undefined;
  const { data } = logits;
  const at = (place: number): number => data[place] ?? Number.NaN;
  if (outputs > 1) return Float64Array.from(data);
  return Float64Array.from({ length: examples }, (_, k) => at(2 * k + 1) - at(2 * k));
}

/** Of the symmetric part of the first rows, which are the columns' examples. */
function eigenvaluesOf(entries: Float64Array, size: number): readonly number[] {
  const at = (row: number, column: number): number => entries[row * size + column] ?? Number.NaN;
  const square = Float64Array.from({ length: size * size }, (_, k) => {
    const [row, column] = [Math.floor(k / size), k % size];
    return (at(row, column) + at(column, row)) / 2;
  });
  if (square.some((value) => !Number.isFinite(value))) return [];
  return [...symmetricEigen(matrix(size, size, square)).values].sort((a, b) => b - a);
}
