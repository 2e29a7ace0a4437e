import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CheckpointFiles, checkpointInMemory, readJsonObject } from '../../../src/lm/model/checkpointFiles.ts';
import { readConfig } from '../../../src/lm/model/config.ts';
import { openTensors } from '../../../src/lm/model/safetensors.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { floats, safetensorsFile } from './safetensorsFile.ts';

const WEIGHTS = safetensorsFile({ w: floats([2, 2], [1, 2, 3, 4]) });
const FILES = { 'config.json': new TextEncoder().encode('{"a": "ü"}'), 'model.safetensors': WEIGHTS };

describe.each([
  ['in memory', async () => checkpointInMemory(FILES, 'models/one')],
  ['in a folder', async () => checkpointFolder(await temporaryFolder(FILES))],
] as const)('a checkpoint %s', (_, open: () => Promise<CheckpointFiles>) => {
  it('lists its files and says where they are', async () => {
    const files = await open();
    expect(await files.list()).toEqual(['config.json', 'model.safetensors']);
    expect(files.path('config.json')).toBe(join(files.folder, 'config.json'));
  });

  it('reads bytes in buffers of their own, fewer only at the end', async () => {
    const file = await (await open()).open('config.json');
    expect(file.bytes).toBe(FILES['config.json'].length);
    const part = await file.read(1, 3);
    expect(new TextDecoder().decode(part)).toBe('"a"');
    expect(part.buffer.byteLength).toBe(3);
    expect(await file.read(file.bytes - 1, 5)).toHaveLength(1);
    expect(await file.read(file.bytes, 5)).toHaveLength(0);
    await file.close();
  });

  it('has JSON and tensors', async () => {
    const files = await open();
    expect(await readJsonObject(files, 'config.json')).toEqual({ a: 'ü' });
    const store = await openTensors(files);
    expect(await store.read('w')).toEqual(Float32Array.from([1, 2, 3, 4]));
    await store.close();
  });

  it('says what it lacks', async () => {
    const files = await open();
    expect((await failureOf(() => readJsonObject(files, 'tokenizer.json'))).message).toBe(
      `Folder '${files.folder}' has no tokenizer.json; it holds config.json, model.safetensors. Give a complete checkpoint folder, or download the missing file into it.`,
    );
  });
});

describe('files that are not what they should be', () => {
  it('are named by their address', async () => {
    const files = checkpointInMemory({ 'config.json': new TextEncoder().encode('<!doctype html>') }, '/models/one');
    expect(await failureOf(() => readConfig(files))).toMatchObject({
      code: 'lm.malformed-json',
      message: expect.stringMatching(/^\/models\/one\/config\.json is not valid JSON: /),
    });
    expect(await failureOf(() => files.open('toString'))).toMatchObject({ code: 'lm.missing-file' });
  });

  it('may end while they are read', async () => {
    const whole = checkpointInMemory({ 'model.safetensors': WEIGHTS }, '/models/one');
    const cut = WEIGHTS.length - 4;
    const shrinking: CheckpointFiles = {
      ...whole,
      open: async (name) => {
        const file = await whole.open(name);
        return { ...file, read: async (position, length) => file.read(position, Math.min(length, cut - position)) };
      },
    };
    const store = await openTensors(shrinking);
    expect(await failureOf(() => store.read('w'))).toMatchObject({
      code: 'lm.damaged-tensors',
      message: `/models/one/model.safetensors is not a complete safetensors file: it ended while being read: expected ${WEIGHTS.length} bytes, found ${cut}. Download or save it again.`,
    });
  });
});
