/** How a command ends: 0 done, 1 failed (a failed verdict, our bug), 2 bad usage or input. */

import { NexortError } from '../errors/index.ts';
import { outOfMemory } from './processErrors.ts';
import { printMessage } from './terminal.ts';

/** Exit code of bad usage or input. */
export const BAD_INPUT = 2;
/** Exit code of a failed verdict and of our own bugs. */
export const FAILED = 1;

/** Runs a command's action; an error becomes one message on stderr and an exit code. */
export async function runCommand(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    reportError(error);
  }
}

/** What engines say where a size is more than memory holds, or than an array can have (V8, and the C++ below it). */
const TOO_LARGE =
  /^(Invalid (typed )?array length|Array buffer allocation failed|Invalid string length|Set maximum size exceeded|Map maximum size exceeded|std::bad_alloc)/;

function reportError(thrown: unknown): void {
  const error = thrown instanceof Error && TOO_LARGE.test(thrown.message) ? outOfMemory(thrown) : thrown;
  const known = error instanceof NexortError;
  const message = error instanceof Error ? error.message : String(error);
  printMessage(`error: ${message}`);
  const debug = (process.env.NEXORT_DEBUG ?? '') !== '';
  if (debug && error instanceof Error) printMessage(error.stack ?? '');
  else if (!known) printMessage('Set NEXORT_DEBUG=1 to see where it comes from.');
  process.exitCode = known && error.kind !== 'invariant' ? BAD_INPUT : FAILED;
}
