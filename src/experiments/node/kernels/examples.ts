/** Some of the inputs of a kernel. */

import { required } from '../../../errors/index.ts';
import { type Axis, reorder, type Tensor, type Tensors } from '../../../program/index.ts';

/** Positions from `from` up to, not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export const lengthOf = ({ from, to }: Range): number => to - from;

/** The whole of so many in parts of `size`, the last of which may be smaller. */
export function partsOf(whole: Range, size: number): readonly Range[] {
  return Array.from({ length: Math.ceil(lengthOf(whole) / size) }, (_, k) => ({
    from: whole.from + k * size,
    to: Math.min(whole.to, whole.from + (k + 1) * size),
  }));
}

/** Data with the axis of examples first, of which ranges are views. */
export function examplesFirst(data: Tensors, examples: Axis): Tensors {
  return mapped(data, (tensor) =>
    tensor.axes.includes(examples)
      ? reorder(tensor, [examples, ...tensor.axes.filter((axis) => axis !== examples)])
      : tensor,
  );
}

/** A range of examples; what is the same for all examples stays. */
export function examplesIn(data: Tensors, examples: Axis, { from, to }: Range): Tensors {
  return mapped(data, (tensor) => {
    if (tensor.axes[0] !== examples) return tensor;
    const { axes, shape } = tensor;
    const count = tensor.data.length / required(shape[0], 'number of examples');
    return { axes, shape: [to - from, ...shape.slice(1)], data: tensor.data.subarray(from * count, to * count) };
  });
}

const mapped = (data: Tensors, change: (tensor: Tensor) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(data).map(([name, tensor]) => [name, change(tensor)]));
