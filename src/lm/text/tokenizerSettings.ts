/**
 * What `tokenizer_config.json` and `special_tokens_map.json` change of `tokenizer.json`, as the classes of the transformers
 * library (5.24) do. Only what those files say counts: where they leave `do_lower_case` and the like out, `tokenizer.json`
 * decides, not a class's default. Classes that take `tokenizer.json` as it stands are left with it.
 */
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { tokenName } from './specialTokens.ts';
import * as errors from './tokenizerErrors.ts';

/** Classes that do not read `do_lower_case` and the like. */
const AS_IT_STANDS: readonly unknown[] = ['PreTrainedTokenizerFast', 'TokenizersBackend'];

/** Settings of BERT's classes, and what they are called in `tokenizer.json`. */
const BERT_SETTINGS = {
  do_lower_case: 'lowercase',
  strip_accents: 'strip_accents',
  tokenize_chinese_chars: 'handle_chinese_chars',
} as const;

/** The roles of special tokens that files name, `bos_token` and so on. */
export const NAMED_TOKENS = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'] as const;

/**
 * The tokenizer that a checkpoint's files make together: `json` itself where nothing changes it. `file` is for messages.
 * @throws UserError `lm.contradicted-tokenizer` where the files contradict each other and no one rule holds;
 *   UnsupportedError `lm.random-tokenizer`.
 */
export function effectiveTokenizer(
  json: JsonObject,
  configuration: JsonObject,
  specialTokens: JsonObject,
  file: string,
): JsonObject {
  const dropout = isJsonObject(json.model) ? json.model.dropout : undefined;
  if (typeof dropout === 'number' && dropout > 0) throw errors.randomTokenizer(file, dropout);
  const changes: Record<string, unknown> = {};
  if (!AS_IT_STANDS.includes(configuration.tokenizer_class)) {
    const problems = [
      ...changeNormalizer(json, configuration, changes),
      ...changePreTokenizer(json, configuration, changes),
    ];
    if (problems.length > 0) throw errors.contradictedTokenizer(file, problems);
  }
  const added = addedTokens(json, configuration, specialTokens);
  if (added !== undefined) changes.added_tokens = added;
  return Object.keys(changes).length === 0 ? json : { ...json, ...changes };
}

/**
 * The special tokens that `special_tokens_map.json` alone names: nothing else of that file bears on token ids, for what
 * `tokenizer_config.json` names prevails.
 */
export function tokensOfMapAlone(configuration: JsonObject, specialTokens: JsonObject): JsonObject {
  return Object.fromEntries(
    NAMED_TOKENS.flatMap((role) => {
      const [entry, given] = [`${role}_token`, specialTokens[`${role}_token`] ?? undefined];
      return given === undefined || tokenName(configuration[entry]) !== undefined ? [] : [[entry, given]];
    }),
  );
}

/** The steps of a normalizer or pre-tokenizer: itself, or those of a `Sequence`, listed under `key`, at any depth. */
export function steps(value: unknown, key: 'normalizers' | 'pretokenizers'): readonly JsonObject[] {
  if (!isJsonObject(value)) return [];
  const inner = value[key];
  return value.type === 'Sequence' && Array.isArray(inner) ? inner.flatMap((step) => steps(step, key)) : [value];
}

/** Whether text is lower-cased before it is split. */
export function lowerCases(json: JsonObject): boolean {
  return steps(json.normalizer, 'normalizers').some(
    ({ type, lowercase }) => type === 'Lowercase' || (type === 'BertNormalizer' && lowercase !== false),
  );
}

/** Whether a space is part of the token that follows it, and does not come by itself. */
export function spacesInTokens(json: JsonObject): boolean {
  return (
    steps(json.normalizer, 'normalizers').some(({ type }) => type === 'ByteLevel') ||
    steps(json.pre_tokenizer, 'pretokenizers').some(
      ({ type, prepend_scheme: scheme }) => type === 'ByteLevel' || (type === 'Metaspace' && scheme === 'never'),
    )
  );
}

/** Whether a space is put in front of every text, whose first token has it so, and not in front of what follows within one. */
export function beginsWithSpace(json: JsonObject): boolean {
  return (
    steps(json.normalizer, 'normalizers').some(({ type, prepend }) => type === 'Prepend' && prepend === '▁') ||
    steps(json.pre_tokenizer, 'pretokenizers').some(
      ({ type, prepend_scheme: scheme }) => type === 'Metaspace' && scheme === 'first',
    )
  );
}

