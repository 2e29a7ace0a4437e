import { required, UnsupportedError } from '../../errors/index.ts';
import { families, type LanguageModelConfig } from '../../nets/index.ts';
import * as errors from '../errors.ts';
import { type CheckpointFiles, readJsonObject, readText } from '../model/checkpointFiles.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../model/json.ts';
import { beginTokens } from './beginTokens.ts';
import { type StoredChatTemplate, storedChatTemplate } from './chatTemplate.ts';
import { javascriptTokenizer } from './javascriptTokenizer.ts';
import { type LabelWords, labelWords } from './labelWords.ts';
import { findSpecialIds, type SpecialIds } from './specialTokens.ts';
import type { Tokenizer, TokenizerDefinition, TokenizerLibrary } from './tokenizerLibrary.ts';
import {
  beginsWithSpace,
  effectiveTokenizer,
  lowerCases as isLowerCasing,
  spacesInTokens,
} from './tokenizerSettings.ts';

/** What prompts need of a model's tokenizer; its words are those that stand after a space. */
export interface PromptTokenizer extends LabelWords {
  readonly folder: string;
  /** Of a masked language model; a decoder needs none. */
  readonly special?: SpecialIds;
  /** What a decoder's texts begin with. */
  readonly begin: readonly number[];
  /** Largest token id + 1. */
  readonly vocabulary: number;
  /** Whether a space is part of the token that follows it (byte-level BPE: `Ġgreat` is not `great`), and is not put there. */
  readonly spaceInToken: boolean;
  /** Whether text is lower-cased before it is split. */
  readonly lowerCases: boolean;
  /** The id of the token for what the vocabulary cannot spell, if it has one. */
  readonly unknown?: number;
  /** How the model's conversations are written, as its files say it. */
  readonly chat: StoredChatTemplate;
  /**
   * The ids of one piece of a prompt, without special tokens around it. What the vocabulary cannot spell becomes its
   * unknown token or, in a BPE vocabulary without one, nothing, as in the Hugging Face library.
   * `follows` says that the piece goes on with a text, so that no space is put in front of it where vocabularies have one
   * in front of every text.
   * @throws UserError `lm.unknown-piece` when a token has no id, as where the unknown token itself is missing.
   */
  encode(piece: string, follows?: boolean): Promise<readonly number[]>;
  /** The text of a token in the vocabulary's own spelling. */
  token(id: number): string;
}

/** A label and the word that stands for it. */
export interface LabelWord {
  readonly name: string;
  readonly word: string;
}

/**
 * Loads a checkpoint's tokenizer.json, with tokenizer_config.json and special_tokens_map.json where present. `library`
 * splits the texts: the one in JavaScript by default, which refuses what it does not do as the original; in Node the
 * `nativeTokenizer` of `lm/node` reads every kind.
 * @throws UserError `lm.missing-folder`, `lm.missing-file`, `lm.malformed-json`, `lm.missing-special-token` or
 *   `lm.contradicted-tokenizer`; UnsupportedError `lm.unsupported-tokenizer`, `lm.random-tokenizer` or, of the native
 *   library, `lm.no-native-tokenizer`.
 */
export async function loadTokenizer(
  files: CheckpointFiles,
  library: TokenizerLibrary = javascriptTokenizer,
): Promise<PromptTokenizer> {
  const { folder } = files;
  const found = await files.list();
  if (!found.includes('tokenizer.json')) {
    throw errors.missingFile(
      folder,
      'tokenizer.json',
      found,
      `Create it once with Python, "AutoTokenizer.from_pretrained('${folder}').save_pretrained('${folder}')", or download it.`,
    );
  }
  const optional = async (name: string) => (found.includes(name) ? readJsonObject(files, name) : {});
  const file = files.path('tokenizer.json');
  const text = await readText(files, 'tokenizer.json');
  const stored = parseJsonObject(text, file);
  const configuration = await optional('tokenizer_config.json');
  const specialTokens = await optional('special_tokens_map.json');
  const json = effectiveTokenizer(stored, configuration, specialTokens, file);
  const effective = json === stored ? text : JSON.stringify(json);
  const tokenizer = await build(library, { file, text: effective, json, configuration });
  const around = predictsNextWord(await optional('config.json'))
    ? { begin: beginTokens(json, configuration, specialTokens, tokenizer.id) }
    : { begin: [], special: findSpecialIds(folder, [configuration, specialTokens], tokenizer.id) };
  const chat = storedChatTemplate(files, found, configuration, specialTokens);
  return { ...around, chat, ...wrap(tokenizer, folder, json) };
}

