/** Where the entries of a tensor lie when positions run over other axes: the only indexing that the oracle needs. */

import { required } from '../errors/index.ts';
import type { Axis } from './axes.ts';
import { entries, strides, type Tensor } from './tensor.ts';

/**
 * One offset for each position on the axes (row-major over `shape`, one size for each axis): that of the tensor's entry
 * there. Axes that the tensor lacks do not move it, and axes of the tensor that are not listed stay at 0.
 */
export function offsets(
  axes: readonly Axis[],
  shape: readonly number[],
  tensor: Pick<Tensor, 'axes' | 'shape'>,
): Int32Array {
  const own = strides(tensor.shape);
  const stepOf = (axis: Axis): number => required(own[tensor.axes.indexOf(axis)], 'stride of an axis');
  const steps = axes.map((axis) => (tensor.axes.includes(axis) ? stepOf(axis) : 0));
  const result = new Int32Array(entries(shape));
  // Doubling over axes from the last: positions of the axes after k repeat along axis k, moved by its step.
  let filled = 1;
  for (let k = axes.length - 1; k >= 0; k--) {
    const [size, step] = [required(shape[k], 'size of an axis'), required(steps[k], 'stride of an axis')];
    for (let i = 1; i < size; i++) {
      for (let p = 0; p < filled; p++) result[i * filled + p] = required(result[p], 'offset') + i * step;
    }
    filled *= size;
  }
  return result;
}
