/** Numbers with named axes: what interpreters take and give. */

import { required } from '../errors/index.ts';
import type { Axis } from './axes.ts';

/** Storage of real values (f64 or f32) and of indices. */
export type TensorData = Float64Array | Float32Array | Int32Array;

/** Row-major numbers: entry (i₁, i₂, …) of `axes[0]`, `axes[1]`, … at the usual mixed-radix position. */
export interface Tensor<D extends TensorData = TensorData> {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly data: D;
}

/** Named tensors: feeds, results, state. */
export type Tensors<D extends TensorData = TensorData> = Readonly<Record<string, Tensor<D>>>;

/** Number of entries of a shape, which has one size for each axis: 1 of no axes. */
export function entries(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

/** Steps between neighbors in row-major order, one for each axis of the shape. */
export function strides(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length);
  let step = 1;
  for (let k = shape.length - 1; k >= 0; k--) {
    steps[k] = step;
    step *= required(shape[k], 'size of an axis');
  }
  return steps;
}

/**
 * A tensor of f64 numbers on these axes, `shape` with one size for each, `data` row-major; copies, and checks nothing.
 */
export function tensor(axes: readonly Axis[], shape: readonly number[], data: ArrayLike<number>): Tensor<Float64Array> {
  return { axes, shape, data: Float64Array.from(data) };
}

/** A tensor of indices on these axes, `shape` with one size for each, `data` row-major; copies, and checks nothing. */
export function indexTensor(
  axes: readonly Axis[],
  shape: readonly number[],
  data: ArrayLike<number>,
): Tensor<Int32Array> {
  return { axes, shape, data: Int32Array.from(data) };
}

/** The same tensor on its axes in another order, row-major in that order (a copy unless the order is the same). */
export function reorder<D extends TensorData>(value: Tensor<D>, axes: readonly Axis[]): Tensor<D> {
  if (axes.every((axis, k) => axis === value.axes[k])) return value;
  const from = strides(value.shape);
  const position = axes.map((axis) => value.axes.indexOf(axis));
  const shape = position.map((k) => required(value.shape[k], 'size of an axis'));
  const steps = position.map((k) => required(from[k], 'stride of an axis'));
  const data = value.data.slice() as D; // slice of a typed array keeps its type; TypeScript widens the union
  const counter = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let target = 0; target < data.length; target++) {
    data[target] = required(value.data[source], 'entry of a tensor');
    for (let k = shape.length - 1; k >= 0; k--) {
      const step = required(steps[k], 'stride of an axis');
      const size = required(shape[k], 'size of an axis');
      counter[k] = required(counter[k], 'place on an axis') + 1;
      source += step;
      if (required(counter[k], 'place on an axis') < size) break;
      counter[k] = 0;
      source -= step * size;
    }
  }
  return { axes, shape, data };
}
