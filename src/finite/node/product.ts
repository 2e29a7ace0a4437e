/** Products of f64 matrices on onnxruntime-node, for rooms that compute in f64 and take an engine where there is one. */

import { availableParallelism } from 'node:os';
import type * as ort from 'onnxruntime-node';
import { OnnxGraph } from '../onnx/graph.ts';
import { checkThreads, loadRuntime, type NodeOptions } from './backend.ts';

/**
 * a · bᵀ in f64, [rows of a, rows of b], for matrices of rows of `length` numbers.
 *
 * The runtime is loaded with the first product. Throws what `nodeBackend` throws.
 */
export function nodeProduct({
  threads = availableParallelism(),
}: NodeOptions = {}): (a: Float64Array, b: Float64Array, length: number) => Promise<Float64Array> {
  checkThreads(threads);
  let started: ReturnType<typeof start> | undefined;
  return async (a, b, length) => {
    started ??= start(threads);
    const { session, TensorOf } = await started;
    const tensor = (data: Float64Array): ort.Tensor => new TensorOf('float64', data, [data.length / length, length]);
    const { product } = await session.run({ a: tensor(a), b: tensor(b) });
    if (product?.data instanceof Float64Array) return product.data;
    throw new TypeError(`ONNX Runtime returned ${product?.type ?? 'nothing'} where float64 was declared`);
  };
}

async function start(threads: number): Promise<{ session: ort.InferenceSession; TensorOf: typeof ort.Tensor }> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const session = await InferenceSession.create(model(), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Threads that wait by spinning would take the cores from what is computed between products.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  });
  return { session, TensorOf: Tensor };
}

/** One product of matrices of any shape. */
function model(): Uint8Array {
  const graph = new OnnxGraph();
  const [a, b] = [graph.input('a', 'float64'), graph.input('b', 'float64')];
  graph.identity(graph.op('Gemm', [a, b], { transB: 1 }), 'product');
  graph.output('product', 'float64');
  return graph.model();
}
