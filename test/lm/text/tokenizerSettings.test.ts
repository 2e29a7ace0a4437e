import { describe, expect, it } from 'vitest';
import { UnsupportedError, UserError } from '../../../src/errors/index.ts';
import { effectiveTokenizer } from '../../../src/lm/text/tokenizerSettings.ts';
import { failureOf } from '../../support/failure.ts';
import { byteLevel, loadTiny, spell, wordPiece } from './tinyTokenizers.ts';

const effective = (json: object, configuration: object, specialTokens: object = {}) =>
  effectiveTokenizer({ ...json }, { ...configuration }, { ...specialTokens }, 'tokenizer.json');

describe('tokenizer_config.json', () => {
  it('changes what it says of case, accents, ideographs and a first space', async () => {
    const cased = await loadTiny(wordPiece(), { 'tokenizer_config.json': { do_lower_case: false } });
    expect(cased.lowerCases).toBe(false);
    expect(spell(cased, await cased.encode('great Great'))).toBe('great [UNK]');
    const spaced = await loadTiny(byteLevel(), { 'tokenizer_config.json': { add_prefix_space: true } });
    expect(spell(spaced, await spaced.encode('great'))).toBe('Ġgreat');
    expect(effective(wordPiece(), { strip_accents: false, tokenize_chinese_chars: false }).normalizer).toMatchObject({
      strip_accents: false,
      handle_chinese_chars: false,
    });
  });

  it('changes nothing where it agrees, says nothing, or its class takes tokenizer.json as it stands', () => {
    const json = wordPiece() as Record<string, unknown>;
    for (const configuration of [
      {},
      { do_lower_case: true, strip_accents: null, tokenize_chinese_chars: true, cls_token: '[CLS]' },
      { tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: false, add_prefix_space: true },
      { tokenizer_class: 'TokenizersBackend', do_lower_case: false },
    ]) {
      expect(effectiveTokenizer(json, configuration, {}, 'tokenizer.json')).toBe(json);
    }
  });

  it('is refused where it contradicts tokenizer.json and no one rule holds', async () => {
    const error = await failureOf(() =>
      effective({ ...wordPiece(), normalizer: { type: 'NFC' } }, { do_lower_case: true }),
    );
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(
      [
        'tokenizer.json and tokenizer_config.json beside it contradict each other:',
        '  - do_lower_case is true, but the normalizer does not lower-case',
        'The classes of the transformers library differ in which of the two they follow. Save the tokenizer again with the class that the model was trained with, or remove what is wrong.',
      ].join('\n'),
    );
    const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
    expect(
      (await failureOf(() => effective({ pre_tokenizer: metaspace }, { add_prefix_space: false }))).message,
    ).toContain('add_prefix_space is false, but the pre-tokenizer Metaspace puts a space first');
    expect(effective({ pre_tokenizer: metaspace }, { add_prefix_space: true })).toEqual({ pre_tokenizer: metaspace });
  });

  it('adds special tokens that it names, and its flags prevail', () => {
    const bare = { ...wordPiece(), added_tokens: [] };
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    expect(effective(bare, { mask_token: '[MASK]', eos_token: '<none>' }).added_tokens).toEqual([
      { id: 4, content: '[MASK]', ...flags },
    ]);
    expect(effective(bare, {}, { mask_token: { content: '[MASK]', lstrip: true } }).added_tokens).toEqual([
      { id: 4, content: '[MASK]', ...flags, lstrip: true },
    ]);
    const decoder = { added_tokens_decoder: { 4: { content: '[MASK]', ...flags, lstrip: true } } };
    expect(effective(wordPiece(), decoder).added_tokens).toContainEqual({
      id: 4,
      content: '[MASK]',
      ...flags,
      lstrip: true,
    });
  });
});

it('refuses tokens that are drawn at random', async () => {
  const json = byteLevel() as { readonly model: object };
  const error = await failureOf(() => effective({ ...json, model: { ...json.model, dropout: 0.1 } }, {}));
  expect(error).toBeInstanceOf(UnsupportedError);
  expect(error.message).toContain('tokenizer.json: model.dropout is 0.1,');
});
