/** What goes between a process and its threads that compute scramblings. */

import { type ErrorKind, NexortError, UnsupportedError, UserError } from '../../errors/index.ts';
import type { Scrambling } from '../index.ts';

/** What a thread says of the task that it was given: how much is done, then what came of it. */
export type Answer = { readonly share: number } | { readonly scrambling: Scrambling } | { readonly failure: Failure };

/** An error as plain data: what a thread throws arrives without its class. */
export interface Failure {
  readonly kind: ErrorKind | 'other';
  readonly code: string;
  readonly message: string;
  readonly data: string;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof NexortError) {
    const { kind, code, message, data } = error;
    return { kind, code, message, data: JSON.stringify(data) };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'other', code: '', message, data: '{}' };
}

/** The error again: a user's or a missing feature as such, all else with the words of the thread. */
export function errorOf({ kind, code, message, data }: Failure): Error {
  if (kind === 'user') return new UserError(code, message, JSON.parse(data));
  if (kind === 'unsupported') return new UnsupportedError(code, message, JSON.parse(data));
  return new Error(message);
}
