/** Words of the errors of the runtime of browsers. */

import { UnsupportedError } from '../../errors/index.ts';

/** Threads share memory, which a page may do only when it is isolated from other pages. */
export function notIsolated(threads: number): UnsupportedError {
  return new UnsupportedError(
    'finite.not-isolated',
    `${threads} threads were asked for in a page that may not share memory. Serve it with the headers ` +
      '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp", or take 1 thread.',
    { threads },
  );
}
