/**
 * Gradients of tables (embeddings, label-word rows) by example: few rows of many. Kernels on them match row numbers, so
 * that no vocabulary × width gradient ever exists for an example.
 */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { at, entry } from '../../numeric/index.ts';
import { strides, type Tensor } from '../../program/index.ts';
import { gram } from './productPrograms.ts';

/** For one example: row number → its gradient, [outputs × row size] flat. */
export type SparseRows = Map<number, Float32Array>;

/** Where one factor of rows comes from: index and cotangent of a batch, both with named axes. */
export interface RowsBatch {
  readonly index: Tensor;
  readonly cotangent: Tensor;
  /** The axis of the examples and the axis of the outputs that ride along. */
  readonly batch: string;
  readonly output: string;
}

/** Adds a batch's rows to its examples' tables, which share the order of the batch axis. */
export function addRows({ index, cotangent, batch, output }: RowsBatch, examples: readonly SparseRows[]): void {
  const size = axisSizes(cotangent);
  const step = axisSteps(cotangent);
  const indexStep = axisSteps(index);
  const places = index.axes.filter((axis) => axis !== batch);
  const rowAxes = cotangent.axes.filter((axis) => axis !== batch && axis !== output && !places.includes(axis));
  const rowOffsets = offsetsOf(rowAxes, size, step);
  const outputs = size(output);
  const indexPlaces = offsetsOf(places, axisSizes(index), indexStep);
  const cotangentPlaces = offsetsOf(places, axisSizes(index), step);
  examples.forEach((rows, example) => {
    indexPlaces.forEach((place, p) => {
      const row = required(index.data[example * indexStep(batch) + place], 'index of a row');
      const base = example * step(batch) + at(cotangentPlaces, p);
      if (isZero(cotangent, base, outputs, step(output), rowOffsets)) return;
      let sum = rows.get(row);
      if (sum === undefined) {
        sum = new Float32Array(outputs * rowOffsets.length);
        rows.set(row, sum);
      }
      for (let c = 0, k = 0; c < outputs; c++) {
        const start = base + c * step(output);
        for (const offset of rowOffsets) {
          sum[k] = (sum[k] as number) + (cotangent.data[start + offset] as number); // in range by their shapes
          k++;
        }
      }
    });
  });
}

/** Sizes by axis; 1 of an axis that the tensor does not have: it is the same all along. */
function axisSizes({ axes, shape }: Tensor): (axis: string) => number {
  return (axis) => (axes.includes(axis) ? required(shape[axes.indexOf(axis)], `size of axis "${axis}"`) : 1);
}

/** Strides by axis; 0 of an axis that the tensor does not have. */
function axisSteps({ axes, shape }: Tensor): (axis: string) => number {
  const steps = strides(shape);
  return (axis) => (axes.includes(axis) ? required(steps[axes.indexOf(axis)], `stride of axis "${axis}"`) : 0);
}

function offsetsOf(axes: readonly string[], size: (axis: string) => number, step: (axis: string) => number): number[] {
  return axes.reduce<number[]>(
    (offsets, axis) =>
      offsets.flatMap((offset) => Array.from({ length: size(axis) }, (_, i) => offset + i * step(axis))),
    [0],
  );
}

/** Padding and positions that do not bear on the output have no rows. */
function isZero(
  tensor: Tensor,
  base: number,
  outputs: number,
  outputStep: number,
  offsets: readonly number[],
): boolean {
  for (let c = 0; c < outputs; c++) {
    for (const offset of offsets) if (tensor.data[base + c * outputStep + offset] !== 0) return false;
  }
  return true;
}

/** Examples that have a row, by their position, with the row's gradient. */
type Holders = readonly (readonly [position: number, gradient: Float32Array])[];

/** A row's gradient, [outputs × row size] flat, as a kernel takes it. */
export type RowForm = (row: number, gradient: Float32Array) => Float32Array;

/** What a kernel makes of gradients of rows before it multiplies them, by side; nothing where it takes them as they are. */
export interface RowForms {
  readonly left?: RowForm;
  readonly right?: RowForm;
}

