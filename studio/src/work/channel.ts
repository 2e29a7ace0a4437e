/** Calls to a worker: typed questions, answers that may come in parts, errors as their words. */

/** What a worker does: by name what it is given, what it tells meanwhile, and what it gives. */
export type Jobs = Readonly<
  Record<string, { readonly given: unknown; readonly part: unknown; readonly gives: unknown }>
>;

/** How each is done. */
export type Handlers<J extends Jobs> = {
  readonly [K in keyof J]: (given: J[K]['given'], part: (value: J[K]['part']) => void) => Promise<J[K]['gives']>;
};

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly given: unknown;
}

export type Answer =
  | { readonly id: number; readonly kind: 'part'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'done'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly code: string; readonly message: string };

/** The side of the worker that both ends need, of a page's or of another's. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Answers questions, one after another as they come. */
export function serve<J extends Jobs>(port: Port, handlers: Handlers<J>): void {
  port.addEventListener('message', async ({ data }) => {
    const { id, name, given } = data as Question; // sent by a pool
    const answer = (one: Answer): void => port.postMessage(one);
    try {
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
      if (handler === undefined) throw new Error(`no job "${name}"`);
      const value = await handler(given, (part) => answer({ id, kind: 'part', value: part }));
      answer({ id, kind: 'done', value });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      answer({ id, kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    }
  });
}
