import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { required, UnsupportedError } from '../../../src/errors/index.ts';
import { readConfig } from '../../../src/lm/model/config.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { nativeTokenizer } from '../../../src/lm/node/text/nativeTokenizer.ts';
import { checkVocabulary, labelWordIds, loadTokenizer } from '../../../src/lm/text/tokenizer.ts';
import type { TokenizerLibrary } from '../../../src/lm/text/tokenizerLibrary.ts';
import type { LanguageModelConfig } from '../../../src/nets/language/config.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { describeWithShared } from '../../support/shared.ts';
import { RECORDED } from './reference/recorded.ts';
import { byteLevel, loadTiny, spell, wordPiece } from './tinyTokenizers.ts';

const CONFIG: LanguageModelConfig = {
  family: 'bert',
  vocabulary: 25,
  positions: 64,
  firstPosition: 0,
  tokenTypes: 2,
  width: 12,
  layers: 3,
  heads: 4,
  feedForward: 48,
  activation: 'gelu',
  normEpsilon: 1e-12,
  tied: true,
};

/** A WordPiece model but for its vocabulary. */
const UNKNOWN = {
  type: 'WordPiece',
  unk_token: '[UNK]',
  continuing_subword_prefix: '##',
  max_input_chars_per_word: 100,
};

describe('loadTokenizer', () => {
  it('loads an uncased WordPiece tokenizer', async () => {
    const tokenizer = await loadTiny(wordPiece());
    expect(tokenizer).toMatchObject({
      special: { pad: 0, cls: 2, sep: 3, mask: 4 },
      vocabulary: 25,
      spaceInToken: false,
      lowerCases: true,
    });
    expect(spell(tokenizer, await tokenizer.encode(' It was Really, terrible'))).toBe('it was real ##ly , terrible');
    expect(spell(tokenizer, await tokenizer.encode('zebra'))).toBe('[UNK]');
    expect(await tokenizer.encode('')).toEqual([]);
  });

  it('loads a byte-level tokenizer, in which a space belongs to the next token', async () => {
    const tokenizer = await loadTiny(byteLevel());
    expect(tokenizer).toMatchObject({
      special: { cls: 0, pad: 1, sep: 2, mask: 4 },
      spaceInToken: true,
      lowerCases: false,
    });
    expect(spell(tokenizer, await tokenizer.encode('great great'))).toBe('g r eat Ġgreat');
  });

  it('detects lower-casing and byte level inside sequences', async () => {
    const nested = {
      ...byteLevel(),
      normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] },
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true }],
      },
    };
    expect(await loadTiny(nested)).toMatchObject({ spaceInToken: true, lowerCases: true });
    expect(await loadTiny(wordPiece(false))).toMatchObject({ lowerCases: false });
  });

  it.each([
    ['bytes as a normalizer', true],
    ['pieces, no space, no split', true],
    ['pieces', false],
    ['llama', false],
  ])('knows whether a space belongs to the next token: %s', async (name, expected) => {
    const json = required(RECORDED.find((recorded) => recorded.name === name)?.json, 'a recorded tokenizer');
    expect((await loadTiny(json)).spaceInToken).toBe(expected);
  });

  it('takes special tokens from tokenizer_config.json before special_tokens_map.json before convention', async () => {
    const tokenizer = await loadTiny(wordPiece(), {
      'tokenizer_config.json': { cls_token: { content: 'good' } },
      'special_tokens_map.json': { cls_token: 'film', sep_token: 'film' },
    });
    expect(tokenizer.special).toEqual({ cls: 15, sep: 16, mask: 4, pad: 0 });
  });

  it('begins the texts of a decoder with bos_token, which either file names, as its text or in a map', async () => {
    const decoder = async (configuration: object, map: object = {}) => {
      const { begin, special } = await loadTiny(
        { ...byteLevel(), post_processor: null },
        {
          'config.json': { model_type: 'gpt2' },
          'tokenizer_config.json': configuration,
          'special_tokens_map.json': map,
        },
      );
      expect(special).toBeUndefined();
      return begin;
    };
    const inMap = { content: '</s>', lstrip: false, normalized: false };
    expect(await decoder({ add_bos_token: true, bos_token: '<s>' })).toEqual([0]);
    expect(await decoder({ add_bos_token: true, bos_token: inMap })).toEqual([2]);
    expect(await decoder({ add_bos_token: true }, { bos_token: inMap })).toEqual([2]);
    expect(await decoder({ add_bos_token: true, bos_token: null }, { bos_token: '<s>' })).toEqual([0]);
    expect(await decoder({ add_bos_token: true, bos_token: '<s>' }, { bos_token: inMap })).toEqual([0]);
    expect(await decoder({ add_bos_token: true })).toEqual([]);
    expect(await decoder({ bos_token: inMap }, { bos_token: inMap })).toEqual([]);
    expect(await decoder({ add_bos_token: false, bos_token: inMap })).toEqual([]);
  });

  it('refuses a vocabulary without a mask, listing every role that has no token', async () => {
    const folder = await temporaryFolder({
      'tokenizer.json': {
        ...wordPiece(),
        added_tokens: [],
        model: { ...UNKNOWN, vocab: { '[CLS]': 0, '[PAD]': 1 } },
      },
      'tokenizer_config.json': { sep_token: '<end>' },
    });
    expect(await failureOf(() => loadTokenizer(checkpointFolder(folder), nativeTokenizer))).toMatchObject({
      code: 'lm.missing-special-token',
      message: [
        `The tokenizer in '${folder}' lacks special tokens of a masked language model:`,
        '  - sep: none of <end> is in the vocabulary',
        '  - mask: none of [MASK], <mask> is in the vocabulary',
        'Name them in tokenizer_config.json (cls_token, sep_token, mask_token, pad_token), or choose a masked language model.',
      ].join('\n'),
    });
  });

  it('says how to make a tokenizer.json when there is none', async () => {
    const folder = await temporaryFolder({ 'vocab.txt': '' });
    expect((await failureOf(() => loadTokenizer(checkpointFolder(folder), nativeTokenizer))).message).toBe(
      `Folder '${folder}' has no tokenizer.json; it holds vocab.txt. Create it once with Python, "AutoTokenizer.from_pretrained('${folder}').save_pretrained('${folder}')", or download it.`,
    );
  });

  it('refuses what the tokenizer library does not know', async () => {
    const folder = await temporaryFolder({ 'tokenizer.json': { ...wordPiece(), normalizer: { type: 'Rot13' } } });
    const error = await failureOf(() => loadTokenizer(checkpointFolder(folder), nativeTokenizer));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toContain(`${join(folder, 'tokenizer.json')} cannot be used: `);
    expect(error.message).toContain('Rot13');
    const incomplete = await temporaryFolder({ 'tokenizer.json': {} });
    expect(await failureOf(() => loadTokenizer(checkpointFolder(incomplete), nativeTokenizer))).toMatchObject({
      code: 'lm.unsupported-tokenizer',
    });
  });

  it('refuses a token without id', async () => {
    const json = wordPiece();
    const vocab = { '[CLS]': 0, '[SEP]': 1, '[MASK]': 2, '[PAD]': 3, a: 4 };
    const tokenizer = await loadTiny({
      ...json,
      added_tokens: [],
      model: { ...UNKNOWN, vocab },
    });
    expect(await tokenizer.encode('a a')).toEqual([4, 4]);
    expect(await failureOf(() => tokenizer.encode('a zebra'))).toMatchObject({
      code: 'lm.unknown-piece',
      message: `The tokenizer in '${tokenizer.folder}' turns part of 'a zebra' into '[UNK]', which has no id in its vocabulary. The vocabulary is incomplete: get tokenizer.json again.`,
    });
  });
});

