/** The runtime of browsers: onnxruntime-web in WebAssembly. */

import type * as ort from 'onnxruntime-web';
import { required } from '../../errors/index.ts';
import type { Backend, BackendSession } from '../backend.ts';
import { Engine } from '../engine.ts';
import { runSession, type TensorClass } from '../ortTensors.ts';
import { notIsolated } from './errors.ts';

/** What is used of the module `onnxruntime-web`, or of `onnxruntime-web/wasm`, which is smaller. */
export type WebRuntime = Pick<typeof ort, 'InferenceSession' | 'Tensor' | 'env'>;

/** What `webEngine` is told. */
export interface WebOptions {
  /**
   * Threads of a matrix product; default 1. The module takes the number with its first model. More than one need a page
   * that is isolated by the headers `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy:
   * require-corp`, and a bundle with the condition `onnxruntime-web-use-extern-wasm`: threads load the module's `.mjs`
   * from where `env.wasm.wasmPaths` has it, and would load the page's own script otherwise.
   */
  readonly threads?: number;
}

/**
 * ONNX Runtime in WebAssembly. The module is given, so that a page decides how and when it is loaded; where its `.wasm`
 * lies is a setting of the module's own, `env.wasm.wasmPaths`. Throws {@link UnsupportedError} `finite.not-isolated`.
 */
export function webBackend(runtime: WebRuntime, { threads = 1 }: WebOptions = {}): Backend {
  // Pages say whether they are isolated; Node does not, and has threads.
  const { crossOriginIsolated: isolated } = globalThis as { readonly crossOriginIsolated?: boolean };
  if (threads > 1 && isolated === false) throw notIsolated(threads);
  return {
    name: `onnxruntime-web ${runtime.env.versions.web ?? runtime.env.versions.common}, ${threads} threads`,
    load: async (model, { keepMemory = false } = {}) => {
      runtime.env.wasm.numThreads = threads;
      const session = await runtime.InferenceSession.create(model, {
        executionProviders: ['wasm'],
        executionMode: 'sequential',
        // As in Node: without it, each session would hold the largest working set it ever had.
        enableCpuMemArena: keepMemory,
        logSeverityLevel: 3,
      });
      return webSession(session, runtime.Tensor);
    },
  };
}

/** An engine in WebAssembly. */
export function webEngine(runtime: WebRuntime, options: WebOptions = {}): Engine {
  return new Engine(webBackend(runtime, options));
}

function webSession(session: ort.InferenceSession, TensorOf: TensorClass): BackendSession {
  return {
    run: (feeds, outputs) => runSession(session, TensorOf, feeds, outputs),
    // The runtime's memory is not the page's: it copies feeds in and results out, and writes into no given array.
    prepare: (held, into) => {
      const targets = Object.entries(into);
      return async (feeds) => {
        const results = await runSession(session, TensorOf, { ...held, ...feeds }, Object.keys(into));
        for (const [name, { data }] of targets) data.set(required(results[name], name));
      };
    },
    release: () => session.release(),
  };
}
