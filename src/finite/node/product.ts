/** Products of f64 matrices on onnxruntime-node, for rooms that compute in f64 and take an engine where there is one. */

import { availableParallelism } from 'node:os';
import type * as ort from 'onnxruntime-node';
import { OnnxGraph } from '../onnx/graph.ts';
import { checkThreads, loadRuntime, type NodeOptions } from './backend.ts';

/** a · bᵀ in f64, [rows of a, rows of b], for matrices of rows of `length` numbers. */
export interface NodeProduct {
  (a: Float64Array, b: Float64Array, length: number): Promise<Float64Array>;
  /** Frees the runtime's threads; a later product starts them anew. */
  release(): Promise<void>;
}

/**
 * Products on this machine's CPU, to the bit the same for any number of threads.
 *
 * The runtime is loaded with the first product. Throws what `nodeBackend` throws.
 */
export function nodeProduct({ threads = availableParallelism() }: NodeOptions = {}): NodeProduct {
  checkThreads(threads);
  const started = new Map<Order, ReturnType<typeof start>>();
  const product = async (a: Float64Array, b: Float64Array, length: number): Promise<Float64Array> => {
    // Threads share the rows of the left if there are at least as many; columns that they share are added up in an order
    // that depends on how many each has.
    const order = a.length < b.length ? 'turned' : 'straight';
    const starting = started.get(order) ?? start(order, threads);
    started.set(order, starting);
    const { session, TensorOf } = await starting;
    const tensor = (data: Float64Array): ort.Tensor => new TensorOf('float64', data, [data.length / length, length]);
    const { product: found } = await session.run({ a: tensor(a), b: tensor(b) });
    if (found?.data instanceof Float64Array) return found.data;
    throw new TypeError(`ONNX Runtime returned ${found?.type ?? 'nothing'} where float64 was declared`);
  };
  const release = async (): Promise<void> => {
    const ending = [...started.values()];
    started.clear();
    for (const { session } of await Promise.all(ending)) await session.release();
  };
  return Object.assign(product, { release });
}

/** a · bᵀ itself, or as the transpose of b · aᵀ. */
type Order = 'straight' | 'turned';

async function start(
  order: Order,
  threads: number,
): Promise<{ session: ort.InferenceSession; TensorOf: typeof ort.Tensor }> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const session = await InferenceSession.create(model(order), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // The arena would keep room for the largest products.
    enableCpuMemArena: false,
    // It would turn a product back that is turned; else it spares a copy.
    graphOptimizationLevel: order === 'turned' ? 'disabled' : 'basic',
    // Threads that wait by spinning would take the cores from what is computed between products.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  });
  return { session, TensorOf: Tensor };
}

/** One product of matrices of any shape. */
function model(order: Order): Uint8Array {
  const graph = new OnnxGraph();
  const [a, b] = [graph.input('a', 'float64'), graph.input('b', 'float64')];
  const product =
    order === 'straight'
      ? graph.op('Gemm', [a, b], { transB: 1 })
      : graph.op('Transpose', [graph.op('Gemm', [b, a], { transB: 1 })], { perm: [1, 0] });
  graph.identity(product, 'product');
  graph.output('product', 'float64');
  return graph.model();
}
