import { type ErrorData, type ErrorKind, NexortError } from '../errors/index.ts';

/** What is known of an error: of one that another thread threw, or that is told again with its place. */
export interface Told {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly data: ErrorData;
  readonly stack?: string | undefined;
}

/** An error by what is known of it, its message as it is. */
export class ToldError extends NexortError {
  readonly kind: ErrorKind;

  constructor({ kind, code, message, data, stack }: Told) {
    super(code, message, data);
    this.kind = kind;
    if (stack !== undefined) this.stack = stack;
  }
}
