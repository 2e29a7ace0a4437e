/** The runtime of Node: onnxruntime-node on the CPU. */

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import type * as ort from 'onnxruntime-node';
import { type Backend, type BackendSession, NO_COPIES, type RawTensor } from '../backend.ts';
import { Engine } from '../engine.ts';
import { ortTensor, runSession, type TensorClass } from '../ortTensors.ts';
import { deviceSession, onDevice } from './device.ts';
import { badThreads, noRuntime, telemetryInThread } from './errors.ts';

/** More than any machine has cores; the runtime starts as many as it is told, until the system gives no more. */
const MOST_THREADS = 1024;

/** Where programs run: on this machine's processor, or on a GPU through the runtime's WebGPU provider (device.ts). */
export type Device = 'cpu' | 'webgpu';

/** What `nodeEngine` is told. */
export interface NodeOptions {
  /** Threads of a matrix product; default one per available core. */
  readonly threads?: number;
  /** Default `cpu`. */
  readonly device?: Device;
  /** Called when a program has operations that the device lacks, which run on the processor; once an engine. */
  readonly onFallback?: () => void;
}

/**
 * ONNX Runtime on this machine, loaded with the first model: what needs no engine works without it. Numbers are f32 on every
 * device. Throws
 * {@link UserError} `finite.threads` for a number of threads that no machine has; {@link UnsupportedError} `finite.no-runtime` where it cannot be loaded, and `finite.telemetry-in-thread` in a thread
 * started without `ORT_DISABLE_TELEMETRY`; on the device `finite.device-lost`, and {@link UserError} `finite.no-adapter` where there is none.
 */
export function nodeBackend({
  threads = availableParallelism(),
  device = 'cpu',
  onFallback,
}: NodeOptions = {}): Backend {
  checkThreads(threads);
  let tell = onFallback;
  return {
    name: `${nodeRuntime(device)}, ${threads} threads`,
    // What ends the copying is an operation of the processor.
    copiesResults: device === 'cpu',
    firstResults: device !== 'cpu',
    load: async (model, { keepMemory = false } = {}) => {
      const runtime = await loadRuntime();
      const options: ort.InferenceSession.SessionOptions = {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // The arena keeps the largest working set of every session; blocks of many shapes would each hold one. Without
        // it, each value gets new pages from the system, a fifth of the time of a training step.
        enableCpuMemArena: keepMemory,
        // What a first run teaches would be laid out a second time, beside what the arena holds already.
        enableMemPattern: !keepMemory,
        // Threads that wait by spinning take the cores from the next session, of which there are many.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        logSeverityLevel: 3,
      };
      if (device === 'cpu') return nodeSession(await runtime.InferenceSession.create(model, options), runtime.Tensor);
      const { session, fell } = await deviceSession(runtime, model, options);
      if (fell) {
        tell?.();
        tell = undefined;
      }
      return onDevice(nodeSession(session, runtime.Tensor));
    },
  };
}

/** Throws {@link UserError} `finite.threads`. */
export function checkThreads(threads: number): void {
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > MOST_THREADS) throw badThreads(threads, MOST_THREADS);
}

/** The runtime's module, loaded with its telemetry off. */
export async function loadRuntime(): Promise<typeof ort> {
  turnTelemetryOff();
  return await import('onnxruntime-node').catch((reason: unknown) => {
    throw noRuntime(reason);
  });
}

/** An engine on this machine's CPU. */
export function nodeEngine(options: NodeOptions = {}): Engine {
  return new Engine(nodeBackend(options));
}

/**
 * The library would write a device id and a database of usage events into the home folder, for upload; it reads the
 * environment of the process once, when it is loaded. A thread has a copy of that environment, and cannot change it.
 */
function turnTelemetryOff(): void {
  if (isMainThread) process.env.ORT_DISABLE_TELEMETRY = '1';
  else if (process.env.ORT_DISABLE_TELEMETRY !== '1') throw telemetryInThread();
}

/** Name and version of the runtime, and the device where it is not the processor: numbers belong to all of these. Throws {@link UnsupportedError} `finite.no-runtime` where it is not installed. */
export function nodeRuntime(device: Device = 'cpu'): string {
  try {
    // Its package.json, which TypeScript does not read.
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
    return `onnxruntime-node ${version}${device === 'cpu' ? '' : ` ${device}`}`;
  } catch (reason) {
    throw noRuntime(reason);
  }
}

function nodeSession(session: ort.InferenceSession, TensorOf: TensorClass): BackendSession {
  return {
    run: (feeds, outputs) => runSession(session, TensorOf, feeds, outputs),
    prepare: (held, into) => {
      const fixed = tensorsOf(held, TensorOf);
      const written = tensorsOf(into, TensorOf);
      const results = session.outputNames.includes(NO_COPIES) ? { [NO_COPIES]: null, ...written } : written;
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

function tensorsOf(raw: Readonly<Record<string, RawTensor>>, TensorOf: TensorClass): Record<string, ort.Tensor> {
  return Object.fromEntries(Object.entries(raw).map(([name, one]) => [name, ortTensor(one, TensorOf)]));
}
