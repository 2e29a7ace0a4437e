/** Folders that are no checkpoints: each is one error that names the file and says what to do. */

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floats, safetensorsFile, withHeader } from '../lm/model/safetensorsFile.ts';
import { nexortIn } from './nexort.ts';
import { writeTinyDecoder } from './tinyDecoder.ts';
import { writeTinyModel } from './tinyModel.ts';

const root = mkdtempSync(join(tmpdir(), 'nexort-checkpoints-'));
const at = (...names: readonly string[]): string => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(() => writeTinyModel(at('whole'), 1, 1));

const json = (value: unknown): string => JSON.stringify(value);

/** A file of a checkpoint in place of what a whole one has; `null` takes it away. */
type Planted = Readonly<Record<string, string | Uint8Array | null>>;

/** Runs nexort on a copy of a checkpoint with something planted: one error, and nothing written. */
async function refused(name: string, planted: Planted, expected: RegExp, whole = at('whole')): Promise<void> {
  const folder = at(name);
  cpSync(whole, folder, { recursive: true });
  for (const [file, content] of Object.entries(planted)) {
    if (content === null) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), content);
  }
  const before = readdirSync(folder);
  const { code, stdout, stderr } = await nexortIn(
    ...[root, 'kernel', '--model', name, '--k', '2', '--seeds', '13', '--limit', '2', '--out', `${name}-run`],
  );
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect(stderr).toMatch(expected);
  expect(stderr).not.toMatch(/^ {4}at |NEXORT_DEBUG|undefined|NaN|\[object/m);
  expect(readdirSync(folder)).toEqual(before);
  expect(existsSync(at(`${name}-run`))).toBe(false);
}

/** What a header says, without the numbers that it speaks of. */
const header = (tensors: unknown, data = new Uint8Array(8)): Uint8Array => withHeader(json(tensors), [data]);
const index = (shard: unknown): Planted => ({
  'model.safetensors': null,
  'model.safetensors.index.json': json({ weight_map: { 'bert.embeddings.word_embeddings.weight': shard } }),
});

