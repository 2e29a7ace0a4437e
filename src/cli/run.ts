/** How commands end: exit codes and the one message of an error. */

import { NexortError } from '../errors/index.ts';

/** How an action ended that did not throw: `failed` is a verdict about the user's model, not an error. */
export type Outcome = 'done' | 'failed';

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, badInput: 2 } as const;

/** An exit code of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * Runs the action of a command and sets the exit code of the process: 0 done; 1 a failed verdict, a bug of ours or an
 * unknown error; 2 input that is wrong or not supported.
 *
 * An error becomes one message on stderr, with its stack trace only where NEXORT_DEBUG is set. The process is left to
 * end by itself, for `process.exit` would cut off output that is still being written to a pipe.
 *
 * @example program.command('tasks').action(() => runCommand(async () => { print(text); return 'done'; }));
 */
export async function runCommand(action: () => Outcome | Promise<Outcome>): Promise<void> {
  try {
    process.exitCode = EXIT[await action()];
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

/** The exit code for something thrown. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof NexortError && error.kind !== 'invariant' ? EXIT.badInput : EXIT.failed;
}

/** The message for something thrown, with its stack trace only where NEXORT_DEBUG is set. */
export function errorText(error: unknown): string {
  const message = `error: ${error instanceof Error ? error.message : String(error)}`;
  if (process.env.NEXORT_DEBUG && error instanceof Error) return `${message}\n${error.stack ?? ''}`;
  return exitCodeOf(error) === EXIT.failed ? `${message}\nSet NEXORT_DEBUG=1 to see where it happened.` : message;
}
