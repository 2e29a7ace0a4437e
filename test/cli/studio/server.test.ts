import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notBuilt } from '../../../src/cli/studio/errors.ts';
import { studioPages } from '../../../src/cli/studio/pages.ts';
import { type Asked, decide, runFiles } from '../../../src/cli/studio/request.ts';
import { runFolder } from '../../../src/cli/studio/runFolder.ts';
import { HEADERS, type StudioServer, serveStudio, USUAL_PORT } from '../../../src/cli/studio/server.ts';

let outer = '';
let folder = '';
let run = '';
let server: StudioServer | undefined;

beforeAll(async () => {
  outer = realpathSync(mkdtempSync(join(tmpdir(), 'nexort-server-')));
  folder = join(outer, 'pages');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>here</title>');
  writeFileSync(join(folder, 'assets/a.js'), 'export {};');
  writeFileSync(join(folder, 'assets/notes.txt'), 'no page');
  writeFileSync(join(folder, '.sources'), 'state');
  writeFileSync(join(outer, 'secret.html'), 'secret');
  symlinkSync(join(outer, 'secret.html'), join(folder, 'link.html'));
  symlinkSync(outer, join(folder, 'up'));
  run = join(outer, 'run');
  mkdirSync(join(run, 'blocks'), { recursive: true });
  writeFileSync(join(run, 'run.json'), '{"kind": "nexort-run"}');
  writeFileSync(join(run, 'kernels.npz'), 'arrays');
  writeFileSync(join(run, 'report.html'), '<script>alert(1)</script>');
  writeFileSync(join(run, '.env.json'), '{}');
  writeFileSync(join(outer, 'secret.json'), '{"secret": true}');
  symlinkSync(join(outer, 'secret.json'), join(run, 'leak.json'));
  symlinkSync(outer, join(run, 'up'));
  server = await serveStudio(folder, 0, { run: runFiles(run) });
});
afterAll(async () => {
  await server?.close();
  rmSync(outer, { recursive: true, force: true });
});

const TOKEN = '0123456789abcdef0123456789abcdef';
const PORT = 4321;
const good: Asked = { method: 'GET', url: `/${TOKEN}/`, host: `127.0.0.1:${PORT}`, origin: undefined, site: 'none' };
const status = (change: Partial<Asked>): number =>
  decide({ ...good, ...change }, { folder, token: TOKEN, port: PORT }).status;

describe('the port', () => {
  it('is the usual one, or where another has it any that is free', async () => {
    const [first, second] = [await serveStudio(folder, undefined), await serveStudio(folder, undefined)];
    const ports = [first, second].map(({ address }) => Number(new URL(address).port));
    await first.close();
    await second.close();
    expect(ports[1]).not.toBe(USUAL_PORT);
    expect(ports[1]).toBeGreaterThan(0);
  });
});

describe('what is answered', () => {
  it.each<[string, Partial<Asked>]>([
    ['the page', {}],
    ['its script', { url: `/${TOKEN}/assets/a.js` }],
    ['with a query', { url: `/${TOKEN}/assets/a.js?v=1` }],
    ['by the other name of this machine', { host: `localhost:${PORT}` }],
    ['to its own page', { origin: `http://127.0.0.1:${PORT}`, site: 'same-origin' }],
    ['to a browser that does not say who asks', { site: undefined }],
    ['what is there', { method: 'HEAD' }],
  ])('%s', (_, change) => {
    expect(status(change)).toBe(200);
  });
});

describe('what is refused', () => {
  it.each<[string, number, Partial<Asked>]>([
    ['a name that is made to lead here', 403, { host: `attacker.example:${PORT}` }],
    ['this machine by another port', 403, { host: '127.0.0.1:80' }],
    ['no name', 403, { host: undefined }],
    ['another origin', 403, { origin: 'https://attacker.example' }],
    ['an origin that is none', 403, { origin: 'null' }],
    ['the same machine from another port', 403, { origin: 'http://127.0.0.1:9999' }],
    ['a page of another site', 403, { site: 'cross-site' }],
    ['a page of another port', 403, { site: 'same-site' }],
    ['what would change something', 405, { method: 'POST' }],
    ['a question for what is allowed', 405, { method: 'OPTIONS' }],
    ['no token', 404, { url: '/' }],
    ['a file without the token', 404, { url: '/index.html' }],
    ['another token', 404, { url: `/${'f'.repeat(32)}/` }],
    ['a part of the token', 404, { url: `/${TOKEN.slice(1)}/` }],
    ['the token alone, from which nothing would load', 404, { url: `/${TOKEN}` }],
    ['an address that cannot be decoded', 400, { url: `/${TOKEN}/%E0%A4%A` }],
    ['an address of another server', 400, { url: 'http://attacker.example/' }],
    ['the folder above', 404, { url: `/${TOKEN}/../secret.html` }],
    ['the folder above, encoded', 404, { url: `/${TOKEN}/%2e%2e%2fsecret.html` }],
    ['the folder above, encoded twice', 404, { url: `/${TOKEN}/%252e%252e%252fsecret.html` }],
    ['the folder above, with backslashes', 404, { url: `/${TOKEN}/..%5csecret.html` }],
    ['an absolute path', 404, { url: `/${TOKEN}//etc/passwd` }],
    ['a zero byte', 404, { url: `/${TOKEN}/index.html%00.js` }],
    ['a link out of the folder', 404, { url: `/${TOKEN}/link.html` }],
    ['a folder that is a link', 404, { url: `/${TOKEN}/up/secret.html` }],
    ['a name with a dot', 404, { url: `/${TOKEN}/.sources` }],
    ['a folder', 404, { url: `/${TOKEN}/assets` }],
    ['what is no part of a page', 404, { url: `/${TOKEN}/assets/notes.txt` }],
    ['what is not there', 404, { url: `/${TOKEN}/missing.js` }],
  ])('%s', (_, expected, change) => {
    expect(status(change)).toBe(expected);
  });
});

