/** What tells models apart: whatever decides numbers and token ids, and nothing else. */

import { describe, expect, it, test } from 'vitest';
import { modelFingerprint } from '../../../../src/lm/node/model/modelFingerprint.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const FILES = {
  'config.json': { model_type: 'bert' },
  'tokenizer.json': { model: {} },
  'tokenizer_config.json': { cls_token: '[CLS]', sep_token: { content: '[SEP]' }, mask_token: null },
  'model.safetensors': 'numbers',
};

const of = async (files: Readonly<Record<string, object | string>>) => modelFingerprint(await temporaryFolder(files));

describe('a model is another one', () => {
  test.each([
    ['its configuration', { 'config.json': { model_type: 'roberta' } }],
    ['its tokenizer', { 'tokenizer.json': { model: { unk: 1 } } }],
    ['the settings of its tokenizer', { 'tokenizer_config.json': {} }],
    ['its weights', { 'model.safetensors': 'others' }],
    ['further shards', { 'model-00002-of-00002.safetensors': 'more' }],
    ['a special token that the map alone names', { 'special_tokens_map.json': { mask_token: '<mask>' } }],
    ['one that the settings leave open', { 'special_tokens_map.json': { pad_token: { content: '<pad>' } } }],
  ])('by %s', async (_, change) => {
    expect(await of({ ...FILES, ...change })).not.toEqual(await of(FILES));
  });

  it('by the flags of such a token, and by the token', async () => {
    const named = (mask_token: unknown) => of({ ...FILES, 'special_tokens_map.json': { mask_token } });
    const plain = await named({ content: '<mask>' });
    expect(await named({ content: '<mask>', lstrip: true })).not.toEqual(plain);
    expect(await named({ content: '[MASK]' })).not.toEqual(plain);
  });
});

it('a model with prompts in its chat template is another one by its file of that', async () => {
  const chat = async (template: string) => {
    const folder = await temporaryFolder({ ...FILES, 'chat_template.jinja': template });
    return [await modelFingerprint(folder), await modelFingerprint(folder, true)] as const;
  };
  const [[plain, one], [, other]] = [await chat('a'), await chat('b')];
  expect(plain).toEqual(await of(FILES));
  expect(one).toMatchObject(plain);
  expect(one).not.toEqual(other);
});

describe('a model is the same', () => {
  test.each([
    [
      'a map that says what the settings say',
      { 'special_tokens_map.json': { cls_token: '[CLS]', sep_token: '[SEP]' } },
    ],
    ['a map of which the settings know better', { 'special_tokens_map.json': { cls_token: '<s>' } }],
    ['tokens of generation in the map', { 'special_tokens_map.json': { additional_special_tokens: ['<image>'] } }],
    ['files that are not read', { 'README.md': 'text', 'generation_config.json': {}, 'added_tokens.json': {} }],
  ])('with %s', async (_, change) => {
    expect(await of({ ...FILES, ...change })).toEqual(await of(FILES));
  });
});

it('of a folder whose map is no JSON is refused', async () => {
  await expect(of({ ...FILES, 'special_tokens_map.json': '{' })).rejects.toMatchObject({ code: 'lm.malformed-json' });
});