/** Lines of one matrix product of rows that many examples share. */
const TILE = 256;
/** Fewer multiplications than these are not worth a call of the engine. */
const SMALL_PRODUCT = 2e5;

/**
 * Adds ⟨gradient of output c at example i, gradient of output d at example j⟩ to kernel[i, c, j, d] (row-major, `left`
 * examples against `right` ones), row by row of the table, in f64 over rows.
 */
export async function tableProducts(
  engine: Engine,
  kernel: Float64Array,
  left: readonly SparseRows[],
  right: readonly SparseRows[],
  outputs: number,
  forms: RowForms = {},
): Promise<void> {
  const columns = holdersByRow(right);
  for (const [row, holders] of holdersByRow(left)) {
    const found = columns.get(row);
    if (found === undefined) continue;
    const [rows, others] = [formed(holders, row, forms.left), formed(found, row, forms.right)];
    const size = required(rows[0], `holder of row ${row}`)[1].length / outputs;
    const work = rows.length * others.length * outputs ** 2 * size;
    const target = { kernel, width: right.length * outputs, outputs, size };
    if (work < SMALL_PRODUCT) addSmall(target, rows, others);
    else await addTiles(engine, target, rows, others);
  }
}

function formed(holders: Holders, row: number, form: RowForm | undefined): Holders {
  return form === undefined ? holders : holders.map(([position, gradient]) => [position, form(row, gradient)]);
}

interface Target {
  readonly kernel: Float64Array;
  readonly width: number;
  readonly outputs: number;
  readonly size: number;
}

function holdersByRow(examples: readonly SparseRows[]): Map<number, (readonly [number, Float32Array])[]> {
  const holders = new Map<number, (readonly [number, Float32Array])[]>();
  examples.forEach((rows, position) => {
    for (const [row, gradient] of rows) {
      const known = holders.get(row);
      if (known === undefined) holders.set(row, [[position, gradient]]);
      else known.push([position, gradient]);
    }
  });
  return holders;
}

function addSmall({ kernel, width, outputs, size }: Target, rows: Holders, columns: Holders): void {
  for (const [i, a] of rows) {
    for (const [j, b] of columns) {
      for (let c = 0; c < outputs; c++) {
        for (let d = 0; d < outputs; d++) {
          let sum = 0;
          for (let k = 0; k < size; k++) {
            sum += (a[c * size + k] as number) * (b[d * size + k] as number); // in range: both have outputs · size
          }
          const place = (i * outputs + c) * width + j * outputs + d;
          kernel[place] = entry(kernel, place) + sum;
        }
      }
    }
  }
}

/** By matrix products of one shape, so that one compiled program serves all rows. */
async function addTiles(engine: Engine, target: Target, rows: Holders, columns: Holders): Promise<void> {
  const { kernel, width, outputs, size } = target;
  for (const right of tiles(columns, outputs, size)) {
    for (const left of tiles(rows, outputs, size)) {
      const { product } = await engine.run(gram, {
        left: { axes: ['row', 'entry'], shape: [TILE, size], data: left.data },
        right: { axes: ['column', 'entry'], shape: [TILE, size], data: right.data },
      });
      const { data } = required(product, 'product of rows of a table');
      required(data.length === TILE ** 2 ? data : undefined, `product of ${TILE} rows of a table`);
      left.lines.forEach((row, r) => {
        right.lines.forEach((column, c) => {
          const place = row * width + column;
          kernel[place] = entry(kernel, place) + (data[r * TILE + c] as number); // in range by its length
        });
      });
    }
  }
}

/** Gradients as lines of matrices of {@link TILE} lines, with each line's row (or column) in the kernel. */
function* tiles(holders: Holders, outputs: number, size: number) {
  const lines = holders.flatMap(([position, gradient]) =>
    Array.from({ length: outputs }, (_, c) => ({ line: position * outputs + c, gradient, start: c * size })),
  );
  for (let from = 0; from < lines.length; from += TILE) {
    const part = lines.slice(from, from + TILE);
    const data = new Float32Array(TILE * size);
    part.forEach(({ gradient, start }, k) => {
      data.set(gradient.subarray(start, start + size), k * size);
    });
    yield { lines: part.map(({ line }) => line), data };
  }
}
