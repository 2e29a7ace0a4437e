/** Which request is answered, and with which file: the whole policy of the studio's server, apart from sockets. */

import { timingSafeEqual } from 'node:crypto';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';

/** What of a request decides. */
export interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, where a browser says who asks. */
  readonly site: string | undefined;
}

/** A folder besides the pages, of which files of some kinds are read. */
export interface Beside {
  /** Without symbolic links in its own path. */
  readonly folder: string;
  /** Types by how names end. */
  readonly types: Readonly<Record<string, string>>;
}

/** What is served, and to whom. */
export interface Served {
  /** The folder, without symbolic links in its own path. */
  readonly folder: string;
  /** By the first part of their paths: `run/run.json` is a file of the folder `run`, and `run/` the list of its files. */
  readonly beside?: Readonly<Record<string, Beside>>;
  readonly token: string;
  readonly port: number;
}

export type Decision =
  | { readonly status: 200; readonly file: string; readonly type: string }
  | { readonly status: 200; readonly text: string; readonly type: string }
  /** The words are for people who look at what came back. */
  | { readonly status: 400 | 403 | 404 | 405; readonly words: string };

const JSON_TYPE = 'application/json; charset=utf-8';
/** What lies in the folder; anything else is no page of ours. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': JSON_TYPE,
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.nex': 'text/plain; charset=utf-8',
};

/**
 * Decides on a request. Names other than this machine's are refused, so that a name of another site that is made to lead here
 * reaches nothing; so are pages of other origins, and whoever does not know the token.
 */
export function decide(
  { method, url, host, origin, site }: Asked,
  { folder, beside = {}, token, port }: Served,
): Decision {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !own.includes(host)) return refused(403, 'The studio answers to 127.0.0.1 alone.');
  if (origin !== undefined && !own.some((name) => origin === `http://${name}`))
    return refused(403, 'The studio answers its own pages alone.');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return refused(403, 'The studio answers its own pages alone.');
  if (method !== 'GET' && method !== 'HEAD') return refused(405, 'The studio is read; expected GET or HEAD.');
  const path = pathOf(url);
  if (path === undefined) return refused(400, 'The address cannot be read.');
  const [, given = '', ...rest] = path.split('/');
  // `/token` alone would load what lies beside it from nowhere.
  if (!isToken(given, token) || rest.length === 0)
    return refused(404, 'Nothing is here. Open the address that nexort studio printed.');
  const [first = '', ...below] = rest;
  const folderBeside = below.length > 0 && Object.hasOwn(beside, first) ? beside[first] : undefined;
  if (folderBeside === undefined)
    return fileOf({ folder, types: TYPES }, rest.join('/') === '' ? 'index.html' : rest.join('/'));
  const name = below.join('/');
  return name === ''
    ? { status: 200, text: JSON.stringify(filesIn(folderBeside)), type: JSON_TYPE }
    : fileOf(folderBeside, name);
}

function fileOf({ folder, types }: Beside, name: string): Decision {
  const file = fileIn(folder, name);
  const type = file === undefined ? undefined : types[extname(file)];
  return file === undefined || type === undefined
    ? refused(404, 'There is no such file.')
    : { status: 200, file, type };
}

/** Names of the files that are read, with their sizes. */
export function filesIn({ folder, types }: Beside): readonly { readonly name: string; readonly bytes: number }[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const file = fileIn(folder, name);
      return file === undefined || types[extname(file)] === undefined ? [] : [{ name, bytes: statSync(file).size }];
    });
}

/** The folder of a run: results and arrays. */
export const runFiles = (folder: string): Beside => ({ folder, types: DATA_TYPES });

const DATA_TYPES: Readonly<Record<string, string>> = {
  '.json': JSON_TYPE,
  '.safetensors': 'application/octet-stream',
  '.npz': 'application/octet-stream',
};

const refused = (status: 400 | 403 | 404 | 405, words: string): Decision => ({ status, words });

/** The path of an address, decoded once; undefined where it is none. */
function pathOf(url: string | undefined): string | undefined {
  const [path = ''] = (url ?? '').split(/[?#]/);
  if (!path.startsWith('/')) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function isToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A file of the folder, by its real path; undefined of everything outside, whatever leads there. */
function fileIn(folder: string, name: string): string | undefined {
  if (name.split(/[/\\]/).some((part) => part === '' || part.startsWith('.')) || /[\\:\0]/.test(name)) return undefined;
  try {
    const file = realpathSync(join(folder, name));
    return file.startsWith(folder + sep) && statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