describe("a tokenizer library of one's own", () => {
  const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'great', 'film'];
  /** Splits at spaces, later than at once. */
  const library: TokenizerLibrary = ({ text, json, configuration }) => {
    expect(JSON.parse(text)).toEqual(json);
    expect(configuration).toEqual({ cls_token: '[CLS]' });
    const id = (token: string) => (words.includes(token) ? words.indexOf(token) : undefined);
    return {
      vocabulary: words.length,
      id,
      token: (index) => words[index],
      encode: async (piece) => {
        await new Promise((later) => setTimeout(later));
        const tokens = piece.split(' ').map((word) => (words.includes(word) ? word : '[UNK]'));
        return { tokens, ids: tokens.map(id) };
      },
    };
  };
  const others = { 'tokenizer_config.json': { cls_token: '[CLS]' } };

  it('takes the place of ours', async () => {
    const folder = await temporaryFolder({ 'tokenizer.json': wordPiece(), ...others });
    const tokenizer = await loadTokenizer(checkpointFolder(folder), library);
    expect(tokenizer).toMatchObject({ vocabulary: 8, special: { pad: 0, cls: 2, sep: 3, mask: 4 }, lowerCases: true });
    expect(await tokenizer.encode('a great zebra')).toEqual([5, 6, 1]);
    expect(await labelWordIds(tokenizer, [{ name: 'good', word: 'Great' }])).toEqual([6]);
    expect(await failureOf(() => tokenizer.labelWordId('zebra', 'animal'))).toMatchObject({
      code: 'lm.bad-label-word',
    });
  });

  it('may name the unknown token by its id, as Unigram models do', async () => {
    const json = { ...wordPiece(), model: { type: 'Unigram', unk_id: 5 } };
    const folder = await temporaryFolder({ 'tokenizer.json': json, ...others });
    const tokenizer = await loadTokenizer(checkpointFolder(folder), library);
    expect((await failureOf(() => tokenizer.labelWordId('a', 'x'))).message).toContain('does not know');
  });

  it('may refuse', async () => {
    const refuse = () => {
      throw new RangeError('too new for me');
    };
    const folder = await temporaryFolder({ 'tokenizer.json': wordPiece() });
    expect(await failureOf(() => loadTokenizer(checkpointFolder(folder), refuse))).toMatchObject({
      code: 'lm.unsupported-tokenizer',
      message: expect.stringContaining('too new for me'),
    });
  });
});

