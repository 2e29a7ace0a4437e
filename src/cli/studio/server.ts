/** The studio's server: files of one folder, for pages of its own, on this machine. */

import { randomBytes } from 'node:crypto';
import { createReadStream, realpathSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portTaken } from './errors.ts';
import { type Beside, decide } from './request.ts';

/** The one address that is listened on. */
const HOST = '127.0.0.1';
/** What a browser remembers for a page is by port: the same one finds the last session again. */
export const USUAL_PORT = 8317;
/** Nobody guesses 128 bits. */
const TOKEN_BYTES = 16;

/**
 * Pages load what they have themselves and nothing else, run no script that came with data, and share memory with nobody.
 * `wasm-unsafe-eval` compiles WebAssembly, which the library writes for a formula, and nothing else.
 */
export const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export interface StudioServer {
  /** What to open: the address with its token. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves a folder, and others beside its pages by the first part of a path. Port 0 is any that is free; without one it is
 * {@link USUAL_PORT} where that is free. Throws {@link UserError} `cli.studio-port`.
 */
export async function serveStudio(
  folder: string,
  wanted: number | undefined,
  beside: Readonly<Record<string, Beside>> = {},
): Promise<StudioServer> {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const root = realpathSync(folder);
  const besideRoots = Object.fromEntries(
    Object.entries(beside).map(([name, one]) => [name, { ...one, folder: realpathSync(one.folder) }]),
  );
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const { port } = server.address() as AddressInfo; // it listens on a port
    const site = headers['sec-fetch-site'];
    const asked = {
      method,
      url,
      host: headers.host,
      origin: headers.origin,
      site: Array.isArray(site) ? site[0] : site,
    };
    const decision = decide(asked, { folder: root, beside: besideRoots, token, port });
    if (decision.status !== 200) {
      const allow = decision.status === 405 ? { allow: 'GET, HEAD' } : {};
      response.writeHead(decision.status, { ...HEADERS, ...allow, 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${decision.words}\n`);
      return;
    }
    const bytes = 'text' in decision ? Buffer.byteLength(decision.text) : statSync(decision.file).size;
    response.writeHead(200, { ...HEADERS, 'content-type': decision.type, 'content-length': bytes });
    if (method === 'HEAD' || 'text' in decision) {
      response.end(method === 'HEAD' || !('text' in decision) ? undefined : decision.text);
      return;
    }
    createReadStream(decision.file)
      .on('error', () => response.destroy())
      .pipe(response);
  });
  if (wanted !== undefined) await listening(server, wanted);
  else await listening(server, USUAL_PORT).catch(() => listening(server, 0));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    address: `http://${HOST}:${port}/${token}/`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const { code = '' } = error;
      reject(code === 'EADDRINUSE' || code === 'EACCES' ? portTaken(port, code) : error);
    });
    server.listen(port, HOST, resolve);
  });
}
