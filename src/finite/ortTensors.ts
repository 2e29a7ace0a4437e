/** Raw tensors as those of onnxruntime-common, which the runtimes of Node and of browsers share. */

import type * as ort from 'onnxruntime-node';
import { required } from '../errors/index.ts';
import type { RawResults, RawTensor } from './backend.ts';

/** The class of the runtime's tensors. */
export type TensorClass = typeof ort.Tensor;

/** Runs a model and gives its results in arrays of the runtime's own. */
export async function runSession(
  session: ort.InferenceSession,
  TensorOf: TensorClass,
  feeds: Readonly<Record<string, RawTensor>>,
  outputs: readonly string[],
): Promise<RawResults> {
  const inputs = Object.fromEntries(
    session.inputNames.map((name) => [name, ortTensor(required(feeds[name], name), TensorOf)]),
  );
  const results = await session.run(inputs, [...outputs]);
  return Object.fromEntries(outputs.map((name) => [name, floats(results[name])]));
}

/** The runtime's tensor over the same numbers. */
export function ortTensor({ data, dims }: RawTensor, TensorOf: TensorClass): ort.Tensor {
  return data instanceof Float32Array ? new TensorOf('float32', data, dims) : new TensorOf('int32', data, dims);
}

function floats(value: ort.Tensor | undefined): Float32Array {
  if (value?.data instanceof Float32Array) return value.data;
  throw new TypeError(`ONNX Runtime returned ${value?.type ?? 'nothing'} where float32 was declared`);
}
