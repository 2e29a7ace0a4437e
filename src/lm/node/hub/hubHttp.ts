/** Requests to the hub: patience with what passes, one clear error for what does not. */

import * as errors from './hubErrors.ts';
import type { HubName } from './hubName.ts';
import type { HubPlaces } from './hubPlaces.ts';

/** How the hub is asked. */
export interface HubHttp {
  /** As the global one, with the user's token, tries again, and errors. */
  readonly fetch: typeof fetch;
  /** Waits. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Tries of one request, and of one piece of a download. */
export const TRIES = 5;

/** The wait after the first failure; every further one is twice as long. */
const FIRST_WAIT = 500;

/** Without an answer or a byte for so long, a connection is taken to be broken. */
export const PATIENCE = 60_000;

/** The hub may ask for a longer wait than anybody wants to watch. */
const LONGEST_WAIT = 120_000;

/** The wait before another try. */
export const waitBefore = (attempt: number): number => FIRST_WAIT * 2 ** attempt;

/**
 * Asks the hub about a model. Its token goes to the hub alone, and not to the places that it sends requests on to. The
 * `fetch` that comes back throws {@link UserError} `lm.hub-unreachable`, `lm.hub-failed`, `lm.hub-rate-limit`,
 * `lm.hub-token`, `lm.hub-gated`, `lm.hub-unknown-model`, `lm.hub-unknown-revision` or `lm.hub-refused`.
 */
export function hubHttp(
  model: HubName,
  { endpoint, token }: HubPlaces,
  notify: (text: string) => void,
  wait: HubHttp['wait'] = waitFor,
): HubHttp {
  const ask = async (input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> => {
    const address = String(input);
    const headers = new Headers(init.headers);
    // What is compressed on the way has another length than the list of files says.
    headers.set('accept-encoding', 'identity');
    if (token !== undefined && sameOrigin(address, endpoint)) headers.set('authorization', `Bearer ${token}`);
    for (let attempt = 0; ; attempt++) {
      const last = attempt + 1 >= TRIES;
      const signal = init.signal ?? AbortSignal.timeout(PATIENCE);
      const response = await fetch(address, { ...init, headers, signal }).catch((cause: unknown) => {
        // Whoever gave up waiting knows how to go on.
        if (init.signal?.aborted === true) throw cause;
        if (last) throw errors.unreachableHub(endpoint, reasonOfFailure(cause));
      });
      if (response?.ok === true) return response;
      if (response === undefined) {
        await wait(waitBefore(attempt));
      } else if (response.status === 429) {
        const asked = retryAfter(response);
        const next = asked === undefined ? waitBefore(attempt) : 1000 * asked;
        if (last || next > LONGEST_WAIT) throw errors.rateLimit(endpoint, asked, token !== undefined);
        if (next >= 1000) notify(`the hub asks to wait for ${Math.ceil(next / 1000)} s`);
        await response.body?.cancel();
        await wait(next);
      } else if (response.status >= 500) {
        if (last) throw errors.failingHub(endpoint, response.status);
        await response.body?.cancel();
        await wait(waitBefore(attempt));
      } else {
        throw await refusal(response, model, endpoint, token !== undefined);
      }
    }
  };
  return { fetch: ask, wait };
}

/**
 * Why the hub refuses. To those who may not see a model it answers as if there were none; an unknown model without a token is
 * answered by 401. Source: huggingface_hub, `hf_raise_for_status`.
 */
async function refusal(response: Response, model: HubName, endpoint: string, token: boolean): Promise<Error> {
  const { status, headers } = response;
  const code = headers.get('x-error-code');
  const text = (headers.get('x-error-message') ?? (await response.text().catch(() => ''))).slice(0, 300);
  if (code === 'GatedRepo' || (status === 403 && /gated|restricted|accept/i.test(text))) {
    return errors.gatedModel(model, endpoint, token);
  }
  if (code === 'RevisionNotFound') return errors.unknownHubRevision(model, endpoint);
  if (status === 401 && token && (code === null || /token|credential/i.test(text)))
    return errors.refusedToken(endpoint);
  if (code === 'RepoNotFound' || status === 401 || (status === 404 && code === null)) {
    return errors.unknownHubModel(model, endpoint, token);
  }
  const { pathname } = new URL(response.url === '' ? endpoint : response.url);
  return errors.refusedByHub(`${endpoint}${pathname}`, status, /^\s*[{<]/.test(text) ? '' : text);
}

/** The seconds that an answer asks to wait: a number, or a date. */
function retryAfter({ headers }: Response): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** What the system says about a connection; `fetch` hides it in causes. */
export function reasonOfFailure(thrown: unknown): string {
  let inner = thrown;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  const code = 'code' in inner ? String(inner.code) : '';
  const message = inner.name === 'AbortError' || inner.name === 'TimeoutError' ? 'no answer' : inner.message;
  return message === '' ? code : message;
}

function sameOrigin(address: string, endpoint: string): boolean {
  return new URL(address).origin === new URL(endpoint).origin;
}

const waitFor = (milliseconds: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, milliseconds);
  });
