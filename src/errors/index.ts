/**
 * The three kinds of error that nexort throws.
 *
 * - {@link UserError}: the input is wrong; the message says where, what was given, what was expected, how to fix it.
 * - {@link UnsupportedError}: the request is sensible but not available; the message names what is.
 * - {@link InvariantError}: our own bug.
 *
 * Every error carries a stable `code` and the `data` behind its words. Each room keeps its wording in one file,
 * `errors.ts`, as functions that build these; code elsewhere never writes messages.
 */

/** What an error's message is made of, by name. */
export type ErrorData = Readonly<Record<string, unknown>>;

/** Whose mistake an error is: the user's, of a feature that is missing, or ours. */
export type ErrorKind = 'user' | 'unsupported' | 'invariant';

/**
 * What all errors of nexort have: a kind, a stable code, and the data that the message is made of. Catch this one to
 * tell them from others.
 */
export abstract class NexortError extends Error {
  abstract readonly kind: ErrorKind;
  /** Stable identifier, `room.problem`, for programs that react to errors. */
  readonly code: string;
  /** What the message is made of. */
  readonly data: ErrorData;

  constructor(code: string, message: string, data: ErrorData = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.data = data;
  }
}

/** The input is wrong. */
export class UserError extends NexortError {
  readonly kind = 'user';
}

/** The request is sensible but not available here. */
export class UnsupportedError extends NexortError {
  readonly kind = 'unsupported';
}

/** A broken promise of our own code. */
export class InvariantError extends NexortError {
  readonly kind = 'invariant';

  constructor(code: string, message: string, data: ErrorData = {}) {
    super(code, `${message} This is a bug in nexort, not in your input; please report it.`, data);
  }
}

/** What our own code must have made. Throws {@link InvariantError} `errors.missing` where it has not. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new InvariantError('errors.missing', `There is no ${what}.`);
  return value;
}

/**
 * Ends a `switch` over a union: reaching it at run time means that a case was added without its code. Throws
 * {@link InvariantError} `errors.unreachable`.
 */
export function unreachable(value: never, where: string): never {
  throw new InvariantError('errors.unreachable', `${where}: no case for ${JSON.stringify(value)}.`);
}
