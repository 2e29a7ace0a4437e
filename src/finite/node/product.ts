/** Products of f64 matrices on onnxruntime-node, for rooms that compute in f64 and take an engine where there is one. */

import { availableParallelism } from 'node:os';
import type * as ort from 'onnxruntime-node';
import { OnnxGraph } from '../onnx/graph.ts';
import { checkThreads, loadRuntime, type NodeOptions } from './backend.ts';

/** a · bᵀ in f64, [rows of a, rows of b], for matrices of rows of `length` numbers; `into` is where it goes, new if absent. */
export interface NodeProduct {
  (a: Float64Array, b: Float64Array, length: number, into?: Float64Array): Promise<Float64Array>;
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
  const product: Multiply = async (
    a,
    b,
    length,
    into = new Float64Array((a.length / length) * (b.length / length)),
  ) => {
    // Threads share the rows of the left if there are at least as many; columns that they share are added up in an order
    // that depends on how many each has.
    const order = a.length < b.length ? 'turned' : 'straight';
    const starting = started.get(order) ?? start(order, threads);
    started.set(order, starting);
    const { session, TensorOf } = await starting;
    const [rows, columns] = [a.length / length, b.length / length];
    const tensor = (data: Float64Array, dims: number[]): ort.Tensor => new TensorOf('float64', data, dims);
    // Results of its own the runtime would copy.
    const feeds = { a: tensor(a, [rows, length]), b: tensor(b, [columns, length]) };
    await session.run(feeds, { product: tensor(into, [rows, columns]) });
    return into;
  };
  const release = async (): Promise<void> => {
    const ending = [...started.values()];
    started.clear();
    for (const { session } of await Promise.all(ending)) await session.release();
  };
  return Object.assign(product, { release });
}

type Multiply = (a: Float64Array, b: Float64Array, length: number, into?: Float64Array) => Promise<Float64Array>;

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
