import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HubOptions, hubModel, hubPlaces, parseHubName } from '../../../../src/lm/node/hub/index.ts';
import { fail, StandInHub, sendBytes, sendJson, sha256 } from './standInHub.ts';

const COMMIT = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const WEIGHTS = Uint8Array.from({ length: 5000 }, (_, k) => (7 * k + (k >> 8)) % 256);

const FILES = {
  'config.json': bytesOf('{"model_type": "bert"}'),
  'tokenizer.json': bytesOf('{"model": {"type": "WordPiece"}}'),
  'tokenizer_config.json': bytesOf('{}'),
  'chat_template.jinja': bytesOf('{{ messages }}'),
  'model.safetensors': WEIGHTS,
  'pytorch_model.bin': bytesOf('a pickle'),
  'README.md': bytesOf('# A model'),
};

let hub: StandInHub;
let cache = '';
beforeAll(async () => {
  hub = await StandInHub.start();
});
afterAll(() => hub.stop());
beforeEach(() => {
  hub.reset();
  hub.models = { 'org/name': { commit: COMMIT, files: FILES } };
  if (cache !== '') rmSync(cache, { recursive: true, force: true });
  cache = mkdtempSync(join(tmpdir(), 'nexort-hub-'));
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const waits: number[] = [];
beforeEach(() => {
  waits.length = 0;
});

function get(text = 'org/name', more: Partial<HubOptions> & { token?: string; offline?: boolean } = {}) {
  const { token, offline = false, ...options } = more;
  const name = parseHubName(text);
  if (name === undefined) throw new Error(`${text} is no name`);
  const places = { endpoint: hub.endpoint, cache, offline, ...(token === undefined ? {} : { token }) };
  return hubModel(name, {
    places,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
    ...options,
  });
}

const storage = (): string => join(cache, 'models--org--name');
const named = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);
const snapshots = (): readonly string[] => named(join(storage(), 'snapshots'));

/** One error, with which nothing stands in the cache as if it were whole. */
async function refused(code: string, words: RegExp, ...given: Parameters<typeof get>): Promise<void> {
  await expect(get(...given)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  expect(snapshots()).toEqual([]);
  expect(named(join(storage(), 'refs'))).toEqual([]);
  for (const blob of named(join(storage(), 'blobs')).filter((name) => name.length === 64)) {
    expect(sha256(readFileSync(join(storage(), 'blobs', blob)))).toBe(blob);
  }
  expect(named(join(cache, '.locks', 'models--org--name'))).toEqual([]);
}

describe('a model that is not there', () => {
  it('is downloaded as the hub library lays it out, without what is no checkpoint', async () => {
    const shares: number[] = [];
    let announced = 0;
    const { folder, commit } = await get('org/name', {
      onProgress: (share) => shares.push(share),
      onDownload: (bytes) => {
        announced = bytes;
      },
    });
    expect(commit).toBe(COMMIT);
    expect(folder).toBe(join(storage(), 'snapshots', COMMIT));
    const wanted = [
      'chat_template.jinja',
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ] as const;
    expect(named(folder)).toEqual(wanted);
    for (const name of wanted) expect(readFileSync(join(folder, name))).toEqual(Buffer.from(FILES[name]));
    expect(readlinkSync(join(folder, 'model.safetensors'))).toBe(`../../blobs/${sha256(WEIGHTS)}`);
    expect(readFileSync(join(storage(), 'refs/main'), 'utf8')).toBe(COMMIT);
    expect(named(join(storage(), 'blobs'))).toHaveLength(5);
    expect(hub.paths.filter((path) => /pickle|README|\.bin/.test(path))).toEqual([]);
    expect(announced).toBe(wanted.reduce((sum, name) => sum + FILES[name].length, 0));
    expect(shares.at(-1)).toBe(1);
  });

  it('is asked for once more when it is there, and nothing is downloaded again', async () => {
    await get();
    hub.requests.length = 0;
    await get();
    expect(hub.paths).toEqual(['/api/models/org/name/revision/main', `/api/models/org/name/tree/${COMMIT}`]);
    hub.requests.length = 0;
    await get(`org/name@${COMMIT}`);
    expect(hub.paths).toEqual([]);
  });

  it('takes of a branch that has moved what is new', async () => {
    await get();
    hub.requests.length = 0;
    hub.models = {
      'org/name': { commit: OTHER, files: { ...FILES, 'config.json': bytesOf('{"model_type": "gpt2"}') } },
    };
    const { folder } = await get();
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toContain('gpt2');
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(Buffer.from(WEIGHTS));
    expect(hub.paths.filter((path) => /resolve|elsewhere/.test(path))).toEqual([
      `/org/name/resolve/${OTHER}/config.json`,
    ]);
    expect(snapshots()).toEqual([COMMIT, OTHER]);
  });

  it('has a token for the hub, and not for where the hub sends it on to', async () => {
    await get('org/name', { token: 'hf_secret' });
    const sent = (elsewhere: boolean) =>
      new Set(
        hub.requests
          .filter(({ path }) => path.startsWith('elsewhere') === elsewhere)
          .map(({ headers }) => headers.authorization),
      );
    expect(sent(false)).toEqual(new Set(['Bearer hf_secret']));
    expect(sent(true)).toEqual(new Set([undefined]));
  });

  it('of another revision is that of its own name', async () => {
    hub.models = { 'org/name': { commit: COMMIT, revisions: ['refs/pr/1'], files: FILES } };
    await get('org/name@refs/pr/1');
    expect(readFileSync(join(storage(), 'refs/refs/pr/1'), 'utf8')).toBe(COMMIT);
    hub.requests.length = 0;
    await get('org/name@refs/pr/1', { offline: true });
    expect(hub.paths).toEqual([]);
  });

  it('is downloaded once by two at a time', async () => {
    const notices: string[] = [];
    const wait = () => new Promise<void>((done) => setTimeout(done, 5));
    await Promise.all([get('org/name', { wait }), get('org/name', { wait, onNotice: (text) => notices.push(text) })]);
    expect(hub.paths.filter((path) => path.startsWith('elsewhere'))).toHaveLength(1);
  });

  it('in shards comes with those that its index names', async () => {
    const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
    const index = { weight_map: { a: shards[0], b: shards[1], c: shards[0] } };
    const { 'model.safetensors': _, ...others } = FILES;
    const files = {
      ...others,
      'model.safetensors.index.json': bytesOf(JSON.stringify(index)),
      [shards[0]]: WEIGHTS.subarray(0, 900),
      [shards[1]]: WEIGHTS.subarray(900),
      'model-00003-of-00002.safetensors': WEIGHTS.subarray(10),
    };
    hub.models = { 'org/name': { commit: COMMIT, files } };
    const { folder } = await get();
    expect(named(folder)).toEqual([
      'chat_template.jinja',
      'config.json',
      ...shards,
      'model.safetensors.index.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
  });
});

/** Breaks a connection when so many bytes of the weights are on the disk: what is on its way would be lost with it. */
function breakWhenThere(response: ServerResponse, bytes: number): void {
  const file = join(storage(), 'blobs', `${sha256(WEIGHTS)}.incomplete`);
  const looking = setInterval(() => {
    if (bytes > 0 && !(existsSync(file) && statSync(file).size >= bytes)) return;
    clearInterval(looking);
    response.destroy();
  }, 2);
}

/** Sends so many bytes of a file, from where it is asked to go on, and breaks the connection. */
function breakAfter(bytes: number, times = 1) {
  let broken = 0;
  hub.answer = ({ path, headers, response }) => {
    if (!path.startsWith('elsewhere') || broken === times) return false;
    broken += 1;
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const range = from === 0 ? {} : { 'content-range': `bytes ${from}-${WEIGHTS.length - 1}/${WEIGHTS.length}` };
    response.writeHead(from === 0 ? 200 : 206, { 'content-length': WEIGHTS.length - from, ...range });
    response.write(WEIGHTS.subarray(from, from + bytes));
    breakWhenThere(response, bytes === 0 ? 0 : from + bytes);
    return true;
  };
}

const ranges = () =>
  hub.requests.filter(({ path }) => path.startsWith('elsewhere')).map(({ headers }) => headers.range);

describe('a download that breaks off', () => {
  it('goes on where it did', async () => {
    breakAfter(1000, 2);
    const { folder } = await get();
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(Buffer.from(WEIGHTS));
    expect(ranges()).toEqual([undefined, 'bytes=1000-', 'bytes=2000-']);
    expect(waits).toEqual([500, 500]);
  });

  it('again and again, ends as one error, and goes on at the next start', async () => {
    hub.answer = ({ path, headers, response }) => {
      if (!path.startsWith('elsewhere')) return false;
      if (headers.range === undefined) {
        response.writeHead(200, { 'content-length': WEIGHTS.length });
        response.write(WEIGHTS.subarray(0, 1000));
        breakWhenThere(response, 1000);
      } else response.destroy();
      return true;
    };
    await refused('lm.hub-unreachable', /does not answer/);
    expect(named(join(storage(), 'blobs'))).toContain(`${sha256(WEIGHTS)}.incomplete`);
    hub.reset();
    hub.models = { 'org/name': { commit: COMMIT, files: FILES } };
    const shares: number[] = [];
    const { folder } = await get('org/name', { onProgress: (share) => shares.push(share) });
    expect(ranges()).toEqual(['bytes=1000-']);
    expect(shares.at(-1)).toBe(1);
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(Buffer.from(WEIGHTS));
  });

  it('without a byte, time and again, is told with what there is', async () => {
    breakAfter(0, 100);
    await refused('lm.hub-broken-download', /broke off at 0 of 5000 bytes.*Start the same command again/s);
  });

  it('begins anew where the server does not go on', async () => {
    let broken = false;
    hub.answer = ({ path, response }) => {
      if (!path.startsWith('elsewhere')) return false;
      response.writeHead(200, { 'content-length': WEIGHTS.length });
      if (broken) response.end(WEIGHTS);
      else {
        response.write(WEIGHTS.subarray(0, 1000));
        breakWhenThere(response, 1000);
      }
      broken = true;
      return true;
    };
    const shares: number[] = [];
    const { folder } = await get('org/name', { onProgress: (share) => shares.push(share) });
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(Buffer.from(WEIGHTS));
    expect(shares.at(-1)).toBe(1);
  });

  it('and left other bytes than those of now is downloaded whole', async () => {
    mkdirSync(join(storage(), 'blobs'), { recursive: true });
    writeFileSync(join(storage(), 'blobs', `${sha256(WEIGHTS)}.incomplete`), new Uint8Array(300));
    const { folder } = await get();
    expect(ranges()).toEqual(['bytes=300-', undefined]);
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(Buffer.from(WEIGHTS));
  });
});

describe('bytes that are not those of the list', () => {
  it.each([
    ['a length that is announced', true, 10],
    ['more bytes than announced', false, 10],
    ['fewer bytes than announced', true, -10],
  ])('%s', async (_, announced, more) => {
    hub.answer = ({ path, response }) => {
      if (!path.startsWith('elsewhere')) return false;
      const sent = new Uint8Array(WEIGHTS.length + more);
      response.writeHead(200, announced ? { 'content-length': sent.length } : {}).end(sent);
      return true;
    };
    await refused('lm.hub-wrong-length', /is sent with (5010|4990) bytes.*has 5000/s);
  });

  it('a checksum', async () => {
    hub.answer = ({ path, headers, response }) => {
      if (!path.startsWith('elsewhere')) return false;
      sendBytes(
        { headers },
        response,
        WEIGHTS.map((byte, k) => (k === 77 ? byte ^ 1 : byte)),
      );
      return true;
    };
    await refused('lm.hub-wrong-checksum', /other bytes than the hub's list of files says/);
    expect(named(join(storage(), 'blobs')).filter((name) => name.endsWith('.incomplete'))).toEqual([]);
  });

  it('a small file, which has the checksum of Git', async () => {
    hub.answer = ({ path, headers, response }) => {
      if (!path.endsWith('/tokenizer.json')) return false;
      sendBytes({ headers }, response, bytesOf('{"model": {"type": "WordPIECE"}}'));
      return true;
    };
    await refused('lm.hub-wrong-checksum', /tokenizer\.json came with other bytes/);
  });
});

const api = (status: number, code?: string, text?: string) => {
  hub.answer = ({ path, response }) => {
    if (!path.startsWith('/api')) return false;
    fail(response, status, code, text);
    return true;
  };
};

describe('refusals', () => {
  it.each([
    [
      'an unknown model',
      404,
      'RepoNotFound',
      undefined,
      'lm.hub-unknown-model',
      /no model 'org\/name'.*or it is private.*nor is there a folder/s,
    ],
    [
      'an unknown model, as the hub says to strangers',
      401,
      'RepoNotFound',
      undefined,
      'lm.hub-unknown-model',
      /HF_TOKEN/,
    ],
    [
      'an unknown model with a token',
      404,
      'RepoNotFound',
      'hf_x',
      'lm.hub-unknown-model',
      /or this token may not see it/,
    ],
    ['a token that is not known', 401, undefined, 'hf_x', 'lm.hub-token', /does not accept the token/],
    [
      'a gated model',
      401,
      'GatedRepo',
      undefined,
      'lm.hub-gated',
      /Accept them at http.*\/org\/name, then give a token/,
    ],
    [
      'a gated model, not yet accepted',
      403,
      'GatedRepo',
      'hf_x',
      'lm.hub-gated',
      /with the account whose token is given/,
    ],
    ['an unknown revision', 404, 'RevisionNotFound', undefined, 'lm.hub-unknown-revision', /has no revision 'main'/],
    ['another refusal', 451, undefined, undefined, 'lm.hub-refused', /status 451/],
  ] as const)('%s', async (_, status, code, token, expected, words) => {
    api(status, code);
    await refused(expected, words, 'org/name', token === undefined ? {} : { token });
    expect(hub.requests).toHaveLength(1);
  });

  it('of files alone, as of gated models', async () => {
    hub.answer = ({ path, response }) => {
      if (!path.includes('/resolve/')) return false;
      fail(response, 403, 'GatedRepo');
      return true;
    };
    await refused('lm.hub-gated', /is gated/);
  });

  it('never tell the token', async () => {
    api(401);
    await expect(get('org/name', { token: 'hf_secret' })).rejects.toSatisfy(
      (error: Error) => !JSON.stringify([error.message, error]).includes('hf_secret'),
    );
  });
});

describe('a hub that is busy', () => {
  const answersThen = (times: number, status: number, headers: Record<string, string> = {}) => {
    let count = 0;
    hub.answer = ({ path, response }) => {
      if (!path.startsWith('/api') || count === times) return false;
      count += 1;
      response.writeHead(status, headers).end('');
      return true;
    };
  };

  it('is waited for as long as it asks', async () => {
    answersThen(2, 429, { 'retry-after': '7' });
    const notices: string[] = [];
    await get('org/name', { onNotice: (text) => notices.push(text) });
    expect(waits).toEqual([7000, 7000]);
    expect(notices).toEqual(['the hub asks to wait for 7 s', 'the hub asks to wait for 7 s']);
  });

  it('is waited for until a date', async () => {
    answersThen(1, 429, { 'retry-after': new Date(Date.now() - 5000).toUTCString() });
    await get();
    expect(waits).toEqual([0]);
  });

  it('is not waited for without end', async () => {
    answersThen(100, 429, { 'retry-after': '3' });
    await refused('lm.hub-rate-limit', /status 429.*Try again in 3 s.*With a token/s);
    answersThen(100, 429, { 'retry-after': '3600' });
    waits.length = 0;
    await refused('lm.hub-rate-limit', /Try again in 3600 s/);
    expect(waits).toEqual([]);
  });

  it('or fails, is asked again', async () => {
    answersThen(2, 503);
    await get();
    expect(waits).toEqual([500, 1000]);
    answersThen(100, 500);
    await expect(get('org/other')).rejects.toMatchObject({ code: 'lm.hub-failed' });
  });
});

describe('answers that are none of the hub', () => {
  it('a page', async () => {
    hub.answer = ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>');
      return true;
    };
    await refused('lm.hub-answer', /none of the hub's.*proxy or a login page/s);
  });

  it('a commit that is none', async () => {
    hub.answer = ({ path, response }) => {
      if (!path.includes('/revision/')) return false;
      sendJson(response, { id: 'org/name', sha: '../../../x' });
      return true;
    };
    await refused('lm.hub-answer', /it names no commit/);
  });

  it('a checksum that would leave the cache', async () => {
    hub.answer = ({ path, response }) => {
      if (!path.includes('/tree/')) return false;
      const entries = Object.entries(FILES).map(([name, { length }]) => ({
        type: 'file',
        path: name,
        size: length,
        oid: '../../x',
      }));
      sendJson(response, entries);
      return true;
    };
    await refused('lm.hub-suspicious-file', /checksum of config\.json is "\.\.\/\.\.\/x"/);
  });

  it.each([
    ['../../../evil.safetensors'],
    ['/etc/evil.safetensors'],
    ['.hidden.safetensors'],
    ['pytorch_model.bin'],
    [7],
  ])('an index that names %s', async (shard) => {
    const { 'model.safetensors': _, ...others } = FILES;
    const index = bytesOf(JSON.stringify({ weight_map: { a: shard } }));
    hub.models = { 'org/name': { commit: COMMIT, files: { ...others, 'model.safetensors.index.json': index } } };
    await refused('lm.hub-suspicious-file', /does not name files of weights that lie beside it/);
  });
});

describe('models that are no checkpoints', () => {
  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(FILES).filter(([name]) => !names.includes(name)));
  const files = (own: Record<string, Uint8Array>) => {
    hub.models = { 'org/name': { commit: COMMIT, files: own } };
  };

  it('pickles alone', async () => {
    files(without('model.safetensors'));
    await refused('lm.hub-pickles', /only pytorch_model\.bin; pickles can run code, and are never downloaded/);
  });

  it('an adapter', async () => {
    files({
      'adapter_config.json': bytesOf('{"base_model_name_or_path": "org/base"}'),
      'adapter_model.safetensors': WEIGHTS,
    });
    await refused('lm.hub-adapter', /--model org\/base --params lora --adapter FOLDER/);
  });

  it('no tokenizer, no weights, or nothing', async () => {
    files(without('tokenizer.json'));
    await refused('lm.hub-incomplete-model', /- tokenizer\.json/);
    files(without('model.safetensors', 'pytorch_model.bin'));
    await refused('lm.hub-incomplete-model', /- model\.safetensors \(or model\.safetensors\.index\.json\)/);
    files({});
    await refused('lm.hub-incomplete-model', /Its files are nothing/);
  });

  it('a shard that the hub does not have', async () => {
    const index = bytesOf(JSON.stringify({ weight_map: { a: 'model-1.safetensors' } }));
    files({ ...without('model.safetensors'), 'model.safetensors.index.json': index });
    await refused('lm.hub-incomplete-model', /- model-1\.safetensors/);
  });
});

describe('a cache that cannot be written', () => {
  it('is one error that says where', async () => {
    const file = join(cache, 'file');
    writeFileSync(file, '');
    const places = { endpoint: hub.endpoint, cache: join(file, 'hub'), offline: false };
    await expect(hubModel({ name: 'org/name', revision: 'main' }, { places })).rejects.toMatchObject({
      code: 'lm.hub-cache',
      message: expect.stringMatching(/^The cache '.*file\/hub' cannot be written: .*HF_HUB_CACHE/),
    });
  });
});

describe('without the hub', () => {
  it('offline, nothing is asked', async () => {
    await refused('lm.hub-not-cached', /is not in the cache.*--offline, HF_HUB_OFFLINE/s, 'org/name', {
      offline: true,
    });
    expect(hub.requests).toEqual([]);
    const { folder } = await get();
    hub.requests.length = 0;
    expect((await get('org/name', { offline: true })).folder).toBe(folder);
    expect(hub.requests).toEqual([]);
  });

  it('finds what another tool has downloaded, also where it could not make links', async () => {
    const folder = join(storage(), 'snapshots', OTHER);
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(storage(), 'refs'));
    writeFileSync(join(storage(), 'refs/main'), OTHER);
    writeFileSync(join(folder, 'config.json'), FILES['config.json']);
    await expect(get('org/name', { offline: true })).rejects.toMatchObject({
      code: 'lm.hub-not-cached',
      message: expect.stringContaining('is in the cache without tokenizer.json, model.safetensors ('),
    });
    for (const name of ['tokenizer.json', 'model.safetensors'] as const) writeFileSync(join(folder, name), FILES[name]);
    expect((await get('org/name', { offline: true })).folder).toBe(folder);
  });

  it('that does not answer, takes what there is and says so', async () => {
    const { folder } = await get();
    const notices: string[] = [];
    api(502);
    expect((await get('org/name', { onNotice: (text) => notices.push(text) })).folder).toBe(folder);
    expect(notices).toEqual([expect.stringMatching(/status 502.*taken from the cache as it was \(commit a{40}\)/)]);
  });

  it('that is not there at all', async () => {
    const gone = await StandInHub.start();
    const places = { ...hubPlaces({}), endpoint: gone.endpoint, cache };
    await gone.stop();
    await expect(
      hubModel({ name: 'org/name', revision: 'main' }, { places, wait: async () => {} }),
    ).rejects.toMatchObject({
      code: 'lm.hub-unreachable',
      message: expect.stringMatching(/does not answer: .*ECONNREFUSED.*Check the connection/s),
    });
  });
});
