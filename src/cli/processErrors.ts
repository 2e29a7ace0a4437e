/** Words of the errors of the process itself: apart, for every command loads them. */

import { UserError } from '../errors/index.ts';

/** A size is more than memory holds, or than an array can have. */
export function outOfMemory(cause: Error): UserError {
  return new UserError(
    'cli.out-of-memory',
    `there is no memory for arrays as large as these sizes make (${cause.message}). Give smaller ones.`,
    { cause: cause.message },
  );
}

/** Standard output takes no more. */
export function unwritableOutput({ code, message }: NodeJS.ErrnoException): UserError {
  const reason = code === 'ENOSPC' ? 'the device is full' : message;
  return new UserError(
    'cli.unwritable-output',
    `the result cannot be written to standard output: ${reason}. Send it to a file with room, or to a terminal.`,
    { cause: code },
  );
}