const CASES: Readonly<Record<string, readonly [Planted, RegExp]>> = {
  'an adapter': [
    { 'config.json': null, 'adapter_config.json': json({ base_model_name_or_path: 'org/base' }) },
    /Folder 'adapter' holds an adapter of LoRA.*stands beside, 'org\/base'\. Give --model org\/base --params lora --adapter 'adapter'/,
  ],
  'an adapter that names no base': [
    { 'config.json': null, 'adapter_config.json': '{}' },
    /holds an adapter of LoRA.*Give --model BASE --params lora/,
  ],
  'no tokenizer': [{ 'tokenizer.json': null }, /Folder '.*' has no tokenizer\.json.*AutoTokenizer/],
  'pickles alone': [
    { 'model.safetensors': null, 'pytorch_model.bin': 'x' },
    /holds pytorch_model\.bin but no model\.safetensors\. Pickled weights are not read: convert/,
  ],
  'no weights': [{ 'model.safetensors': null }, /has no model\.safetensors and no model\.safetensors\.index\.json/],
  'a shard of another folder': [
    index('../whole/model.safetensors'),
    /'\.\.\/whole\/model\.safetensors', and shards lie beside/,
  ],
  'a shard by its whole path': [index(resolve(at('whole/model.safetensors'))), /and shards lie beside their index/],
  'a shard above': [index('..'), /has no '\.\.', which model\.safetensors\.index\.json lists/],
  'a shard that is missing': [index('model-1.safetensors'), /has no 'model-1\.safetensors', which/],
  'a shard without a name': [index(7), /tensor '.*' has no file name/],
  'an index of nothing': [
    { 'model.safetensors': null, 'model.safetensors.index.json': '{}' },
    /has no "weight_map" from tensor names to files/,
  ],
  'tensors of another model': [
    { 'model.safetensors': safetensorsFile({ 'bert.embeddings.LayerNorm.weight': floats([3], [1, 2, 3]) }) },
    /do not fit config\.json \(\d+ missing, 1 of another shape\):\n.*is missing[\s\S]*has shape \[3\], expected \[32\]/,
  ],
  'a configuration of another size': [
    {
      'config.json': json({
        model_type: 'bert',
        vocab_size: 8192,
        hidden_size: 48,
        num_attention_heads: 4,
        num_hidden_layers: 1,
      }),
    },
    /has shape \[8192, 32\], expected \[8192, 48\]/,
  ],
  'a header of more than there is': [
    { 'model.safetensors': header({ x: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }) },
    /is not a complete safetensors file: tensor 'x' ends after the end of the file: expected \d+ bytes, found/,
  ],
  'a header of less than there is': [
    { 'model.safetensors': header({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }) },
    /it goes on after its last tensor/,
  ],
  'a shape that its range does not hold': [
    { 'model.safetensors': header({ x: { dtype: 'F32', shape: [1e9, 1e9], data_offsets: [0, 8] } }) },
    /tensor 'x' \(F32 of shape \[1000000000, 1000000000\]\) has a wrong range/,
  ],
  'a range before the file': [
    { 'model.safetensors': header({ x: { dtype: 'F32', shape: [2], data_offsets: [-8, 0] } }) },
    /tensor 'x' has no valid data_offsets/,
  ],
  'tensors that share bytes': [
    {
      'model.safetensors': header({
        x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        y: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      }),
    },
    /tensor 'y' overlaps with tensor 'x'/,
  ],
  'a header longer than the file': [
    { 'model.safetensors': Uint8Array.of(255, 255, 0, 0, 0, 0, 0, 0, 123) },
    /its header is longer than the file: expected 65543 bytes, found 9/,
  ],
  'a header longer than any': [
    { 'model.safetensors': new Uint8Array(16).fill(255) },
    /it does not begin with a header length/,
  ],
  'a page in place of a file': [{ 'model.safetensors': '<html>Not found</html>' }, /a Git LFS pointer or a web page/],
  'an architecture that is not there': [
    { 'config.json': json({ model_type: 't5' }) },
    /model_type is "t5"; supported are bert/,
  ],
};

describe('a folder that is no checkpoint', () => {
  it.each(Object.entries(CASES))('%s', async (name, [planted, expected]) => {
    await refused(name.replaceAll(' ', '-').replace(/^an-(adapter)$/, '$1'), planted, expected);
  });
});

describe('a folder that is no decoder', () => {
  beforeAll(() => writeTinyDecoder(at('decoder'), ['great', 'terrible']));
  const values = (): Buffer => readFileSync(at('decoder', 'model.safetensors'));
  const CUT: Readonly<Record<string, readonly [() => Planted, RegExp]>> = {
    'no tokenizer': [
      () => ({ 'tokenizer.json': null }),
      /Folder 'decoder-no-tokenizer' has no tokenizer\.json; it holds/,
    ],
    'a file that is cut': [
      () => ({ 'model.safetensors': values().subarray(0, 5000) }),
      /is not a complete safetensors file/,
    ],
    'tensors of another model': [
      () => ({ 'model.safetensors': safetensorsFile({ 'wte.weight': floats([2, 2], [1, 2, 3, 4]) }) }),
      /do not fit config\.json[\s\S]*'transformer\.\S+' \[\d+.*is missing/,
    ],
    'another size': [
      () => {
        const config = JSON.parse(readFileSync(at('decoder', 'config.json'), 'utf8'));
        return { 'config.json': json({ ...config, n_embd: 2 * config.n_embd }) };
      },
      /has shape \[\d+, \d+\], expected \[\d+, \d+\]/,
    ],
  };

  it.each(Object.entries(CUT))('%s', async (name, [planted, expected]) => {
    await refused(`decoder-${name.replaceAll(' ', '-')}`, planted(), expected, at('decoder'));
  });
});
