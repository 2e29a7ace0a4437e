/** How a command ends: 0 done, 1 failed (a failed verdict, our bug), 2 bad usage or input. */

import { NexortError } from '../errors/index.ts';

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

function reportError(error: unknown): void {
  const known = error instanceof NexortError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: ${message}\n`);
  const debug = (process.env.NEXORT_DEBUG ?? '') !== '';
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  else if (!known) process.stderr.write('Set NEXORT_DEBUG=1 to see where it comes from.\n');
  process.exitCode = known && error.kind !== 'invariant' ? BAD_INPUT : FAILED;
}
