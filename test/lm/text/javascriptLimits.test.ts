/** What keys of tokenizer.json mean together; keys alone are refused in the test against recorded ids. */
import { describe, expect, it } from 'vitest';
import { javascriptLimits } from '../../../src/lm/text/javascriptLimits.ts';
import { RECORDED } from './reference/recorded.ts';

type Json = Record<string, unknown>;

function recorded(name: string): Json & { readonly model: Json; readonly added_tokens: readonly Json[] } {
  const found = RECORDED.find((one) => one.name === name);
  return found?.json as ReturnType<typeof recorded>; // as references.py writes them
}

const uncased = recorded('bert uncased');
const bytes = recorded('bytes');
const token = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };

describe('the tokenizer in JavaScript', () => {
  it.each<[string, Json, string]>([
    ['a key that nobody knows', { ...uncased, shape: 3 }, 'shape is 3; the key is not read'],
    [
      'a key missing',
      { ...uncased, model: { ...uncased.model, unk_token: undefined } },
      'model.unk_token is missing; read is a text',
    ],
    [
      'a wrong id',
      { ...uncased, added_tokens: [{ ...token, id: 999, content: '[X]' }] },
      'added_tokens: "[X]" has id 999; the original gives it',
    ],
    [
      'a token twice',
      { ...uncased, added_tokens: [uncased.added_tokens[0], uncased.added_tokens[0]] },
      'added_tokens: one stands twice',
    ],
    [
      'an overlap',
      {
        ...bytes,
        added_tokens: [
          ...bytes.added_tokens,
          { ...token, id: 340, content: '>>' },
          { ...token, id: 341, content: '>x', normalized: true },
        ],
      },
      'added_tokens: ">x" overlaps another that is looked for before',
    ],
    [
      'blanks that others remove',
      {
        ...bytes,
        added_tokens: [
          { ...token, id: 340, content: '\n' },
          { ...token, id: 341, content: '<x>', lstrip: true },
        ],
      },
      'has blanks that others remove',
    ],
    [
      'a late prefix',
      {
        ...bytes,
        normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Prepend', prepend: 'x' }] },
      },
      'Prepend is read as the first step only',
    ],
    [
      'an unknown token of no vocabulary',
      { ...uncased, model: { ...uncased.model, unk_token: '[?]' } },
      'which is not in the vocabulary',
    ],
    [
      'bytes without letters',
      { ...bytes, pre_tokenizer: { type: 'WhitespaceSplit' } },
      'the vocabulary does not spell every byte',
    ],
    [
      'a merge of no token',
      { ...bytes, model: { ...bytes.model, merges: ['a zz'] } },
      'model.merges: "a zz" or what it makes',
    ],
    ['random tokens', { ...bytes, model: { ...bytes.model, dropout: 0.5 } }, 'model.dropout is 0.5'],
    [
      'places of a match',
      { ...uncased, normalizer: { type: 'Replace', pattern: { String: 'a' }, content: '$&' } },
      'a text without $',
    ],
    [
      'the text twice',
      {
        ...uncased,
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ Sequence: {} }, { Sequence: {} }],
          pair: [],
          special_tokens: {},
        },
      },
      'a template with the text once',
    ],
  ])('refuses %s', (_, json, problem) => {
    expect(javascriptLimits(JSON.parse(JSON.stringify(json))).join('\n')).toContain(problem);
  });

  it('finds nothing wrong with the usual kinds', () => {
    for (const json of [uncased, bytes]) expect(javascriptLimits(json)).toEqual([]);
  });
});
