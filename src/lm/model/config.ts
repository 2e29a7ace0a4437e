import type { EncoderConfig } from '../../nets/index.ts';
import * as errors from '../errors.ts';
import { found } from '../wording.ts';
import { type CheckpointFiles, readJsonObject } from './checkpointFiles.ts';
import type { JsonObject } from './json.ts';

/**
 * `model_type` of checkpoints whose structure is BERT's or RoBERTa's. XLM-RoBERTa and CamemBERT are RoBERTa with
 * another vocabulary (transformers, `modeling_xlm_roberta.py` and `modeling_camembert.py`, both copies of RoBERTa's).
 */
const FAMILIES: ReadonlyMap<unknown, EncoderConfig['family']> = new Map([
  ['bert', 'bert'],
  ['roberta', 'roberta'],
  ['xlm-roberta', 'roberta'],
  ['camembert', 'roberta'],
]);

/** `hidden_act` names of transformers' `activations.py`. */
const ACTIVATIONS: ReadonlyMap<unknown, EncoderConfig['activation']> = new Map([
  ['gelu', 'gelu'],
  ['gelu_new', 'gelu_tanh'],
  ['gelu_pytorch_tanh', 'gelu_tanh'],
  ['relu', 'relu'],
]);

/** Pad id of RoBERTa checkpoints whose config.json does not give one (transformers' default). */
const ROBERTA_PAD = 1;

/**
 * Reads a checkpoint's config.json (Hugging Face layout, BERT and RoBERTa families).
 * @throws UserError `lm.missing-folder`, `lm.missing-file`, `lm.malformed-json`, or `lm.bad-config` with every entry
 *   that is missing or impossible; UnsupportedError `lm.unsupported-model` or `lm.unsupported-config`.
 */
export async function readConfig(files: CheckpointFiles): Promise<EncoderConfig> {
  return parseConfig(await readJsonObject(files, 'config.json'), files.path('config.json'));
}

/** The most tokens a text of this model can have, special tokens included. */
export function maxTokens(config: EncoderConfig): number {
  return config.positions - config.firstPosition;
}

function parseConfig(json: JsonObject, file: string): EncoderConfig {
  const family = FAMILIES.get(json.model_type);
  if (family === undefined) throw errors.unsupportedModel(file, json.model_type, [...FAMILIES.keys()].map(String));
  const problems: string[] = [];
  const size = (key: string): number => {
    const value = json[key];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    problems.push(`${key}: expected a positive whole number, found ${found(value)}`);
    return 1;
  };
  const read = {
    family,
    vocabulary: size('vocab_size'),
    positions: size('max_position_embeddings'),
    firstPosition: family === 'roberta' ? padId(json, problems) + 1 : 0,
    tokenTypes: size('type_vocab_size'),
    width: size('hidden_size'),
    layers: size('num_hidden_layers'),
    heads: size('num_attention_heads'),
    feedForward: size('intermediate_size'),
    normEpsilon: epsilon(json, problems),
    tied: tied(json, problems),
  };
  if (problems.length === 0 && read.width % read.heads !== 0) {
    problems.push(`hidden_size ${read.width} is not divisible by num_attention_heads ${read.heads}`);
  }
  if (problems.length === 0 && read.positions <= read.firstPosition) {
    problems.push(
      `max_position_embeddings ${read.positions} leaves no position after the ${read.firstPosition} reserved`,
    );
  }
  if (typeof json.hidden_act !== 'string') {
    problems.push(`hidden_act: expected a name, found ${found(json.hidden_act)}`);
  }
  if (problems.length > 0) throw errors.badConfig(file, problems);
  return { ...read, activation: supportedActivation(json, file) };
}

function supportedActivation(json: JsonObject, file: string): EncoderConfig['activation'] {
  const activation = ACTIVATIONS.get(json.hidden_act);
  const problems: string[] = [];
  if (activation === undefined) {
    problems.push(`hidden_act ${found(json.hidden_act)}; supported are ${[...ACTIVATIONS.keys()].join(', ')}`);
  }
  const positions = json.position_embedding_type ?? 'absolute';
  if (positions !== 'absolute') {
    problems.push(`position_embedding_type ${found(positions)}; supported is "absolute"`);
  }
  if (json.is_decoder === true) problems.push('is_decoder true; supported is an encoder, false');
  if (activation === undefined || problems.length > 0) throw errors.unsupportedConfig(file, problems);
  return activation;
}

function padId(json: JsonObject, problems: string[]): number {
  const value = json.pad_token_id ?? ROBERTA_PAD;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  problems.push(`pad_token_id: expected a token id, found ${found(value)}`);
  return 0;
}

function epsilon(json: JsonObject, problems: string[]): number {
  const value = json.layer_norm_eps;
  if (typeof value === 'number' && value > 0) return value;
  problems.push(`layer_norm_eps: expected a positive number, found ${found(value)}`);
  return 1;
}

function tied(json: JsonObject, problems: string[]): boolean {
  const value = json.tie_word_embeddings ?? true;
  if (typeof value === 'boolean') return value;
  problems.push(`tie_word_embeddings: expected true or false, found ${found(value)}`);
  return true;
}
