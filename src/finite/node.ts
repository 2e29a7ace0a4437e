/** The runtime of Node: onnxruntime-node on the CPU. */

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type * as ort from 'onnxruntime-node';
import { required } from '../errors/index.ts';
import { type Backend, type BackendSession, NO_COPIES, type RawTensor } from './backend.ts';
import { Engine } from './engine.ts';
import { noRuntime } from './errors.ts';

export interface NodeOptions {
  /** Threads of a matrix product; default one per available core. */
  readonly threads?: number;
}

/**
 * ONNX Runtime on this machine's CPU, loaded with the first model: what needs no engine works without it. Throws
 * {@link UnsupportedError} `finite.no-runtime` where it cannot be loaded.
 */
export function nodeBackend({ threads = availableParallelism() }: NodeOptions = {}): Backend {
  return {
    name: `${nodeRuntime()}, ${threads} threads`,
    load: async (model, { keepMemory = false } = {}) => {
      const runtime = await import('onnxruntime-node').catch((reason: unknown) => {
        throw noRuntime(reason);
      });
      const session = await runtime.InferenceSession.create(model, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // The arena keeps the largest working set of every session; blocks of many shapes would each hold one. Without
        // it, each value gets new pages from the system, a fifth of the time of a training step.
        enableCpuMemArena: keepMemory,
        // Threads that wait by spinning take the cores from the next session, of which there are many.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        logSeverityLevel: 3,
      });
      return wrap(session, runtime.Tensor);
    },
  };
}

/** An engine on this machine's CPU. */
export function nodeEngine(options: NodeOptions = {}): Engine {
  return new Engine(nodeBackend(options));
}

/** Name and version of the runtime. Throws {@link UnsupportedError} `finite.no-runtime` where it is not installed. */
export function nodeRuntime(): string {
  try {
    // Its package.json, which TypeScript does not read.
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
    return `onnxruntime-node ${version}`;
  } catch (reason) {
    throw noRuntime(reason);
  }
}

function wrap(session: ort.InferenceSession, TensorOf: typeof ort.Tensor): BackendSession {
  return {
    run: async (feeds, outputs) => {
      const inputs = Object.fromEntries(
        session.inputNames.map((name) => [name, ortTensor(required(feeds[name], name), TensorOf)]),
      );
      const results = await session.run(inputs, [...outputs]);
      return Object.fromEntries(outputs.map((name) => [name, floats(results[name])]));
    },
    prepare: (held, into) => {
      const fixed = tensorsOf(held, TensorOf);
      const results = { [NO_COPIES]: null, ...tensorsOf(into, TensorOf) };
      return async (feeds) => {
        try {
          await session.run({ ...fixed, ...tensorsOf(feeds, TensorOf) }, results);
        } catch (reason) {
          if (!(reason instanceof Error && reason.message === CANNOT_RETURN_LISTS)) throw reason;
        }
      };
    },
    release: () => session.release(),
  };
}

/** What the binding says when it comes to return a list, all results being written. */
const CANNOT_RETURN_LISTS = 'Non tensor type is temporarily not supported.';

function tensorsOf(raw: Readonly<Record<string, RawTensor>>, TensorOf: typeof ort.Tensor): Record<string, ort.Tensor> {
  return Object.fromEntries(Object.entries(raw).map(([name, one]) => [name, ortTensor(one, TensorOf)]));
}

function ortTensor({ data, dims }: RawTensor, TensorOf: typeof ort.Tensor): ort.Tensor {
  return data instanceof Float32Array ? new TensorOf('float32', data, dims) : new TensorOf('int32', data, dims);
}

function floats(value: ort.Tensor | undefined): Float32Array {
  if (value?.data instanceof Float32Array) return value.data;
  throw new TypeError(`ONNX Runtime returned ${value?.type ?? 'nothing'} where float32 was declared`);
}
