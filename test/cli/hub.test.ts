/** `--model ORG/NAME` of every command that takes one, with a stand-in for the hub on this machine. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, StandInHub } from '../lm/node/hub/standInHub.ts';
import { nexortIn } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

const COMMIT = 'c0ffee'.repeat(6).padEnd(40, '0');

const root = mkdtempSync(join(tmpdir(), 'nexort-hub-cli-'));
const cache = join(root, 'cache');
/** Where the commands run. */
const here = join(root, 'here');
let hub: StandInHub;
let model: Record<string, Uint8Array> = {};
beforeAll(async () => {
  hub = await StandInHub.start();
  mkdirSync(here);
  await writeTinyModel(join(root, 'tiny'), 1, 1);
  model = Object.fromEntries(
    readdirSync(join(root, 'tiny')).map((name) => [name, readFileSync(join(root, 'tiny', name))]),
  );
});
afterAll(async () => {
  await hub.stop();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  hub.reset();
  hub.models = { 'org/tiny': { commit: COMMIT, files: model } };
});

/** Runs nexort, for which the stand-in is the hub. */
async function run(...args: readonly string[]) {
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  vi.stubEnv('HF_HUB_CACHE', cache);
  vi.stubEnv('HF_HOME', join(root, 'home'));
  for (const name of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE']) {
    vi.stubEnv(name, undefined);
  }
  return nexortIn(here, ...args);
}

const LITTLE = ['--k', '2', '--seeds', '13', '--limit', '4'];

describe('a model of the hub', () => {
  it('is downloaded, named with its commit, and found again by nexort predict', async () => {
    const { code, stdout, stderr } = await run('kernel', '--model', 'org/tiny', ...LITTLE, '--out', 'one', '--json');
    expect({ code, model: JSON.parse(stdout).model }, stderr).toEqual({ code: 0, model: `org/tiny@${COMMIT}` });
    expect(stderr).toContain(`downloading org/tiny, `);
    const predicted = await run('predict', 'one', '--text', 'a joy');
    expect(predicted.stdout).toContain(`model       org/tiny@${COMMIT}`);
    const elsewhere = await run('predict', 'one', '--model', 'org/tiny', '--offline', '--text', 'a joy');
    expect(elsewhere.stdout).toBe(predicted.stdout);
    const gone = join(root, 'gone');
    renameSync(cache, gone);
    const lost = await run('predict', 'one', '--text', 'a joy');
    expect(lost.stderr).toContain(`Get it from the hub again: --model org/tiny@${COMMIT}.`);
    renameSync(gone, cache);
    // What is named in results names the same model again, and is asked for no more.
    hub.requests.length = 0;
    const again = await run('kernel', '--model', `org/tiny@${COMMIT}`, ...LITTLE, '--out', 'one', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ stored: true, model: `org/tiny@${COMMIT}` });
    expect(hub.requests).toEqual([]);
  });

  it('names the folder of its runs', async () => {
    await run('kernel', '--model', 'org/tiny', ...LITTLE);
    expect(readdirSync(join(here, 'runs'))).toEqual([expect.stringMatching(/^afinn-tiny-[0-9a-f]{8}$/)]);
  });

  it.each([
    ['lora', ['lora', '--k', '1', '--ranks', '1,2', '--seeds', '2']],
    ['finetune', ['finetune', ...LITTLE, '--steps', '2', '--batch', '2', '--learning-rate', '1e-4', '--save', 'none']],
    ['regime', ['regime', ...LITTLE, '--compare', '2', '--steps', '2', '--batch', '2']],
  ])('is taken by %s', async (_, args) => {
    const { code, stdout, stderr } = await run(...args, '--model', 'org/tiny', '--json');
    expect(code, stderr).toBeLessThan(2);
    expect(JSON.parse(stdout).model).toBe(`org/tiny@${COMMIT}`);
  });

  it('of another revision is asked for by it', async () => {
    hub.models = { 'org/tiny': { commit: COMMIT, revisions: ['v2'], files: model } };
    const { code } = await run(
      'lora',
      '--model',
      'org/tiny',
      '--revision',
      'v2',
      '--k',
      '1',
      '--ranks',
      '1,2',
      '--seeds',
      '2',
    );
    expect(code).toBe(0);
    expect(hub.paths[0]).toBe('/api/models/org/tiny/revision/v2');
  });
});