/**
 * The ids of all label words, one for each label, in the order given.
 * @throws UserError `lm.bad-label-word`, or `lm.shared-label-word` when two labels have the same token.
 */
export async function labelWordIds(
  { token, labelWordId }: Pick<PromptTokenizer, 'token' | 'labelWordId'>,
  labels: readonly LabelWord[],
): Promise<number[]> {
  const owner = new Map<number, string>();
  for (const { name, word } of labels) {
    const id = await labelWordId(word, name);
    const first = owner.get(id);
    if (first !== undefined) throw errors.sharedLabelWord(token(id), [first, name]);
    owner.set(id, name);
  }
  return [...owner.keys()];
}

/**
 * Checks that every token has a row in the model's embedding.
 * @throws UserError `lm.vocabulary-mismatch`.
 */
export function checkVocabulary(tokenizer: PromptTokenizer, config: LanguageModelConfig): void {
  const id = tokenizer.vocabulary - 1;
  if (id >= config.vocabulary) {
    throw errors.vocabularyMismatch(tokenizer.folder, tokenizer.token(id), id, config.vocabulary);
  }
}

async function build(library: TokenizerLibrary, definition: TokenizerDefinition): Promise<Tokenizer> {
  try {
    return await library(definition);
  } catch (cause) {
    if (cause instanceof UnsupportedError) throw cause;
    const types = (['normalizer', 'pre_tokenizer', 'post_processor', 'model'] as const).flatMap((key) => {
      const part = definition.json[key];
      return isJsonObject(part) ? [`${key} ${String(part.type)}`] : [];
    });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw errors.unsupportedTokenizer(definition.file, [reason, ...types].join('; '));
  }
}

/** Whether the model that a tokenizer belongs to is a decoder. */
function predictsNextWord({ model_type: type }: JsonObject): boolean {
  return families.some(([, { types, predicts }]) => predicts === 'the next word' && Object.hasOwn(types, String(type)));
}

/** Goes into no token with what follows it: a break of lines. */
const APART = '\n';

function wrap(
  tokenizer: Tokenizer,
  folder: string,
  json: JsonObject,
): Omit<PromptTokenizer, 'special' | 'begin' | 'chat'> {
  const { vocabulary } = tokenizer;
  const spaceInToken = spacesInTokens(json);
  const lowerCases = isLowerCasing(json);
  const unknown = unknownIdOf(json.model, tokenizer);
  const token = (id: number) => tokenizer.token(id) ?? `#${id}`;
  const encodeWhole = async (piece: string): Promise<readonly number[]> => {
    const { ids, tokens } = await tokenizer.encode(piece);
    return ids.map((id, index) => {
      if (id === undefined) throw errors.unknownPiece(folder, required(tokens[index], 'token of an id'), piece);
      return id;
    });
  };
  const spaced = beginsWithSpace(json);
  const encode = async (piece: string, follows = false): Promise<readonly number[]> => {
    if (!spaced || !follows || piece === '') return encodeWhole(piece);
    if (piece.startsWith(' ')) return encodeWhole(piece.slice(1));
    const apart = await encodeWhole(APART);
    return (await encodeWhole(`${APART}${piece}`)).slice(apart.length);
  };
  const idsOf = (word: string): Promise<readonly number[]> => {
    const cased = lowerCases ? word.toLowerCase() : word;
    return encode(spaceInToken ? ` ${cased}` : cased);
  };
  const words = labelWords({ vocabulary, unknown, token, idsOf });
  const known = unknown === undefined ? {} : { unknown };
  return Object.assign({ folder, vocabulary, spaceInToken, lowerCases, encode, token }, known, words);
}

/** The id of the token for what a vocabulary cannot spell: Unigram models give it, others name the token. */
function unknownIdOf(model: unknown, tokenizer: Tokenizer): number | undefined {
  if (!isJsonObject(model)) return undefined;
  if (typeof model.unk_id === 'number') return model.unk_id;
  return typeof model.unk_token === 'string' ? tokenizer.id(model.unk_token) : undefined;
}
