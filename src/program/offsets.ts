/** Where the entries of a tensor lie when positions run over other axes: the only indexing that the oracle needs. */

import type { Axis } from './axes.ts';
import { entries, strides, type Tensor } from './tensor.ts';

/**
 * For every position of the axes (row-major over `shape`), the offset of the tensor's entry there. Axes that the tensor
 * lacks do not move it, and axes of the tensor that are not listed stay at 0.
 */
export function offsets(
  axes: readonly Axis[],
  shape: readonly number[],
  tensor: Pick<Tensor, 'axes' | 'shape'>,
): Int32Array {
  const own = strides(tensor.shape);
  const steps = axes.map((axis) => own[tensor.axes.indexOf(axis)] ?? 0);
  const result = new Int32Array(entries(shape));
  // Doubling over axes from the last: positions of the axes after k repeat along axis k, moved by its step.
  let filled = 1;
  for (let k = axes.length - 1; k >= 0; k--) {
    const [size, step] = [shape[k] ?? 1, steps[k] ?? 0];
    for (let i = 1; i < size; i++) {
      for (let p = 0; p < filled; p++) result[i * filled + p] = (result[p] ?? 0) + i * step;
    }
    filled *= size;
  }
  return result;
}
