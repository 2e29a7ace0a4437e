/** The tokenizers and ids of references.jsonl, which references.py made with the reference implementation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../../src/lm/model/json.ts';

/** A tokenizer and the ids that the reference implementation gives each text. */
export interface Recorded {
  readonly name: string;
  readonly json: JsonObject;
  /** tokenizer_config.json, of tokenizers that it changes. */
  readonly config: JsonObject | undefined;
  /** The ids of each text, joined by spaces. */
  readonly ids: readonly string[];
}

interface Line {
  readonly name: string;
  readonly json: JsonObject;
  readonly config?: JsonObject;
  readonly ids: string;
}

const [first, ...lines] = readFileSync(join(import.meta.dirname, 'references.jsonl'), 'utf8')
  .trim()
  .split('\n');

export const TEXTS: readonly string[] = (JSON.parse(first ?? '') as { readonly texts: readonly string[] }).texts;

/** A model that several tokenizers share is written at the first, and its number at the others. */
const models: unknown[] = [];

export const RECORDED: readonly Recorded[] = lines.map((line) => {
  const { name, json, config, ids } = JSON.parse(line) as Line;
  if (typeof json.model !== 'number') models.push(json.model);
  const model = typeof json.model === 'number' ? models[json.model] : json.model;
  return { name, json: { ...json, model }, config, ids: ids.split('|') };
});
