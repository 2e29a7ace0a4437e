/** What of a `tokenizer.json` the library in JavaScript does not do as the reference implementation. */
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { unreadKeys } from './javascriptKeys.ts';
import { entry } from './keyReader.ts';
import { steps } from './tokenizerSettings.ts';

/** Every problem that keys have alone or together; none where the library gives the reference's tokens. */
export function javascriptLimits(json: JsonObject): readonly string[] {
  const alone = unreadKeys({ added_tokens: [], ...json }, '');
  // What keys mean together can be asked only of keys that are well-formed.
  return alone.length > 0 ? alone : [...normalizers(json), ...unknowns(json), ...bpe(json), ...added(json)];
}

/** The reference leaves an empty text empty, which earlier steps may have made. */
function normalizers(json: JsonObject): string[] {
  const late = steps(json.normalizer, 'normalizers').slice(1);
  return late.some(({ type }) => type === 'Prepend') ? ['normalizer: Prepend is read as the first step only'] : [];
}

/** Unknown characters become one token as far as they touch, for the library even from one word to the next. */
function unknowns(json: JsonObject): string[] {
  const model = entry(json, 'model');
  const known = new Set(spellings(json));
  const before = steps(json.pre_tokenizer, 'pretokenizers');
  if (typeof model.unk_token === 'string' && !known.has(model.unk_token)) {
    return [`model.unk_token is "${model.unk_token}", which is not in the vocabulary`];
  }
  if (model.type !== 'BPE') return [];
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  if (model.byte_fallback === true && bytes.every((byte) => known.has(byte))) return [];
  if (typeof model.unk_token === 'string') {
    return model.fuse_unk === true ? ['model.fuse_unk is true; read is false, or all bytes in the vocabulary'] : [];
  }
  const spelled = before.at(-1)?.type === 'ByteLevel' && [...BYTE_LETTERS].every((letter) => known.has(letter));
  return spelled ? [] : ['model.unk_token is missing, and the vocabulary does not spell every byte'];
}

/** Merges whose parts or results are no tokens. */
function bpe(json: JsonObject): string[] {
  const { merges, type, end_of_word_suffix: suffix } = entry(json, 'model');
  if (type !== 'BPE' || !Array.isArray(merges)) return [];
  const known = new Set(spellings(json));
  const lost = merges.find((merge: string | readonly string[]) => {
    const parts = typeof merge === 'string' ? merge.split(' ') : merge;
    return ![...parts, parts.join('')].every((part) => known.has(part));
  });
  if (lost !== undefined) return [`model.merges: ${JSON.stringify(lost)} or what it makes is not in the vocabulary`];
  const preTokenized = steps(json.pre_tokenizer, 'pretokenizers').length > 0;
  return typeof suffix === 'string' && suffix !== '' && !preTokenized
    ? ['model.end_of_word_suffix is read with a pre-tokenizer only']
    : [];
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
}

/** Added tokens whose ids are not those that the reference gives, or that are found in another order. */
function added(json: JsonObject): string[] {
  const tokens = (json.added_tokens ?? []) as readonly AddedToken[]; // its keys have been read
  const known = new Map(ownIds(json));
  const size = known.size;
  const problems: string[] = [];
  let last = -1;
  for (const { content, id } of tokens) {
    // Hugging Face's own rule: a token's id in the vocabulary, else the next number; what the file says is not read.
    const expected = known.get(content) ?? (last >= size ? last + 1 : size);
    if (id !== expected) problems.push(`added_tokens: "${content}" has id ${id}; the original gives it ${expected}`);
    known.set(content, expected);
    last = Math.max(last, expected);
  }
  if (new Set(tokens.map(({ content }) => content)).size < tokens.length)
    problems.push('added_tokens: one stands twice');
  const late = tokens.filter(({ normalized }) => normalized);
  if (late.length > 0 && isJsonObject(json.normalizer)) {
    problems.push(`added_tokens: "${late[0]?.content}" is looked for after normalization; read is "normalized": false`);
  }
  const early = tokens.filter(({ normalized }) => !normalized);
  const clash = late.find((a) => early.some((b) => overlap(a.content, b.content)));
  if (clash !== undefined) problems.push(`added_tokens: "${clash.content}" overlaps another that is looked for before`);
  const stripping = tokens.some(({ lstrip, rstrip }) => lstrip || rstrip);
  const blank = tokens.find(({ content }) => content.trim() !== content);
  if (stripping && blank !== undefined) problems.push(`added_tokens: "${blank.content}" has blanks that others remove`);
  return problems;
}

/** Whether texts hold both at places that touch: one inside the other, or the end of one as the start of the other. */
function overlap(a: string, b: string): boolean {
  if (a.includes(b) || b.includes(a)) return true;
  const joined = (first: string, second: string) =>
    Array.from({ length: Math.min(first.length, second.length) }, (_, place) => place + 1).some((length) =>
      second.startsWith(first.slice(-length)),
    );
  return joined(a, b) || joined(b, a);
}

function ownIds(json: JsonObject): readonly (readonly [string, number])[] {
  const { vocab } = entry(json, 'model');
  return Object.entries(isJsonObject(vocab) ? vocab : {}).map(([token, id]) => [token, Number(id)] as const);
}

function spellings(json: JsonObject): readonly string[] {
  return ownIds(json).map(([token]) => token);
}

/** The characters that byte-level vocabularies write bytes with: printable Latin-1 itself, the rest from U+0100 on. */
const BYTE_LETTERS = Array.from({ length: 256 }, (_, byte) => byte)
  .map((byte) => ((byte > 32 && byte < 127) || (byte > 160 && byte !== 173) ? byte : -1))
  .reduce<{ letters: string; next: number }>(
    ({ letters, next }, byte) =>
      byte < 0
        ? { letters: letters + String.fromCodePoint(next), next: next + 1 }
        : { letters: letters + String.fromCodePoint(byte), next },
    { letters: '', next: 256 },
  ).letters;
