/** What of a checkpoint is assumed, replaced or not used is told wherever its numbers are shown. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawTensor, safetensorsFile } from '../lm/model/safetensorsFile.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithShared } from '../support/shared.ts';
import { nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

const SIZE = ['--limit', '8', '--seeds', '13', '--k', '2'];
const MARK = '\uFEFF';

const WIDTH = 32;
const VOCABULARY = 8192;

let folder = '';
const at = (name: string): string => join(folder, name);

/** Tensors of a safetensors file. */
function tensorsOf(file: Buffer): Record<string, RawTensor> {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, start)) as Record<
    string,
    { readonly dtype: string; readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }
  >; // our own file
  return Object.fromEntries(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [from, to],
          },
        ]) => [name, { dtype, shape, bytes: file.subarray(start + from, start + to) }],
      ),
  );
}

/** A checkpoint with a decoder of its own that config.json does not know of, an entry too few, and a byte order mark. */
async function writeOddModel(model: string): Promise<void> {
  await writeTinyModel(model, 1, 1);
  const config = JSON.parse(await readFile(join(model, 'config.json'), 'utf8')) as object;
  const odd = { ...config, layer_norm_eps: undefined, tie_word_embeddings: true, 'alibi<b>': 1 };
  await writeFile(join(model, 'config.json'), MARK + JSON.stringify(odd));
  await writeFile(join(model, 'tokenizer.json'), MARK + (await readFile(join(model, 'tokenizer.json'), 'utf8')));
  const zeros = (shape: readonly number[]): RawTensor => ({
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
  });
  const tensors = {
    ...tensorsOf(await readFile(join(model, 'model.safetensors'))),
    'cls.predictions.decoder.weight': zeros([VOCABULARY, WIDTH]),
    'bert.pooler.dense.bias': zeros([WIDTH]),
  };
  await writeFile(join(model, 'model.safetensors'), safetensorsFile(tensors));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexort-'));
  await writeOddModel(at('model'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const NOTES = [
  'not in config.json, so assumed as by transformers: layer_norm_eps 1e-12',
  'decoder: cls.predictions.decoder.weight (config.json ties it to bert.embeddings.word_embeddings.weight, but the file holds different numbers)',
  'not used, of config.json: "alibi<b>" (nexort does not know what it means)',
];
const HARMLESS = '1 tensor not needed: the pooler, which no language model reads (1)';

const USE = {
  assumed: [{ entry: 'layer_norm_eps', value: 1e-12 }],
  replaced: [
    { part: 'decoder', by: 'cls.predictions.decoder.weight', tensors: ['bert.embeddings.word_embeddings.weight'] },
  ],
  unused: [
    { of: 'config.json', names: ['alibi<b>'], harmless: false },
    { of: 'tensors', names: ['bert.pooler.dense.bias'], harmless: true },
  ],
};

test('in the summary, the JSON and the report of a run, and in what is predicted with it', async () => {
  const run = ['afinn', '--model', at('model'), ...SIZE, '--out', at('run')];
  const { code, stdout, stderr } = await nexort('kernel', ...run);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  for (const note of [...NOTES, HARMLESS]) expect(stdout).toContain(`note        model: ${note}\n`);
  const again = await nexort('kernel', ...run, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ stored: true, checkpoint: USE });
  const page = await readFile(at('run/report.html'), 'utf8');
  for (const note of [...NOTES, HARMLESS]) {
    expect(page).toContain(note.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'));
  }
  const text = ['predict', at('run'), '--text', 'a joy to watch'];
  const shown = await nexort(...text);
  for (const note of NOTES) expect(shown.stdout).toContain(`note: model: ${note}.\n`);
  expect(JSON.parse((await nexort(...text, '--json')).stdout)).toMatchObject({ checkpoint: USE });
});

test('nothing of a checkpoint that is read as it stands', async () => {
  const { stdout } = await nexort('kernel', '--json', ...SIZE);
  expect(JSON.parse(stdout)).toMatchObject({ checkpoint: { assumed: [], replaced: [], unused: [] } });
});

describe('a byte order mark is no part of', () => {
  const example = (path: string): Promise<string> =>
    readFile(join(import.meta.dirname, '../../examples', path), 'utf8');

  test('a task and its data', async () => {
    const files = await Promise.all(['task.json', 'tickets.csv'].map((name) => example(`own-task/${name}`)));
    const own = await temporaryFolder({ 'task.json': MARK + files[0], 'tickets.csv': MARK + files[1] });
    const { code, stdout } = await nexort('kernel', join(own, 'task.json'), '--model', at('model'), ...SIZE, '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { task: 'tickets' }]);
  });

  test('an optimizer and a parametrization', async () => {
    const own = await temporaryFolder({
      'optimizer.json': MARK + (await example('optimizers/soft-sign.json')),
      'mine.json': `${MARK}{"a": [0, 0, 1], "b": [0, "1/2", 0], "c": [0, 1, 0], "d": [1, 1, 1]}`,
    });
    const files = ['--parametrization', join(own, 'mine.json'), '--optimizer', join(own, 'optimizer.json')];
    expect(await nexort('classify', ...files)).toMatchObject({ code: 0, stderr: '' });
  });
});

describeWithShared('a byte order mark in config.json', 'field/config-bom', (model) => {
  test('is no part of it: the next question is asked', async () => {
    const { code, stderr } = await nexort('kernel', '--model', model);
    expect(code).toBe(2);
    expect(stderr).not.toContain('not valid JSON');
  });
});
