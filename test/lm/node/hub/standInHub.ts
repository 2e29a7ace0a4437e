import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A model as the stand-in has it. */
export interface StandInModel {
  readonly commit: string;
  /** Its files; those above a few bytes are kept elsewhere, as large files are. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Further revisions that stand for the commit. */
  readonly revisions?: readonly string[];
}

/** A request as it came; the answer, where the test gives it. */
export interface Asked {
  /** Path and query, with `elsewhere` in front for the place that large files come from. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly response: ServerResponse;
  /** How often this path came before. */
  readonly before: number;
}

/** Answers a request in place of the stand-in; `false` leaves it to that. */
type Answer = (asked: Asked) => boolean | undefined;

const LARGE = 64;

/** A server on this machine that speaks as the hub does, with another one that it sends those on to who want large files. */
export class StandInHub {
  readonly requests: Omit<Asked, 'response'>[] = [];
  models: Record<string, StandInModel> = {};
  answer: Answer = () => false;
  readonly #hub: Server;
  readonly #elsewhere: Server;

  private constructor() {
    this.#hub = createServer((request, response) => this.#handle(request, response, ''));
    this.#elsewhere = createServer((request, response) => this.#handle(request, response, 'elsewhere'));
  }

  static async start(): Promise<StandInHub> {
    const hub = new StandInHub();
    for (const server of [hub.#hub, hub.#elsewhere]) {
      await new Promise<void>((done) => {
        server.listen(0, '127.0.0.1', done);
      });
    }
    return hub;
  }

  get endpoint(): string {
    return addressOf(this.#hub);
  }

  /** Paths that were asked for, without queries. */
  get paths(): readonly string[] {
    return this.requests.map(({ path }) => path.replace(/\?.*/, ''));
  }

  /** Forgets models, requests and answers. */
  reset(): void {
    this.requests.length = 0;
    this.models = {};
    this.answer = () => false;
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#elsewhere]) {
      server.closeAllConnections();
      await new Promise((done) => {
        server.close(done);
      });
    }
  }

  #handle(request: IncomingMessage, response: ServerResponse, where: string): void {
    const path = `${where}${request.url ?? ''}`;
    const before = this.requests.filter((other) => other.path === path).length;
    const asked = { path, headers: request.headers, before };
    this.requests.push(asked);
    if (this.answer({ ...asked, response }) === true) return;
    this.#reply(path, request, response);
  }

  #reply(path: string, request: IncomingMessage, response: ServerResponse): void {
    const plain = decodeURIComponent(path.replace(/\?.*/, ''));
    const [, large] = /^elsewhere\/([0-9a-f]+)$/.exec(plain) ?? [];
    if (large !== undefined) {
      const bytes = Object.values(this.models)
        .flatMap(({ files }) => Object.values(files))
        .find((file) => sha256(file) === large);
      if (bytes === undefined) fail(response, 404);
      else sendBytes(request, response, bytes);
      return;
    }
    const [, named, rest] =
      /^\/api\/models\/([^/]+\/[^/]+)\/(.*)$/.exec(plain) ?? /^\/([^/]+\/[^/]+)\/(resolve\/.*)$/.exec(plain) ?? [];
    const model = this.models[named ?? ''];
    if (model === undefined) {
      fail(response, 404, 'RepoNotFound');
      return;
    }
    const [, how = '', revision = ''] = /^(revision|tree|resolve)\/(.*)$/.exec(rest ?? '') ?? [];
    const { commit, revisions = [], files } = model;
    const [at, file] = how === 'resolve' ? [revision.slice(0, 40), revision.slice(41)] : [revision, ''];
    const bytes = files[file];
    if (![commit, 'main', ...revisions].includes(at)) fail(response, 404, 'RevisionNotFound');
    else if (how === 'revision') sendJson(response, { id: named, sha: commit, private: false, gated: false });
    else if (how === 'tree') sendJson(response, [{ type: 'directory', path: 'onnx' }, ...entriesOf(files)]);
    else if (bytes === undefined) fail(response, 404, 'EntryNotFound');
    else if (bytes.length <= LARGE) sendBytes(request, response, bytes);
    else response.writeHead(302, { location: `${addressOf(this.#elsewhere)}/${sha256(bytes)}` }).end();
  }
}

/** Sends bytes, or those of a range. */
export function sendBytes(
  request: Pick<IncomingMessage, 'headers'>,
  response: ServerResponse,
  bytes: Uint8Array,
): void {
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const from = Number(start ?? 0);
  const headers = { 'content-length': bytes.length - from };
  if (start === undefined) response.writeHead(200, headers);
  else response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
  response.end(bytes.subarray(from));
}

/** Answers with a status, as the hub says why. */
export function fail(response: ServerResponse, status: number, code?: string, text = ''): void {
  response.writeHead(status, code === undefined ? {} : { 'x-error-code': code, 'x-error-message': text }).end(text);
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** As the list of files has them: Git's checksum, and for large files that of their bytes. */
function entriesOf(files: StandInModel['files']) {
  return Object.entries(files).map(([path, bytes]) => {
    const entry = { type: 'file', path, size: bytes.length, oid: gitChecksum(bytes) };
    return bytes.length <= LARGE
      ? entry
      : { ...entry, lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 130 } };
  });
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const gitChecksum = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
}
