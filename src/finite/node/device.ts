/**
 * Sessions on a GPU, by the runtime's WebGPU provider: Vulkan, Direct3D 12 or Metal. What the provider lacks the runtime gives
 * to the processor, operation by operation; that is found out by asking for a session without. So go those whose numbers a
 * device may round far more coarsely than the processor.
 */

import type * as ort from 'onnxruntime-node';
import type { BackendSession } from '../backend.ts';
import { deviceLost, noAdapter } from './errors.ts';

/**
 * Operators that WGSL lets be far less exact than 32 bits, which the processor runs: sines have absolute errors up to 2⁻¹¹, inverse
 * ones 4096 units in the last place, and powers those of the exponents of their logarithms (W3C, WebGPU Shading Language,
 * section 15.7.4, "Floating Point Accuracy").
 */
const INEXACT = ['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Pow'];
/** Nodes of these operators, by the names that models of ours give them. */
const INEXACT_NODE = new RegExp(`\\b(${INEXACT.join('|')})\\.\\1\\d+`, 'g');

/** What the runtime says where there is no GPU, and where it has gone. */
const NO_ADAPTER = /Failed to get a WebGPU (?:adapter|device)[^\n]*/;
/** As the provider says it, as Dawn below it does of its objects, and as the drivers of Vulkan and Direct3D do. */
const LOST =
  /(?:device (?:is |was )?lost|\[(?:Device|Queue|Buffer)[^\]\n]*\] is lost|VK_ERROR_DEVICE_LOST|DXGI_ERROR_DEVICE_(?:REMOVED|RESET|HUNG))[^\n]*/i;

export interface DeviceSession {
  readonly session: ort.InferenceSession;
  /** Whether some of its operations run on the processor. */
  readonly fell: boolean;
}

/** Throws {@link UserError} `finite.no-adapter`, {@link UnsupportedError} `finite.device-lost`. */
export async function deviceSession(
  runtime: typeof ort,
  model: Uint8Array,
  options: ort.InferenceSession.SessionOptions,
): Promise<DeviceSession> {
  const kept = [...new Set(Buffer.from(model).toString('latin1').match(INEXACT_NODE) ?? [])];
  const provider: ort.InferenceSession.ExecutionProviderConfig = { name: 'webgpu', forceCpuNodeNames: kept };
  const given = { ...options, executionProviders: [kept.length === 0 ? 'webgpu' : provider] };
  const { session: settings } = (options.extra ?? {}) as { readonly session?: Readonly<Record<string, unknown>> };
  // Its complaint is none: the session without it follows.
  const alone = {
    ...given,
    logSeverityLevel: 4 as const,
    extra: { session: { ...settings, disable_cpu_ep_fallback: '1' } },
  };
  if (kept.length === 0) {
    try {
      return { session: await runtime.InferenceSession.create(model, alone), fell: false };
    } catch (reason) {
      throwIfOfDevice(reason);
    }
  }
  try {
    return { session: await runtime.InferenceSession.create(model, given), fell: true };
  } catch (reason) {
    throwIfOfDevice(reason);
    throw reason;
  }
}

/** A session whose failures tell when the device is gone. */
export function onDevice(session: BackendSession): BackendSession {
  const told = async <Result>(result: Promise<Result>): Promise<Result> => {
    try {
      return await result;
    } catch (reason) {
      throwIfOfDevice(reason);
      throw reason;
    }
  };
  return {
    run: (feeds, outputs) => told(session.run(feeds, outputs)),
    prepare: (held, into) => {
      const run = session.prepare(held, into);
      return (feeds) => told(run(feeds));
    },
    release: () => session.release(),
  };
}

function throwIfOfDevice(reason: unknown): void {
  const text = reason instanceof Error ? reason.message : String(reason);
  const [none] = NO_ADAPTER.exec(text) ?? [];
  if (none !== undefined) throw noAdapter(none);
  const [lost] = LOST.exec(text) ?? [];
  if (lost !== undefined) throw deviceLost(lost.replace(/\.$/, ''));
}