describe('a configuration of the hub', () => {
  it('is all that a classification asks for, of a model that has pickles alone too', async () => {
    const config = model['config.json'] ?? expect.fail('no configuration');
    const files = { 'config.json': config, 'pytorch_model.bin': new Uint8Array(1000) };
    hub.models = { 'org/large': { commit: COMMIT, files } };
    const { code, stdout, stderr } = await run('classify', '--model', 'org/large', '--json');
    expect({ code, name: JSON.parse(stdout).model.name }, stderr).toEqual({ code: 0, name: `org/large@${COMMIT}` });
    expect(hub.paths.filter((path) => path.includes('resolve'))).toEqual([`/org/large/resolve/${COMMIT}/config.json`]);
    hub.requests.length = 0;
    const again = await run('classify', '--model', 'org/large', '--offline', '--json');
    expect({ stdout: again.stdout, requests: hub.requests }).toEqual({ stdout, requests: [] });
    const whole = await run('kernel', '--model', 'org/large', '--offline', ...LITTLE);
    expect(whole.stderr).toContain("'org/large' is in the cache without tokenizer.json, model.safetensors");
  });
});

describe('what is no model of the hub', () => {
  it('is a folder of that name here', async () => {
    await writeTinyModel(join(here, 'org/own'), 1, 1);
    const { stdout, stderr } = await run('kernel', '--model', 'org/own', ...LITTLE, '--json', '--out', 'own');
    expect(JSON.parse(stdout).model, stderr).toBe('org/own');
    expect(hub.requests).toEqual([]);
  });

  it.each([
    ['a folder that is mistyped', ['--model', 'org/mistyped'], /'org\/mistyped' does not exist: expected a folder/],
    ['a name alone', ['--model', 'tiny'], /'tiny', which is no folder here; expected .* ORG\/NAME/],
    [
      'a revision of a folder',
      ['--model', 'org/own', '--revision', 'v1'],
      /--revision has no effect: .*'org\/own' is a folder/,
    ],
    ['a revision of nothing', ['--revision', 'v1'], /--revision has no effect: .*the embedded one is asked for/],
    ['two revisions', ['--model', 'a/b@v1', '--revision', 'v2'], /'a\/b@v1' and --revision v2 name two revisions/],
    ['a model that is not in the cache', ['--model', 'a/b', '--offline'], /'a\/b' is not in the cache/],
  ])('%s', async (_, args, expected) => {
    await writeTinyModel(join(here, 'org/own'), 1, 1);
    const { code, stdout, stderr } = await run('kernel', ...args, ...LITTLE, '--out', 'none');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect(hub.requests).toEqual([]);
  });

  it('is told as one error', async () => {
    const { code, stderr } = await run('kernel', '--model', 'else/other', ...LITTLE);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `error: There is no model 'else/other' at ${hub.endpoint}, or it is private, and no token is given (HF_TOKEN, hf auth login); nor is there a folder of that name here. Check the spelling: a model is org/name, as its page has it.\n`,
    );
  });

  it('or is gated, and the token of the environment is shown to the hub', async () => {
    hub.answer = ({ response }) => {
      fail(response, 403, 'GatedRepo');
      return true;
    };
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    vi.stubEnv('HF_TOKEN', 'hf_of-the-user');
    vi.stubEnv('HF_HUB_CACHE', cache);
    const { code, stderr } = await nexortIn(here, 'kernel', '--model', 'else/gated', ...LITTLE);
    expect({ code, told: /is gated/.test(stderr), secret: stderr.includes('hf_of') }).toEqual({
      code: 2,
      told: true,
      secret: false,
    });
    expect(hub.requests[0]?.headers.authorization).toBe('Bearer hf_of-the-user');
  });
});
