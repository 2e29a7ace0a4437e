import { describe, expect, it } from 'vitest';
import { required, UnsupportedError } from '../../../../src/errors/index.ts';
import { nativeTokenizer } from '../../../../src/lm/node/text/nativeTokenizer.ts';
import { javascriptTokenizer } from '../../../../src/lm/text/javascriptTokenizer.ts';
import type { Tokenizer, TokenizerDefinition } from '../../../../src/lm/text/tokenizerLibrary.ts';
import { effectiveTokenizer } from '../../../../src/lm/text/tokenizerSettings.ts';
import { failureOf } from '../../../support/failure.ts';
import { RECORDED, type Recorded, TEXTS } from './recorded.ts';

function definitionOf({ json: stored, config = {} }: Recorded): TokenizerDefinition {
  const json = effectiveTokenizer(stored, config, {}, 'tokenizer.json');
  return { file: 'tokenizer.json', text: JSON.stringify(json), json, configuration: config };
}

/** Texts whose ids are not the recorded ones, with both; refused texts are left out and counted. */
async function compare(tokenizer: Tokenizer, { ids }: Recorded): Promise<{ wrong: string[]; refused: string[] }> {
  const wrong: string[] = [];
  const refused: string[] = [];
  for (const [place, text] of TEXTS.entries()) {
    try {
      const found = (await tokenizer.encode(text)).ids.join(' ');
      if (found !== ids[place]) wrong.push(`${JSON.stringify(text)}: ${found}; recorded ${ids[place]}`);
    } catch (cause) {
      if (!(cause instanceof UnsupportedError)) throw cause;
      refused.push(text);
    }
  }
  return { wrong, refused };
}

describe('token ids', () => {
  it('are recorded for more than forty tokenizers and three hundred texts', () => {
    expect(RECORDED.length).toBeGreaterThan(40);
    expect(TEXTS.length).toBeGreaterThan(300);
    expect(new Set(RECORDED.map(({ name }) => name)).size).toBe(RECORDED.length);
    for (const { ids } of RECORDED) expect(ids.length).toBe(TEXTS.length);
  });

  it.each(RECORDED.map((recorded) => [recorded.name, recorded] as const))(
    'of the native tokenizer are the reference: %s',
    async (_, recorded) => {
      expect(await compare(await nativeTokenizer(definitionOf(recorded)), recorded)).toEqual({
        wrong: [],
        refused: [],
      });
    },
  );
});