function changeNormalizer(json: JsonObject, configuration: JsonObject, changes: Record<string, unknown>): string[] {
  const { normalizer } = json;
  if (isJsonObject(normalizer) && normalizer.type === 'BertNormalizer') {
    const differing = Object.entries(BERT_SETTINGS).flatMap(([setting, name]): [string, unknown][] => {
      const value = configuration[setting];
      const given = typeof value === 'boolean' || (setting === 'strip_accents' && value === null);
      return given && value !== normalizer[name] ? [[name, value]] : [];
    });
    if (differing.length > 0) changes.normalizer = { ...normalizer, ...Object.fromEntries(differing) };
    return [];
  }
  // Without BERT's normalizer, WordPiece is the only kind whose classes read do_lower_case.
  const { do_lower_case: asked } = configuration;
  const wordPiece = isJsonObject(json.model) && json.model.type === 'WordPiece';
  if (!wordPiece || typeof asked !== 'boolean' || asked === lowerCases(json)) return [];
  return [`do_lower_case is ${asked}, but the normalizer ${asked ? 'does not lower-case' : 'lower-cases'}`];
}

function changePreTokenizer(json: JsonObject, configuration: JsonObject, changes: Record<string, unknown>): string[] {
  const { add_prefix_space: asked } = configuration;
  if (typeof asked !== 'boolean') return [];
  const pre = json.pre_tokenizer;
  if (isJsonObject(pre) && pre.type === 'ByteLevel') {
    if (pre.add_prefix_space !== asked) changes.pre_tokenizer = { ...pre, add_prefix_space: asked };
    return [];
  }
  return steps(pre, 'pretokenizers').flatMap(({ type, add_prefix_space: space, prepend_scheme: scheme }) => {
    const given = type === 'ByteLevel' ? space : type === 'Metaspace' ? (scheme ?? 'always') !== 'never' : undefined;
    if (given === undefined || given === asked) return [];
    return [
      `add_prefix_space is ${asked}, but the pre-tokenizer ${type} ${given ? 'puts' : 'does not put'} a space first`,
    ];
  });
}

/**
 * The added tokens with those of `added_tokens_decoder`, whose flags prevail, and with the named special tokens of the
 * vocabulary that are missing; undefined where nothing changes.
 */
function addedTokens(json: JsonObject, configuration: JsonObject, specialTokens: JsonObject): unknown[] | undefined {
  const found: unknown[] = Array.isArray(json.added_tokens) ? json.added_tokens : [];
  const tokens = new Map<unknown, unknown>(found.map((token) => [isJsonObject(token) ? token.content : token, token]));
  let changed = false;
  const decoder = configuration.added_tokens_decoder;
  for (const [id, token] of Object.entries(isJsonObject(decoder) ? decoder : {})) {
    if (!isJsonObject(token) || typeof token.content !== 'string') continue;
    const before = tokens.get(token.content);
    const flags = { ...plainToken(token.content, token.special === true), ...knownFlags(token) };
    if (isJsonObject(before) && sameFlags(before, flags)) continue;
    tokens.set(token.content, { id: isJsonObject(before) ? before.id : Number(id), ...flags });
    changed = true;
  }
  for (const role of NAMED_TOKENS) {
    const token = configuration[`${role}_token`] ?? specialTokens[`${role}_token`];
    const content = isJsonObject(token) ? token.content : token;
    if (typeof content !== 'string' || content === '' || tokens.has(content)) continue;
    const id = vocabularyId(json.model, content);
    if (id === undefined) continue;
    tokens.set(content, {
      id,
      ...plainToken(content, true),
      ...(isJsonObject(token) ? knownFlags(token) : {}),
      special: true,
    });
    changed = true;
  }
  return changed ? [...tokens.values()] : undefined;
}

const FLAGS = ['single_word', 'lstrip', 'rstrip', 'normalized', 'special'] as const;

function plainToken(content: string, special: boolean): JsonObject {
  return { content, single_word: false, lstrip: false, rstrip: false, normalized: !special, special };
}

function knownFlags(token: JsonObject): JsonObject {
  return Object.fromEntries(FLAGS.flatMap((flag) => (typeof token[flag] === 'boolean' ? [[flag, token[flag]]] : [])));
}

function sameFlags(a: JsonObject, b: JsonObject): boolean {
  return FLAGS.every((flag) => a[flag] === b[flag]);
}

/** The id that a model's own vocabulary gives a token. */
function vocabularyId(model: unknown, token: string): number | undefined {
  if (!isJsonObject(model)) return undefined;
  const { vocab } = model;
  if (Array.isArray(vocab)) {
    const place = vocab.findIndex((entry) => Array.isArray(entry) && entry[0] === token);
    return place < 0 ? undefined : place;
  }
  const id = isJsonObject(vocab) && Object.hasOwn(vocab, token) ? vocab[token] : undefined;
  return typeof id === 'number' ? id : undefined;
}
