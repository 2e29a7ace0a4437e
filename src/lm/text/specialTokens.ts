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

/**
 * The tokens in front of a text, by the post-processor of tokenizer.json: a begin token, or none. What it puts behind a text
 * would stand between the text and the word that follows it, and is left out.
 */
export function startIds(processor: unknown, idOf: (token: string) => number | undefined): readonly number[] {
  if (!isJsonObject(processor)) return [];
  const { type, processors, single, cls, special_tokens: known } = processor;
  if (type === 'Sequence' && Array.isArray(processors)) {
    return processors.map((inner: unknown) => startIds(inner, idOf)).find((ids) => ids.length > 0) ?? [];
  }
  if (Array.isArray(cls) && typeof cls[1] === 'number') return [cls[1]];
  if (type !== 'TemplateProcessing' || !Array.isArray(single)) return [];
  const parts: readonly unknown[] = single;
  const text = parts.findIndex((part) => isJsonObject(part) && part.Sequence !== undefined);
  return parts.slice(0, Math.max(0, text)).flatMap((part): readonly number[] => {
    const name = isJsonObject(part) && isJsonObject(part.SpecialToken) ? part.SpecialToken.id : undefined;
    if (typeof name !== 'string') return [];
    const entry = isJsonObject(known) ? known[name] : undefined;
    if (isJsonObject(entry) && Array.isArray(entry.ids)) return entry.ids.filter((id) => typeof id === 'number');
    const id = idOf(name);
    return id === undefined ? [] : [id];
  });
}

/** A token is written as its text or as an object with its text in `content`. */
function tokenName(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return isJsonObject(value) && typeof value.content === 'string' ? value.content : undefined;
}
