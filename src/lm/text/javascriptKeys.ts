/**
 * What of `tokenizer.json` the library `@huggingface/tokenizers` (0.2.0) does as the reference implementation, key by key.
 * Where the two differ the key's value is not accepted: the table of a `Precompiled` normalizer, `\w` of `Whitespace`, most
 * behaviors of `Split` and `Punctuation`, the splitting of `Metaspace`, `continuing_subword_prefix` of BPE, `single_word` of
 * added tokens and others; nor Unigram models, for the library rounds sums of scores otherwise, and "0" + "00" and "00" + "0" tie.
 */
import { anything, byType, type Check, flag, listOf, object, oneOf, optional, such, text } from './keyReader.ts';

/** Expressions whose translation to JavaScript was compared with the original; Llama 3's and Qwen2's among them. */
const COMPARED_EXPRESSIONS = [
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  '\\s+',
  ' {2,}',
];

const expression: Check = object({
  Regex: such('an expression of Llama 3, Qwen2, or blanks', (value) =>
    COMPARED_EXPRESSIONS.some((other) => other === value),
  ),
});

const literal: Check = object({ String: such('a text', (value) => typeof value === 'string' && value !== '') });

const replaced: Check = (value, at) => (literal(value, at).length === 0 ? [] : expression(value, at));

const normalizer: Check = byType(() => ({
  BertNormalizer: {
    clean_text: flag,
    handle_chinese_chars: flag,
    strip_accents: oneOf(true, false, null),
    lowercase: flag,
  },
  Lowercase: {},
  NFC: {},
  NFD: {},
  NFKC: {},
  NFKD: {},
  StripAccents: {},
  Strip: { strip_left: flag, strip_right: flag },
  // The library takes `$` in the content for a place of the match.
  Replace: {
    pattern: replaced,
    content: such('a text without $', (value) => typeof value === 'string' && !value.includes('$')),
  },
  Prepend: { prepend: text },
  Sequence: { normalizers: listOf(normalizer) },
}));

const preTokenizer: Check = byType(() => ({
  BertPreTokenizer: {},
  WhitespaceSplit: {},
  ByteLevel: { add_prefix_space: flag, trim_offsets: anything, use_regex: oneOf(true, false, undefined) },
  Split: { pattern: expression, behavior: oneOf('Isolated'), invert: oneOf(false) },
  Punctuation: { behavior: oneOf('Contiguous') },
  Digits: { individual_digits: flag },
  Sequence: { pretokenizers: listOf(preTokenizer) },
}));

/** Special tokens are put around texts elsewhere; of a post-processor only its place for the text has an effect. */
const postProcessor: Check = byType(() => ({
  TemplateProcessing: { single: textOnce, pair: anything, special_tokens: anything },
  BertProcessing: { sep: anything, cls: anything },
  RobertaProcessing: { sep: anything, cls: anything, trim_offsets: anything, add_prefix_space: anything },
  ByteLevel: { add_prefix_space: anything, trim_offsets: anything, use_regex: anything },
  Sequence: { processors: listOf(postProcessor) },
}));

const textOnce: Check = such('a template with the text once', (value) => {
  return Array.isArray(value) && value.filter((piece) => JSON.stringify(piece)?.includes('"Sequence"')).length === 1;
});

const vocabulary: Check = such('tokens with their ids', (value) => {
  return typeof value === 'object' && value !== null && Object.values(value).every(Number.isSafeInteger);
});

const merges: Check = such('pairs of tokens', (value) => {
  const isPair = (merge: unknown) =>
    typeof merge === 'string'
      ? merge.split(' ').length === 2
      : Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string');
  return Array.isArray(value) && value.every(isPair);
});

const optionalFlag = oneOf(true, false, undefined);

const model: Check = byType(() => ({
  WordPiece: {
    unk_token: text,
    continuing_subword_prefix: text,
    max_input_chars_per_word: such('a number', Number.isSafeInteger),
    vocab: vocabulary,
  },
  BPE: {
    dropout: oneOf(null, 0, undefined),
    unk_token: optional(text),
    continuing_subword_prefix: oneOf(null, '', undefined),
    end_of_word_suffix: optional(text),
    fuse_unk: optionalFlag,
    byte_fallback: optionalFlag,
    ignore_merges: optionalFlag,
    vocab: vocabulary,
    merges,
  },
}));

const addedToken: Check = object({
  id: such('a number', Number.isSafeInteger),
  content: such('a text', (value) => typeof value === 'string' && value !== ''),
  single_word: oneOf(false),
  lstrip: flag,
  rstrip: flag,
  normalized: flag,
  special: flag,
});

/** What is wrong, for the library in JavaScript, with single keys of a `tokenizer.json`. */
export const unreadKeys: Check = object({
  version: anything,
  truncation: anything,
  padding: anything,
  added_tokens: listOf(addedToken),
  normalizer: optional(normalizer),
  pre_tokenizer: optional(preTokenizer),
  post_processor: optional(postProcessor),
  decoder: anything,
  model,
});
