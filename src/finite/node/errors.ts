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
