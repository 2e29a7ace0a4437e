/**
 * What is asked of a library that reads Hugging Face's `tokenizer.json`. The one in JavaScript runs everywhere and refuses
 * what it cannot do (javascriptTokenizer.ts); the native one, behind `lm/node`, reads every kind.
 */

import type { JsonObject } from '../model/json.ts';

/** Splits texts into tokens of a vocabulary. */
export interface Tokenizer {
  /** Largest token id + 1. */
  readonly vocabulary: number;
  /** The tokens of a text, without special ones around it; at once or later, for native libraries work beside. */
  encode(text: string): Promise<Tokens>;
  /** The id of a token in the vocabulary's own spelling. */
  id(token: string): number | undefined;
  /** The token of an id. */
  token(id: number): string | undefined;
}

/** A text's tokens, in order. */
export interface Tokens {
  /** Undefined for a token that the vocabulary lacks, as where the unknown token itself is missing. */
  readonly ids: readonly (number | undefined)[];
  /** In the vocabulary's own spelling. */
  readonly tokens: readonly string[];
}

/** What a tokenizer is made of: `tokenizer.json`, with what the files beside it change. */
export interface TokenizerDefinition {
  /** Its path or address, for messages. */
  readonly file: string;
  /** As text: the file's own where nothing changes it, so that numbers keep all their digits. */
  readonly text: string;
  readonly json: JsonObject;
  /** `tokenizer_config.json`, empty where there is none; `json` has what it changes. */
  readonly configuration: JsonObject;
}

/** Makes a tokenizer, at once or later; throws whatever it likes for one that it does not know. */
export type TokenizerLibrary = (definition: TokenizerDefinition) => Tokenizer | Promise<Tokenizer>;
