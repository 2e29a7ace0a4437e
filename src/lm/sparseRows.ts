/**
 * Gradients of tables (embeddings, label-word rows) by example: few rows of many. Kernels on them match row numbers, so
 * that no vocabulary × width gradient ever exists for an example.
 */

import { strides, type Tensor } from '../program/index.ts';

/** For one example: row number → its gradient, [outputs × row size] flat. */
export type SparseRows = Map<number, Float64Array>;

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
  const size = (axis: string): number => cotangent.shape[cotangent.axes.indexOf(axis)] ?? 1;
  const step = axisSteps(cotangent);
  const indexStep = axisSteps(index);
  const places = index.axes.filter((axis) => axis !== batch);
  const rowAxes = cotangent.axes.filter((axis) => axis !== batch && axis !== output && !places.includes(axis));
  const rowOffsets = offsetsOf(rowAxes, size, step);
  const outputs = size(output);
  const placeSizes = (axis: string): number => index.shape[index.axes.indexOf(axis)] ?? 1;
  const indexPlaces = offsetsOf(places, placeSizes, indexStep);
  const cotangentPlaces = offsetsOf(places, placeSizes, step);
  examples.forEach((rows, example) => {
    indexPlaces.forEach((place, p) => {
      const row = index.data[example * indexStep(batch) + place] ?? 0;
      const base = example * step(batch) + (cotangentPlaces[p] ?? 0);
      if (isZero(cotangent, base, outputs, step(output), rowOffsets)) return;
      let sum = rows.get(row);
      if (sum === undefined) {
        sum = new Float64Array(outputs * rowOffsets.length);
        rows.set(row, sum);
      }
      for (let c = 0, k = 0; c < outputs; c++) {
        const start = base + c * step(output);
        for (const offset of rowOffsets) {
          sum[k] = (sum[k] ?? 0) + (cotangent.data[start + offset] ?? 0);
          k++;
        }
      }
    });
  });
}

function axisSteps(tensor: Tensor): (axis: string) => number {
  const steps = strides(tensor.shape);
  return (axis) => steps[tensor.axes.indexOf(axis)] ?? 0;
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

/**
 * Adds ⟨gradient of output c at example i, gradient of output d at example j⟩ to kernel[i, c, j, d] (row-major, `rows`
 * against `columns`), in f64.
 */
export function addRowsKernel(
  kernel: Float64Array,
  rows: readonly SparseRows[],
  columns: readonly SparseRows[],
  outputs: number,
): void {
  const width = columns.length * outputs;
  rows.forEach((left, i) => {
    columns.forEach((right, j) => {
      for (const [row, a] of left) {
        const b = right.get(row);
        if (b === undefined) continue;
        const size = a.length / outputs;
        for (let c = 0; c < outputs; c++) {
          for (let d = 0; d < outputs; d++) {
            let sum = 0;
            for (let k = 0; k < size; k++) sum += (a[c * size + k] ?? 0) * (b[d * size + k] ?? 0);
            const at = (i * outputs + c) * width + j * outputs + d;
            kernel[at] = (kernel[at] ?? 0) + sum;
          }
        }
      }
    });
  });
}
