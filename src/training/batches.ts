/** Mini-batches: examples in an order that a seed shuffles anew in every epoch. */

import { required } from '../errors/index.ts';
import { stream } from '../numeric/index.ts';
import { entries, reorder, type Tensor, type TensorData, type Tensors } from '../program/index.ts';
import * as errors from './errors.ts';

/** The axis along which examples lie. */
const BATCH = 'batch';

/**
 * How many examples data hold along the axis `batch`, which some may lack. Throws {@link UserError}
 * `training.uneven-data`, `training.no-examples`.
 */
export function exampleCount(data: Tensors): number {
  const counts = Object.entries(data).flatMap(([name, { axes, shape }]) => {
    const at = axes.indexOf(BATCH);
    return at < 0 ? [] : [[name, required(shape[at], `examples of "${name}"`)] as const];
  });
  const [first] = counts;
  if (first === undefined || first[1] === 0) throw errors.noExamples(Object.keys(data));
  if (counts.some(([, count]) => count !== first[1])) throw errors.unevenData(counts);
  return first[1];
}

/** The data of some examples, by their numbers: rows along the axis `batch`, which comes first; the rest as it is. */
export function chosen(data: Tensors, examples: ArrayLike<number>): Tensors {
  return Object.fromEntries(Object.entries(data).map(([name, one]) => [name, rows(one, examples)]));
}

function rows(given: Tensor, examples: ArrayLike<number>): Tensor {
  const at = given.axes.indexOf(BATCH);
  if (at < 0) return given;
  const { axes, shape, data } = reorder(given, [BATCH, ...given.axes.filter((axis) => axis !== BATCH)]);
  const size = entries(shape.slice(1));
  const picked = emptyLike(data, examples.length * size);
  for (let k = 0; k < examples.length; k++) {
    const start = required(examples[k], 'example of a batch') * size;
    picked.set(data.subarray(start, start + size), k * size);
  }
  return { axes, shape: [examples.length, ...shape.slice(1)], data: picked };
}

function emptyLike(data: TensorData, count: number): TensorData {
  if (data instanceof Float64Array) return new Float64Array(count);
  return data instanceof Float32Array ? new Float32Array(count) : new Int32Array(count);
}

/** How many examples a step takes, and the seed of their order. */
export interface BatchOptions {
  /** Examples of a step. */
  readonly batch: number;
  readonly seed: number;
}

/**
 * The mini-batch of a step, counted from 0: examples along the axis `batch`, data without it as they are. It is a
 * function of the step alone, so that training resumes anywhere.
 *
 * An epoch takes every example once, in an order of its own, in batches of one size: what is left when the examples are
 * no multiple of it waits for another epoch, and since orders differ, other examples wait each time. A batch as large
 * as the data is all of it, in the order given, at every step.
 *
 * Throws {@link UserError} `training.uneven-data`, `training.no-examples`, `training.bad-batch`.
 */
export function miniBatches(data: Tensors, { batch, seed }: BatchOptions): (step: number) => Tensors {
  const count = exampleCount(data);
  if (!Number.isSafeInteger(batch) || batch < 1) throw errors.badBatch(batch);
  if (batch >= count) return () => data;
  const perEpoch = Math.floor(count / batch);
  const source = stream(seed, 'batches');
  let epoch = -1;
  let order: Uint32Array = new Uint32Array();
  return (step) => {
    const now = Math.floor(step / perEpoch);
    if (now !== epoch) {
      epoch = now;
      order = source.substream(now).permutation(count);
    }
    const start = (step % perEpoch) * batch;
    return chosen(data, order.subarray(start, start + batch));
  };
}

/**
 * All examples, along the axis `batch`, in their order, in batches of one size, the last one smaller where it must be.
 */
export function* inOrder(data: Tensors, batch: number): Generator<Tensors> {
  const count = exampleCount(data);
  for (let start = 0; start < count; start += batch) {
    yield chosen(
      data,
      Array.from({ length: Math.min(batch, count - start) }, (_, k) => start + k),
    );
  }
}

/**
 * Examples, along the axis `batch`, in two parts, drawn by the seed: a share held out to evaluate on, at least one, and
 * the rest; data without that axis are in both. Throws {@link UserError} `training.bad-share`,
 * `training.nothing-to-hold-out`.
 */
export function heldOut(
  data: Tensors,
  share: number,
  seed: number,
): { readonly train: Tensors; readonly test: Tensors } {
  const count = exampleCount(data);
  if (!(share > 0 && share < 1)) throw errors.badShare(share);
  if (count < 2) throw errors.nothingToHoldOut();
  const size = Math.min(count - 1, Math.max(1, Math.round(share * count)));
  const order = stream(seed, 'held out').permutation(count);
  const part = (from: number, to: number): Tensors => chosen(data, order.subarray(from, to).toSorted());
  return { train: part(size, count), test: part(0, size) };
}