describe('a run folder beside the pages', () => {
  const decided = (path: string) =>
    decide({ ...good, url: `/${TOKEN}/${path}` }, { folder, beside: { run: runFiles(run) }, token: TOKEN, port: PORT });

  it('lists its results and arrays, without what leads elsewhere, and gives them', () => {
    const found = decided('run/');
    expect('text' in found && JSON.parse(found.text)).toEqual([
      { name: 'kernels.npz', bytes: 6 },
      { name: 'run.json', bytes: 22 },
    ]);
    expect(decided('run/run.json').status).toBe(200);
    expect(decided('').status).toBe(200);
  });

  it.each([
    ['no page, whose scripts would be this origin’s', 'run/report.html'],
    ['no name with a dot', 'run/.env.json'],
    ['no link out of it', 'run/leak.json'],
    ['no folder that is a link', 'run/up/secret.json'],
    ['no folder above', 'run/../secret.json'],
    ['no folder above, encoded', 'run/%2e%2e%2fsecret.json'],
    ['no folder above, with backslashes', 'run/..%5csecret.json'],
    ['no absolute path', 'run//etc/passwd'],
    ['no folder', 'run/blocks'],
    ['no name without its slash', 'run'],
    ['nothing of another name', 'constructor/'],
    ['nothing of an inherited name', '__proto__/run.json'],
  ])('gives %s', (_, path) => {
    expect(decided(path).status).toBe(404);
  });

  it('is not there where none was given', () => {
    expect(status({ url: `/${TOKEN}/run/` })).toBe(404);
    expect(status({ url: `/${TOKEN}/run/run.json` })).toBe(404);
  });

  it('is refused in words where it has nothing to show', () => {
    expect(() => runFolder(join(outer, 'nowhere'))).toThrow('there is nothing of this name');
    expect(() => runFolder(join(run, 'run.json'))).toThrow('it is a file; its page opens files too');
    expect(() => runFolder(join(run, 'blocks'))).toThrow('it has no .json, .safetensors or .npz file');
    expect(runFolder(run).folder).toBe(run);
  });

  it('comes over the wire with its size, and no more than its head where that is asked for', async () => {
    const address = new URL('run/run.json', server?.address);
    const response = await fetch(address);
    expect([response.headers.get('content-length'), response.headers.get('content-type')]).toEqual([
      '22',
      'application/json; charset=utf-8',
    ]);
    expect(await response.json()).toEqual({ kind: 'nexort-run' });
    expect(await (await fetch(address, { method: 'HEAD' })).text()).toBe('');
    expect(await (await fetch(new URL('run/', server?.address))).json()).toHaveLength(2);
  });
});

describe('the server', () => {
  const addressOf = (): URL => new URL(server?.address ?? expect.fail('no server'));

  it('has an address of this machine, with a token that is another every time', async () => {
    const other = await serveStudio(folder, 0);
    const pattern = /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/;
    expect(addressOf().href).toMatch(pattern);
    expect(other.address).toMatch(pattern);
    expect(new URL(other.address).pathname).not.toBe(addressOf().pathname);
    await other.close();
  });

  it('sends what protects the page with everything, refusals too', async () => {
    for (const path of ['', 'missing.js']) {
      const response = await fetch(new URL(path, addressOf()));
      for (const [name, value] of Object.entries(HEADERS)) expect(response.headers.get(name)).toBe(value);
    }
    expect(HEADERS['content-security-policy']).not.toMatch(/'unsafe-inline'|'unsafe-eval'|https?:|\*/);
  });

  it('answers its own name alone over the wire', async () => {
    const { hostname, port, pathname } = addressOf();
    const asked = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ hostname, port, path: pathname, headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await asked(`127.0.0.1:${port}`)).toBe(200);
    expect(await asked('rebound.example')).toBe(403);
  });

  it('is told plainly that a port is taken', async () => {
    const taken = Number(addressOf().port);
    await expect(serveStudio(folder, taken)).rejects.toThrow(
      `The studio cannot listen on port ${taken}: another program has it. Give another with --port, or 0 for any that is free.`,
    );
  });

  it('ends with connections open', async () => {
    const other = await serveStudio(folder, 0);
    const socket = createConnection(Number(new URL(other.address).port), '127.0.0.1');
    const ended = new Promise((resolve) => socket.on('close', resolve));
    await new Promise((resolve) => socket.on('connect', resolve));
    await other.close();
    await ended;
    await expect(fetch(other.address)).rejects.toThrow('fetch failed');
  });
});

describe('the pages', () => {
  it('of a package without them are missed in words', async () => {
    const empty = mkdtempSync(join(outer, 'package-'));
    await expect(studioPages(() => {}, empty)).rejects.toThrow(
      notBuilt(join(empty, 'dist/studio'), 'there are no sources either').message,
    );
  });

  it('of a package that has them are taken as they are', async () => {
    const whole = mkdtempSync(join(outer, 'package-'));
    mkdirSync(join(whole, 'dist/studio'), { recursive: true });
    writeFileSync(join(whole, 'dist/studio/index.html'), '');
    const said: string[] = [];
    expect(await studioPages((text) => said.push(text), whole)).toBe(join(whole, 'dist/studio'));
    expect(said).toEqual([]);
  });
});
