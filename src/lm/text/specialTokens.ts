import * as errors from '../errors.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';

/** The ids of the tokens that surround and mask a text. */
export interface SpecialIds {
  readonly cls: number;
  readonly sep: number;
  readonly mask: number;
  readonly pad: number;
}

/** Conventional names, BERT's first, then RoBERTa's. */
const CONVENTIONAL = {
  cls: ['[CLS]', '<s>'],
  sep: ['[SEP]', '</s>'],
  mask: ['[MASK]', '<mask>'],
  pad: ['[PAD]', '<pad>'],
} as const satisfies Record<keyof SpecialIds, readonly string[]>;

/**
 * Finds the special tokens: by the names that the first of `configurations` with an entry gives (`cls_token`, ...), else
 * by convention.
 * @throws UserError `lm.missing-special-token` that lists every role without a token in the vocabulary.
 */
export function findSpecialIds(
  folder: string,
  configurations: readonly JsonObject[],
  idOf: (token: string) => number | undefined,
): SpecialIds {
  const missing: { role: string; tried: readonly string[] }[] = [];
  const find = (role: keyof SpecialIds): number => {
    const named = configurations.map((json) => tokenName(json[`${role}_token`])).find((name) => name !== undefined);
    const tried = named === undefined ? CONVENTIONAL[role] : [named];
    const id = tried.map(idOf).find((candidate) => candidate !== undefined);
    if (id === undefined) missing.push({ role, tried });
    return id ?? 0;
  };
  const ids = { cls: find('cls'), sep: find('sep'), mask: find('mask'), pad: find('pad') };
  if (missing.length > 0) throw errors.missingSpecialTokens(folder, missing);
  return ids;
}

/** A token is written as its text or as an object with its text in `content`. */
export function tokenName(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return isJsonObject(value) && typeof value.content === 'string' ? value.content : undefined;
}
