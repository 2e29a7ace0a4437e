/** What a decoder's texts begin with, as its tokenizer puts it there. */

import { isJsonObject, type JsonObject } from '../model/json.ts';
import { tokenName } from './specialTokens.ts';

/**
 * The special tokens that the template of `tokenizer.json` puts in front of one text; `add_bos_token` of
 * `tokenizer_config.json` leaves them out, or asks for `bos_token` where there is no template, which that file names or
 * `special_tokens_map.json`.
 */
export function beginTokens(
  json: JsonObject,
  configuration: JsonObject,
  specialTokens: JsonObject,
  idOf: (token: string) => number | undefined,
): readonly number[] {
  const { add_bos_token: asked } = configuration;
  if (asked === false) return [];
  const found = processors(json.post_processor).flatMap((processor) => templateTokens(processor, idOf));
  if (found.length > 0 || asked !== true) return found;
  const token = tokenName(configuration.bos_token) ?? tokenName(specialTokens.bos_token);
  const id = token === undefined ? undefined : idOf(token);
  return id === undefined ? [] : [id];
}

/** A post-processor, or those of a `Sequence`. */
function processors(value: unknown): readonly JsonObject[] {
  if (!isJsonObject(value)) return [];
  const inner = value.processors;
  return value.type === 'Sequence' && Array.isArray(inner) ? inner.flatMap(processors) : [value];
}

function templateTokens(
  { type, single, special_tokens: known }: JsonObject,
  idOf: (token: string) => number | undefined,
): readonly number[] {
  if (type !== 'TemplateProcessing' || !Array.isArray(single)) return [];
  const parts: readonly unknown[] = single;
  const text = parts.findIndex((part) => isJsonObject(part) && isJsonObject(part.Sequence));
  return parts.slice(0, text).flatMap((part) => {
    const token = isJsonObject(part) && isJsonObject(part.SpecialToken) ? part.SpecialToken.id : undefined;
    if (typeof token !== 'string') return [];
    const own = isJsonObject(known) ? known[token] : undefined;
    if (isJsonObject(own) && Array.isArray(own.ids))
      return own.ids.filter((id): id is number => typeof id === 'number');
    const id = idOf(token);
    return id === undefined ? [] : [id];
  });
}