describe('the tokenizer in JavaScript', () => {
  it('refuses texts that it could read otherwise, naming the character', async () => {
    const [uncased] = RECORDED;
    const tokenizer = javascriptTokenizer(definitionOf(required(uncased, 'the first tokenizer')));
    const refusal = async (text: string) => (await failureOf(() => tokenizer.encode(text))).message;
    expect(await refusal('ΟΔΟΣ')).toBe(
      '"ΟΔΟΣ" has the character U+03A3, which the tokenizer in JavaScript does not treat as the original does (tokenizer.json). Leave it out, or use nativeTokenizer of nexort/lm/node in Node.',
    );
    expect(await refusal('a\u{20000}')).toContain('has the character U+20000,');
    expect(await refusal('\u0378')).toContain('has the character U+0378,');
    expect(await failureOf(() => tokenizer.encode('x\ufeff'))).toMatchObject({ code: 'lm.unsupported-text' });
  });

  it('refuses a text that only normalization turns into an added token', async () => {
    const cased = required(
      RECORDED.find(({ name }) => name === 'bert cased'),
      'a cased tokenizer',
    );
    const tokenizer = javascriptTokenizer(definitionOf(cased));
    expect((await failureOf(() => tokenizer.encode('[MA\u200bSK]'))).message).toContain(
      'a spelling of the token "[MASK]"',
    );
    expect((await tokenizer.encode('[MASK]')).ids).toEqual([4]);
  });

  const opened = RECORDED.map((recorded): [Recorded, Tokenizer | UnsupportedError] => {
    try {
      return [recorded, javascriptTokenizer(definitionOf(recorded))];
    } catch (cause) {
      if (cause instanceof UnsupportedError) return [recorded, cause];
      throw cause;
    }
  });
  const accepted = opened.flatMap(([recorded, found]) =>
    found instanceof UnsupportedError ? [] : [[recorded.name, recorded, found] as const],
  );

  it.each(accepted)('gives the reference wherever it does not refuse: %s', async (_, recorded, tokenizer) => {
    const { wrong, refused } = await compare(tokenizer, recorded);
    expect(wrong).toEqual([]);
    // Texts that are refused are the odd ones: characters beyond common scripts, capital sigma, marks of byte order.
    expect(refused.length).toBeLessThan(TEXTS.length / 4);
  });

  it('accepts these', () => {
    expect({
      accepted: accepted.length,
      of: RECORDED.length,
      names: accepted.map(([name]) => name),
    }).toMatchInlineSnapshot(`
      {
        "accepted": 32,
        "names": [
          "bert uncased",
          "bert cased",
          "bert strips accents, keeps case",
          "bert lower-cases, keeps accents",
          "bert without cleaning",
          "bert without spaces around ideographs",
          "bert, words of at most 6 characters",
          "bert without post-processor",
          "punctuation contiguous",
          "digits alone",
          "digits in runs",
          "NFKC, lower case, accents",
          "NFD, accents, strip",
          "NFKD, replaced text",
          "bytes",
          "bytes with a first space",
          "bytes, roberta's tokens",
          "bytes split as Llama 3",
          "bytes split as Qwen, NFC",
          "bytes, tokens with blanks",
          "words before normalization",
          "llama",
          "words with an ending",
          "truncated and padded",
          "not lower-cased after all",
          "lower-cased after all",
          "accents kept after all",
          "accents stripped after all",
          "no spaces around ideographs after all",
          "a first space after all",
          "special tokens named after all",
          "as it stands for the general class",
        ],
        "of": 64,
      }
    `);
  });

  it('refuses the others, naming the key', () => {
    const refusals = opened.flatMap(([{ name }, found]) =>
      found instanceof UnsupportedError ? [`${name}: ${found.message.split('\n  - ')[1]?.split('\n')[0]}`] : [],
    );
    expect(refusals).toMatchInlineSnapshot(`
      [
        "whitespace: pre_tokenizer.type is "Whitespace"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "whitespace split, punctuation isolated: pre_tokenizer.pretokenizers[1].behavior is "Isolated"; read is "Contiguous"",
        "punctuation merged with the previous: pre_tokenizer.pretokenizers[1].behavior is "MergedWithPrevious"; read is "Contiguous"",
        "punctuation removed: pre_tokenizer.pretokenizers[1].behavior is "Removed"; read is "Contiguous"",
        "delimiter: pre_tokenizer.pretokenizers[1].type is "CharDelimiterSplit"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "scripts: pre_tokenizer.pretokenizers[1].type is "UnicodeScripts"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "three characters each: pre_tokenizer.type is "FixedLength"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "words: model.type is "WordLevel"; read are WordPiece, BPE",
        "replaced expression: normalizer.pattern.Regex is "\\\\s+|\\\\d\\\\b"; read is an expression of Llama 3, Qwen2, or blanks",
        "nmt, strip left: normalizer.normalizers[0].type is "Nmt"; read are BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Strip, Replace, Prepend, Sequence",
        "bytes, split removed: pre_tokenizer.pretokenizers[0].pattern.String is " "; the key is not read",
        "bytes, split merged with the previous: pre_tokenizer.pretokenizers[0].pattern.Regex is "[aeiou]"; read is an expression of Llama 3, Qwen2, or blanks",
        "bytes, split merged with the next: pre_tokenizer.pretokenizers[0].pattern.String is " "; the key is not read",
        "bytes, split contiguous: pre_tokenizer.pretokenizers[0].pattern.Regex is "[\\\\w]"; read is an expression of Llama 3, Qwen2, or blanks",
        "bytes, split inverted: pre_tokenizer.pretokenizers[0].pattern.Regex is "\\\\w+"; read is an expression of Llama 3, Qwen2, or blanks",
        "bytes, split inverted and isolated: pre_tokenizer.pretokenizers[0].pattern.Regex is "\\\\w+"; read is an expression of Llama 3, Qwen2, or blanks",
        "bytes as a normalizer: normalizer.type is "ByteLevel"; read are BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Strip, Replace, Prepend, Sequence",
        "bytes, single words: added_tokens[5].single_word is true; read is false",
        "words after normalization: added_tokens: "New York" is looked for after normalization; read is "normalized": false",
        "pieces: pre_tokenizer.type is "Metaspace"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "pieces, first only: pre_tokenizer.type is "Metaspace"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "pieces, no space, no split: pre_tokenizer.type is "Metaspace"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "pieces of words: pre_tokenizer.pretokenizers[1].type is "Metaspace"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "pieces without pre-tokenizer: model.type is "Unigram"; read are WordPiece, BPE",
        "pieces, own table: normalizer.type is "Precompiled"; read are BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Strip, Replace, Prepend, Sequence",
        "pieces, table and blanks: normalizer.normalizers[0].type is "Precompiled"; read are BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Strip, Replace, Prepend, Sequence",
        "pieces or bytes: pre_tokenizer.type is "Metaspace"; read are BertPreTokenizer, WhitespaceSplit, ByteLevel, Split, Punctuation, Digits, Sequence",
        "llama, split at blanks: pre_tokenizer.pattern.String is "▁"; the key is not read",
        "subwords with a prefix: model.continuing_subword_prefix is "##"; read is null or "" or nothing",
        "unknowns fused: model.fuse_unk is true; read is false, or all bytes in the vocabulary",
        "another flag after all: added_tokens[4].single_word is true; read is false",
        "a word added after all: added_tokens[5].single_word is true; read is false",
      ]
    `);
  });
});
