/** `nexort kernel` as its user runs it: a real run, and each bad input with its one message. */

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { wilsonInterval } from '../../src/numeric/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

const MODEL = resolve(import.meta.dirname, '../../models/tiny-mlm');
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json'];

/** A copy of the embedded model with some files changed. */
async function damaged(change: Readonly<Record<string, (bytes: Buffer) => Uint8Array | string>>): Promise<string> {
  const folder = await temporaryFolder({});
  for (const file of FILES) {
    const edit = change[file];
    if (edit === undefined) await copyFile(join(MODEL, file), join(folder, file));
    else await writeFile(join(folder, file), edit(await readFile(join(MODEL, file))));
  }
  return folder;
}

/** Edits a text file. */
const replacing =
  (from: string, to: string) =>
  (bytes: Buffer): string =>
    bytes.toString('utf8').replace(from, to);

/** Edits the JSON header of a safetensors file, which keeps its length. */
const header =
  (edit: (text: string) => string) =>
  (bytes: Buffer): Uint8Array => {
    const length = Number(bytes.readBigUInt64LE(0));
    const text = edit(bytes.toString('utf8', 8, 8 + length));
    return Buffer.concat([bytes.subarray(0, 8), Buffer.from(text.padEnd(length)), bytes.subarray(8 + length)]);
  };

async function refuses(args: readonly string[], message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await nexort('kernel', ...args);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
}

describe('a run', () => {
  test('prints one JSON object with what was run and found', async () => {
    const { code, stdout } = await nexort('kernel', '--json', '--limit', '12', '--seeds', '13,21', '--k', '2');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Record<string, Record<string, unknown>>; // our own output
    expect(result).toMatchObject({
      task: 'afinn',
      model: 'tiny-mlm (embedded)',
      seeds: [13, 21],
      evaluated: 12,
      shots: 2,
    });
    expect(result.parameters).toMatchObject({ choice: 'all', count: 10_500_224 });
    const { mean } = result.zeroShot as { readonly mean: number };
    expect(result.zeroShot).toMatchObject({ std: 0, interval: wilsonInterval(mean, 12) });
    expect(result.kernels).toHaveProperty('sgd.mean');
    expect(result.seconds).toBeGreaterThan(0);
    expect(result.peakBytes).toBeGreaterThan(0);
  });
});

describe('bad models', () => {
  test('missing folder', () => refuses(['--model', '/nowhere/model'], /\/nowhere\/model/));

  test('unknown architecture names the supported ones', async () => {
    const model = await damaged({ 'config.json': replacing('"bert"', '"t5"') });
    await refuses(['--model', model], /t5.*bert.*roberta/s);
  });

  test('truncated tensors', async () => {
    const model = await damaged({ 'model.safetensors': (bytes) => bytes.subarray(0, 5_000_000) });
    await refuses(['--model', model], /model\.safetensors.*5000000|5000000.*model\.safetensors/s);
  });

  test('a NaN names its tensor', async () => {
    const poison = (bytes: Buffer): Uint8Array => {
      const start = 8 + Number(bytes.readBigUInt64LE(0));
      bytes.writeUInt16LE(0x7e00, start + 64);
      return bytes;
    };
    const model = await damaged({ 'model.safetensors': poison });
    await refuses(['--model', model], /bert\.\S+.*NaN|NaN.*bert\.\S+/s);
  });

  test('a missing tensor is named', async () => {
    const model = await damaged({
      'model.safetensors': header((text) =>
        text.replace('bert.encoder.layer.2.output.dense.bias', 'bert.encoder.layer.2.output.dense.bXas'),
      ),
    });
    await refuses(['--model', model], /bert\.encoder\.layer\.2\.output\.dense\.bias/);
  });

  test('a wrong shape is named with both shapes', async () => {
    const model = await damaged({ 'config.json': replacing('"intermediate_size": 1536', '"intermediate_size": 1024') });
    await refuses(['--model', model], /layer\.0\.intermediate\.dense\.weight.*1024.*1536/s);
  });

  test('a tokenizer of another vocabulary', async () => {
    const model = await damaged({ 'tokenizer.json': withToken });
    await refuses(['--model', model], /vocabulary.*8192|8192.*vocabulary/s);
  });
});

/** The tokenizer with one token numbered beyond the model's table. */
function withToken(bytes: Buffer): string {
  const tokenizer = JSON.parse(bytes.toString('utf8')) as { model: { vocab: Record<string, number> } }; // a WordPiece file
  tokenizer.model.vocab.nexort = 9000;
  return JSON.stringify(tokenizer);
}

describe('bad data', () => {
  const line = (label: string, text: string, split = 'train'): string => JSON.stringify({ label, text, split });
  const good = ['positive', 'negative'].flatMap((label) =>
    Array.from({ length: 4 }, (_, k) => line(label, `a ${label} film number ${k}`)),
  );
  const test2 = [line('positive', 'fine', 'test'), line('negative', 'poor', 'test')];
  const run = async (lines: readonly string[], message: RegExp, ...args: readonly string[]): Promise<void> => {
    const data = await temporaryFolder({ 'sst-2.jsonl': lines.join('\n') });
    await refuses(['sst-2', '--data', data, '--k', '2', ...args], message);
  };

  test('no data folder', () => refuses(['sst-2'], /--data/));
  test('malformed JSON, with file and line', () => run([...good, '{"label": '], /sst-2\.jsonl.*9/s));
  test('unknown label, with the known ones', () => run([...good, line('great', 'x')], /great.*negative.*positive/s));
  test('empty text', () => run([...good, line('positive', '')], /sst-2\.jsonl.*9.*text|text.*sst-2\.jsonl.*9/s));
  test('more shots than examples', () => run([...good, ...test2], /4.*3|3.*4/s, '--k', '3'));
  test('a selection of nothing', () => run([...good, ...test2], /match:\*nothing\*/, '--params', 'match:*nothing*'));
  test('an unknown selection', () => run([...good, ...test2], /no-embeddings/, '--params', 'most'));

  test('a text longer than the model takes is cut, counted and reported', async () => {
    const model = await temporaryFolder({});
    await writeTinyModel(model, 1);
    const long = line('positive', 'long '.repeat(400), 'test');
    const data = await temporaryFolder({ 'sst-2.jsonl': [...good, ...test2, long].join('\n') });
    const { code, stdout } = await nexort(
      'kernel',
      'sst-2',
      '--data',
      data,
      '--model',
      model,
      '--k',
      '2',
      '--seeds',
      '1',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 texts? (was|were) too long; 27\d tokens were cut/);
  });
});