describe('label words', () => {
  it('are lower-cased for uncased models, and follow a space in byte-level ones', async () => {
    const uncased = await loadTiny(wordPiece());
    expect(uncased.token(await uncased.labelWordId('Great', 'positive'))).toBe('great');
    const bytes = await loadTiny(byteLevel());
    expect(bytes.token(await bytes.labelWordId('great', 'positive'))).toBe('Ġgreat');
  });

  it('must be one token', async () => {
    const tokenizer = await loadTiny(wordPiece());
    expect(await failureOf(() => tokenizer.labelWordId('Films', 'topic'))).toMatchObject({
      code: 'lm.bad-label-word',
      message:
        "The word 'Films' of label 'topic' becomes [film, ##s], which is 2 tokens; expected one known token. Choose another word for this label. One token each are film.",
    });
    expect((await failureOf(() => tokenizer.labelWordId('', 'topic'))).message).toMatch(
      /becomes \[\], which is 0 tokens; .* for this label\.$/,
    );
  });

  it('must be known', async () => {
    const tokenizer = await loadTiny(wordPiece(false));
    expect((await failureOf(() => tokenizer.labelWordId('Great', 'positive'))).message).toBe(
      "The word 'Great' of label 'positive' becomes [[UNK]], which the vocabulary does not know; expected one known token. Choose another word for this label. One token each are great, good, real.",
    );
  });

  it('must differ between labels', async () => {
    const tokenizer = await loadTiny(wordPiece());
    const [no, yes] = [
      { name: 'no', word: 'No' },
      { name: 'yes', word: 'Yes' },
    ];
    expect((await labelWordIds(tokenizer, [no, yes])).map((id) => tokenizer.token(id))).toEqual(['no', 'yes']);
    expect(await failureOf(() => labelWordIds(tokenizer, [no, yes, { name: 'maybe', word: 'yes' }]))).toMatchObject({
      code: 'lm.shared-label-word',
      message:
        "Labels 'yes' and 'maybe' have the same label token 'yes'; expected one token each. Choose another word for one of them.",
    });
  });
});

describe('checkVocabulary', () => {
  it('accepts a model with a row for every token, or more', async () => {
    const tokenizer = await loadTiny(wordPiece());
    expect(() => checkVocabulary(tokenizer, CONFIG)).not.toThrow();
    expect(() => checkVocabulary(tokenizer, { ...CONFIG, vocabulary: 32 })).not.toThrow();
  });

  it('refuses a model with fewer rows', async () => {
    const tokenizer = await loadTiny(wordPiece());
    expect(await failureOf(() => checkVocabulary(tokenizer, { ...CONFIG, vocabulary: 24 }))).toMatchObject({
      code: 'lm.vocabulary-mismatch',
      message: `The tokenizer in '${tokenizer.folder}' has id 24 (token 'real'), but the model's vocabulary has 24 rows, ids 0 to 23. Check that tokenizer.json and config.json belong to the same model.`,
    });
  });
});

describe('the embedded model', () => {
  it('has matching files and single tokens for the words of its tasks', async () => {
    const folder = join(import.meta.dirname, '../../../models/tiny-mlm');
    const tokenizer = await loadTokenizer(checkpointFolder(folder), nativeTokenizer);
    expect(tokenizer).toMatchObject({ special: { pad: 0, cls: 2, sep: 3, mask: 4 }, vocabulary: 8192 });
    checkVocabulary(tokenizer, await readConfig(checkpointFolder(folder)));
    expect(tokenizer.token(await tokenizer.labelWordId('terrible', 'negative'))).toBe('terrible');
  });
});

describeWithShared('the reference tokenizer', 'reference/lm/tiny_roberta', (folder) => {
  it('fits its model', async () => {
    const tokenizer = await loadTokenizer(checkpointFolder(folder), nativeTokenizer);
    expect(tokenizer).toMatchObject({ special: { cls: 0, pad: 1, sep: 2, mask: 4 }, vocabulary: 1500 });
    checkVocabulary(tokenizer, await readConfig(checkpointFolder(folder)));
  });
});
