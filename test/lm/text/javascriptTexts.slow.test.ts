/** Every character that the guard lets pass, by each step that looks at characters: the library in JavaScript does as the original. */

import { Tokenizer as Javascript } from '@huggingface/tokenizers';
import native from 'tokenizers';
import { expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { javascriptTexts } from '../../../src/lm/text/javascriptTexts.ts';

const bert = {
  type: 'BertNormalizer',
  clean_text: false,
  handle_chinese_chars: false,
  strip_accents: false,
  lowercase: false,
};
const llama =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });

const NORMALIZERS = [
  { ...bert, clean_text: true },
  { ...bert, handle_chinese_chars: true },
  { ...bert, strip_accents: true },
  { ...bert, clean_text: true, lowercase: true, strip_accents: null },
  { type: 'Lowercase' },
  { type: 'NFC' },
  { type: 'NFD' },
  { type: 'NFKC' },
  { type: 'NFKD' },
  { type: 'StripAccents' },
  { type: 'Strip', strip_left: true, strip_right: true },
  { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
];

const PRE_TOKENIZERS = [
  { type: 'BertPreTokenizer' },
  { type: 'WhitespaceSplit' },
  { type: 'Punctuation', behavior: 'Contiguous' },
  { type: 'Digits', individual_digits: true },
  { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true },
  split(llama),
  split('\\s+'),
];

/** Characters up to U+1FFFF, less those in the middle of large blocks of equal ones. */
const CHARACTERS = Array.from({ length: 0x1fffe }, (_, place) => place + 1).filter((code) => {
  const dense = (code > 0x3500 && code < 0x9f00) || (code > 0xac80 && code < 0xd700);
  return !dense && (code < 0xd800 || code >= 0xe000);
});

const inContext = (c: string) => [`x${c}y`, `${c}${c}1`, ` ${c} x`, `e${c}`, `'${c}`];

function whole(normalizer: object | null, pre_tokenizer: object | null): object {
  const vocab = { a: 0, '[UNK]': 1 };
  const model = {
    type: 'WordPiece',
    vocab,
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
  };
  return { version: '1.0', added_tokens: [], normalizer, pre_tokenizer, post_processor: null, decoder: null, model };
}

/** Characters for which the two differ somewhere. */
function differing(json: object, one: (text: string) => string, other: (text: string) => string): string[] {
  const strange = javascriptTexts({ ...json });
  return CHARACTERS.map((code) => String.fromCodePoint(code))
    .filter((c) => strange(c) === undefined && inContext(c).some((text) => one(text) !== other(text)))
    .map((c) => `U+${c.codePointAt(0)?.toString(16)}`);
}

it.each(NORMALIZERS)('normalizes as the original: %j', { timeout: 300_000 }, (normalizer) => {
  const json = whole(normalizer, null);
  const original = required(
    native.Tokenizer.fromString(JSON.stringify(json)).getNormalizer() ?? undefined,
    'a normalizer',
  );
  const ours = required(new Javascript(json, {}).normalizer ?? undefined, 'a normalizer');
  expect(
    differing(
      json,
      (text) => original.normalizeString(text),
      (text) => ours.normalize(text),
    ),
  ).toEqual([]);
});

it.each(PRE_TOKENIZERS)('splits as the original: %j', { timeout: 300_000 }, (pre) => {
  const json = whole(null, pre);
  const original = required(
    native.Tokenizer.fromString(JSON.stringify(json)).getPreTokenizer() ?? undefined,
    'a pre-tokenizer',
  );
  const ours = required(new Javascript(json, {}).pre_tokenizer ?? undefined, 'a pre-tokenizer');
  const split = (text: string) => original.preTokenizeString(text).map(([piece]) => piece);
  expect(
    differing(
      json,
      (text) => split(text).join('\n'),
      (text) => ours.pre_tokenize(text, {}).join('\n'),
    ),
  ).toEqual([]);
});
