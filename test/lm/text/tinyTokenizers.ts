/** Tokenizers of a few tokens in the Hugging Face format, written for these tests. */
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { nativeTokenizer } from '../../../src/lm/node/text/nativeTokenizer.ts';
import type { PromptTokenizer } from '../../../src/lm/text/tokenizer.ts';
import { loadTokenizer } from '../../../src/lm/text/tokenizer.ts';
import { temporaryFolder } from '../../support/folders.ts';

function special(contents: readonly string[]): object[] {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return contents.map((content, id) => ({ id, content, ...flags }));
}

function numbered(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

const WORDPIECE_TOKENS =
  '[PAD] [UNK] [CLS] [SEP] [MASK] . , ? : it was this is great terrible good film bad no yes a b ##s ##ly real'.split(
    ' ',
  );

/** An uncased (or cased) WordPiece tokenizer like BERT's. */
export function wordPiece(lowercase = true): object {
  return {
    version: '1.0',
    added_tokens: special(WORDPIECE_TOKENS.slice(0, 5)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: numbered(WORDPIECE_TOKENS),
    },
  };
}

const BYTE_LETTERS = 'Ġ a b d e g i m o r s t w I N Y . , ? :'.split(' ');
const MERGES = ['Ġ g', 'e a', 'Ġg r', 'ea t', 'Ġgr eat', 'b a', 'ba d', 'Ġ bad'];
const BYTE_TOKENS = [
  '<s>',
  '<pad>',
  '</s>',
  '<unk>',
  '<mask>',
  ...BYTE_LETTERS,
  ...MERGES.map((m) => m.replace(' ', '')),
];

/** A byte-level BPE tokenizer like RoBERTa's, without an unknown token in its model. */
export function byteLevel(): object {
  return {
    version: '1.0',
    added_tokens: special(BYTE_TOKENS.slice(0, 5)),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['</s>', 2],
      cls: ['<s>', 0],
      trim_offsets: true,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true },
    model: { type: 'BPE', unk_token: null, vocab: numbered(BYTE_TOKENS), merges: MERGES },
  };
}

/** Loads one of these from a temporary folder. */
export async function loadTiny(json: object, others: Record<string, object | string> = {}): Promise<PromptTokenizer> {
  const folder = await temporaryFolder({ 'tokenizer.json': json, ...others });
  return loadTokenizer(checkpointFolder(folder), nativeTokenizer);
}

/** The tokens of ids in the vocabulary's spelling, joined by spaces. */
export function spell(tokenizer: PromptTokenizer, ids: readonly number[]): string {
  return ids.map((id) => tokenizer.token(id)).join(' ');
}

/** A byte-level tokenizer of printable ASCII in which these words are one token each, with and without a space in front. */
export function bytesWithWords(words: readonly string[], specials: readonly string[]): object {
  const letters = Array.from({ length: 94 }, (_, k) => String.fromCharCode(33 + k));
  const chained = words.flatMap((word) => [...word].slice(1).map((letter, k) => `${word.slice(0, k + 1)} ${letter}`));
  const merges = [...new Set([...chained, ...words.map((word) => `Ġ ${word}`)])];
  const tokens = [...specials, ...letters, 'Ġ', 'Ċ', ...merges.map((merge) => merge.replace(' ', ''))];
  const own = { ...byteLevel(), added_tokens: special(specials), post_processor: null };
  return { ...own, model: { type: 'BPE', unk_token: null, vocab: numbered(tokens), merges } };
}
