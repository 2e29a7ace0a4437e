/** Words of the errors of the runtime of Node. */

import { UnsupportedError, UserError } from '../../errors/index.ts';

/** ONNX Runtime, a native library, is missing or does not load here. */
export function noRuntime(reason: unknown): UnsupportedError {
  const [first = ''] = (reason instanceof Error ? reason.message : String(reason)).split('\n');
  return new UnsupportedError(
    'finite.no-runtime',
    `ONNX Runtime does not load on ${process.platform} ${process.arch}: ${first}. Install the packages again (npm ci in a ` +
      'clone, npm install nexort elsewhere); nexort doctor says what is missing.',
    { reason: first },
  );
}

/** A thread cannot change the environment that the library reads. */
export function telemetryInThread(): UnsupportedError {
  return new UnsupportedError(
    'finite.telemetry-in-thread',
    'ONNX Runtime records usage in your home folder unless ORT_DISABLE_TELEMETRY is 1 in the environment of the process, ' +
      "which a worker thread cannot set. Set process.env.ORT_DISABLE_TELEMETRY = '1' in the main thread before it starts " +
      'workers, or start the process with it.',
  );
}

/** A number of threads that is none, or that no machine has. */
export function badThreads(given: number, most: number): UserError {
  return new UserError(
    'finite.threads',
    `an engine of ${given} threads was asked for; expected a whole number from 1 to ${most}.`,
    { given, most },
  );
}

/** No GPU answers the runtime's WebGPU provider. */
export function noAdapter(reason: string): UserError {
  return new UserError(
    'finite.no-adapter',
    `there is no GPU that ONNX Runtime's WebGPU provider can use here: ${reason}. It needs a driver of Vulkan (Linux: the ` +
      "GPU's own driver or mesa-vulkan-drivers, and libvulkan1), Direct3D 12 (Windows) or Metal (macOS); nexort doctor looks " +
      'for one. Without it, leave --device out.',
    { reason },
  );
}

/** The GPU has stopped answering; nothing more can be computed on it in this process. */
export function deviceLost(reason: string): UnsupportedError {
  return new UnsupportedError(
    'finite.device-lost',
    `the GPU was lost: ${reason}. Start the same command again: a run goes on from what is complete. If it is lost again, a ` +
      'smaller --memory, or --device cpu with another folder, asks less of it.',
    { reason },
  );
}
