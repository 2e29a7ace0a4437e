import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hubPlaces } from '../../../../src/lm/node/hub/index.ts';

const home = mkdtempSync(join(tmpdir(), 'nexort-places-'));
writeFileSync(join(home, 'token'), 'hf_stored\n');
writeFileSync(join(home, 'other'), ' \n');
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('places of the hub', () => {
  it.each([
    [{ HF_HOME: home }, { cache: join(home, 'hub'), token: 'hf_stored' }],
    [{ HF_HOME: home, HF_TOKEN: ' hf_given ' }, { token: 'hf_given' }],
    [
      { HF_HOME: home, HF_HUB_CACHE: '/models' },
      { cache: '/models', token: 'hf_stored' },
    ],
    [{ HF_HOME: home, HF_ENDPOINT: 'http://mirror/' }, { endpoint: 'http://mirror' }],
    [{ HF_HOME: home, HF_HUB_OFFLINE: 'yes' }, { offline: true }],
    [{ HF_HOME: home, TRANSFORMERS_OFFLINE: '1' }, { offline: true }],
    [{ HF_HOME: home, HF_HUB_OFFLINE: '0', TRANSFORMERS_OFFLINE: '1' }, { offline: false }],
    [{ XDG_CACHE_HOME: '/c' }, { cache: '/c/huggingface/hub', endpoint: 'https://huggingface.co', offline: false }],
    [{}, { cache: join(homedir(), '.cache/huggingface/hub') }],
  ])('%j', (environment, expected) => expect(hubPlaces(environment)).toMatchObject(expected));

  it.each([
    [{ HF_HOME: home, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }],
    [{ HF_HOME: home, HF_TOKEN_PATH: join(home, 'other') }],
    [{ HF_HOME: join(home, 'nowhere') }],
  ])('no token: %j', (environment) => expect(hubPlaces(environment).token).toBeUndefined());
});
