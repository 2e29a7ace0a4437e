import type { EncoderActivation, EncoderConfig } from '../../nets/index.ts';
import * as errors from '../errors.ts';
import { found } from '../wording.ts';
import { type CheckpointFiles, readJsonObject } from './checkpointFiles.ts';
import type { Assumed } from './checkpointUse.ts';
import { unknownEntries } from './configEntries.ts';
import type { JsonObject } from './json.ts';

/** An architecture by its `model_type`. */
interface Family {
  readonly family: EncoderConfig['family'];
  /** How the names of its classes begin, in `architectures`. */
  readonly classes: string;
  /** What the reference takes for a `vocab_size` that is absent. */
  readonly vocabulary: number;
}

/**
 * `model_type` of checkpoints whose structure is BERT's or RoBERTa's. XLM-RoBERTa and CamemBERT are RoBERTa with
 * another vocabulary (transformers, `modeling_xlm_roberta.py` and `modeling_camembert.py`, both copies of RoBERTa's).
 */
const FAMILIES: ReadonlyMap<unknown, Family> = new Map([
  ['bert', { family: 'bert', classes: 'Bert', vocabulary: 30522 }],
  ['roberta', { family: 'roberta', classes: 'Roberta', vocabulary: 50265 }],
  ['xlm-roberta', { family: 'roberta', classes: 'XLMRoberta', vocabulary: 30522 }],
  ['camembert', { family: 'roberta', classes: 'Camembert', vocabulary: 30522 }],
]);

/** What the reference takes for entries that are absent (transformers 5.24, `BertConfig` and `RobertaConfig`). */
const DEFAULTS = {
  max_position_embeddings: 512,
  type_vocab_size: 2,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
  tie_word_embeddings: true,
} as const;

/** The reference's default of `initializer_range`, which nothing but a fresh head depends on. */
const INITIAL_DEVIATION = 0.02;

/** The reference's default in the RoBERTa family, whose positions start after it. */
const ROBERTA_PAD = 1;

/** `hidden_act` names of transformers' `activations.py` (5.24), but those that cannot be built here. */
export const HIDDEN_ACTS: ReadonlyMap<unknown, EncoderActivation> = new Map([
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['gelu_10', 'gelu_10'],
  // Four ways to write the tanh form; gelu_fast has its constant to ten digits, which is beyond 32 bits.
  ['gelu_new', 'gelu_tanh'],
  ['gelu_pytorch_tanh', 'gelu_tanh'],
  ['gelu_python_tanh', 'gelu_tanh'],
  ['gelu_accurate', 'gelu_tanh'],
  ['gelu_fast', 'gelu_tanh'],
  ['quick_gelu', 'quick_gelu'],
  ['relu', 'relu'],
  ['relu2', 'relu2'],
  ['relu6', 'relu6'],
  ['leaky_relu', 'leaky_relu'],
  ['silu', 'silu'],
  ['swish', 'silu'],
  ['hardswish', 'hardswish'],
  ['mish', 'mish'],
  ['tanh', 'tanh'],
  ['sigmoid', 'sigmoid'],
  ['laplace', 'laplace'],
  ['linear', 'linear'],
]);

/** What config.json says, what it leaves out, and what of it is not used. */
export interface ConfigReading {
  readonly config: EncoderConfig;
  readonly modelType: string;
  /** The deviation that weights are drawn with. Throws {@link UserError} `lm.bad-config`. */
  readonly initialDeviation: () => number;
  /** Entries that it lacks, with the reference's defaults. */
  readonly assumed: readonly Assumed[];
  /** Entries that are neither used nor known to be without effect. */
  readonly unknown: readonly string[];
  /** Classes of `architectures` that are not those of its `model_type`. */
  readonly otherClasses: readonly string[];
}

/**
 * Reads a checkpoint's config.json (Hugging Face layout, BERT and RoBERTa families). Entries that it lacks have the values
 * that transformers gives them; `openEncoder` lists them.
 * @throws UserError `lm.missing-folder`, `lm.missing-file`, `lm.malformed-json`, `lm.no-model-type`, or `lm.bad-config` with
 *   every entry that is impossible; UnsupportedError `lm.unsupported-model` or `lm.unsupported-config`.
 */
export async function readConfig(files: CheckpointFiles): Promise<EncoderConfig> {
  return (await describeConfig(files)).config;
}

/** The same, with what was assumed and what is not used. Throws what {@link readConfig} throws. */
export async function describeConfig(files: CheckpointFiles): Promise<ConfigReading> {
  return parseConfig(await readJsonObject(files, 'config.json'), files.path('config.json'));
}

/** The most tokens a text of this model can have, special tokens included. */
export function maxTokens(config: EncoderConfig): number {
  return config.positions - config.firstPosition;
}

function parseConfig(json: JsonObject, file: string): ConfigReading {
  const { family, classes, vocabulary } = familyOf(json, file);
  const entries = new Entries(json, { ...DEFAULTS, vocab_size: vocabulary });
  const read = {
    family,
    vocabulary: entries.size('vocab_size'),
    positions: entries.size('max_position_embeddings'),
    firstPosition: family === 'roberta' ? entries.tokenId('pad_token_id', ROBERTA_PAD) + 1 : 0,
    tokenTypes: entries.size('type_vocab_size'),
    width: entries.size('hidden_size'),
    layers: entries.size('num_hidden_layers'),
    heads: entries.size('num_attention_heads'),
    feedForward: entries.size('intermediate_size'),
    normEpsilon: entries.positive('layer_norm_eps'),
    tied: entries.choice('tie_word_embeddings'),
  };
  const { problems } = entries;
  if (problems.length === 0 && read.width % read.heads !== 0) {
    problems.push(`hidden_size ${read.width} is not divisible by num_attention_heads ${read.heads}`);
  }
  if (problems.length === 0 && read.positions <= read.firstPosition) {
    problems.push(
      `max_position_embeddings ${read.positions} leaves no position after the ${read.firstPosition} reserved`,
    );
  }
  const activation = entries.name('hidden_act');
  if (problems.length > 0) throw errors.badConfig(file, problems);
  const config = { ...read, activation: supported(json, activation, file) };
  return {
    config,
    modelType: String(json.model_type),
    initialDeviation: () => {
      const given = json.initializer_range ?? INITIAL_DEVIATION;
      if (typeof given === 'number' && given > 0 && given < Number.POSITIVE_INFINITY) return given;
      throw errors.badConfig(file, [`initializer_range: expected a positive number, found ${found(given)}`]);
    },
    assumed: entries.assumed,
    unknown: unknownEntries(json),
    otherClasses: architectures(json).filter((name) => !name.startsWith(classes)),
  };
}

function familyOf(json: JsonObject, file: string): Family {
  const names = [...FAMILIES.keys()].map(String);
  const family = FAMILIES.get(json.model_type);
  if (family !== undefined) return family;
  if (json.model_type !== undefined && json.model_type !== null) {
    throw errors.unsupportedModel(file, json.model_type, names);
  }
  const given = architectures(json);
  const [likely] = [...FAMILIES].find(([, { classes }]) => given.some((name) => name.startsWith(classes))) ?? [];
  throw errors.noModelType(file, given, names, likely === undefined ? undefined : String(likely));
}

function architectures({ architectures: given }: JsonObject): readonly string[] {
  return Array.isArray(given) ? given.map(String) : [];
}

type Default = keyof typeof DEFAULTS | 'vocab_size';

/** The entries of a config.json as they are read: what is absent has its default, and what is impossible is collected. */
class Entries {
  readonly assumed: Assumed[] = [];
  readonly problems: string[] = [];
  readonly #json: JsonObject;
  readonly #defaults: Readonly<Record<Default, Assumed['value']>>;

  constructor(json: JsonObject, defaults: Readonly<Record<Default, Assumed['value']>>) {
    this.#json = json;
    this.#defaults = defaults;
  }

  size(entry: Default): number {
    const value = this.#value(entry, this.#defaults[entry]);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    return this.#problem(entry, 'a positive whole number', 1);
  }

  tokenId(entry: string, assumed: number): number {
    const given = this.#json[entry];
    const value = given === null ? this.#assume(entry, assumed) : this.#value(entry, assumed);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return this.#problem(entry, 'a token id', 0);
  }

  positive(entry: Default): number {
    const value = this.#value(entry, this.#defaults[entry]);
    if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
    return this.#problem(entry, 'a positive number', 1);
  }

  choice(entry: Default): boolean {
    const value = this.#value(entry, this.#defaults[entry]);
    return typeof value === 'boolean' ? value : this.#problem(entry, 'true or false', true);
  }

  name(entry: Default): string {
    const value = this.#value(entry, this.#defaults[entry]);
    return typeof value === 'string' ? value : this.#problem(entry, 'a name', '');
  }

  #value(entry: string, assumed: Assumed['value']): unknown {
    return this.#json[entry] === undefined ? this.#assume(entry, assumed) : this.#json[entry];
  }

  #assume(entry: string, value: Assumed['value']): Assumed['value'] {
    this.assumed.push({ entry, value });
    return value;
  }

  #problem<T>(entry: string, expected: string, instead: T): T {
    this.problems.push(`${entry}: expected ${expected}, found ${found(this.#json[entry])}`);
    return instead;
  }
}

function supported(json: JsonObject, name: string, file: string): EncoderActivation {
  const activation = HIDDEN_ACTS.get(name);
  const problems: string[] = [];
  if (activation === undefined) {
    problems.push(`hidden_act ${found(name)}; supported are ${[...HIDDEN_ACTS.keys()].join(', ')}`);
  }
  const positions = json.position_embedding_type ?? 'absolute';
  if (positions !== 'absolute') {
    problems.push(`position_embedding_type ${found(positions)}; supported is "absolute"`);
  }
  if (json.is_decoder === true) problems.push('is_decoder true; supported is an encoder, false');
  if (json.add_cross_attention === true) problems.push('add_cross_attention true; supported is an encoder, false');
  if (!holdsNothing(json.pruned_heads)) problems.push('pruned_heads; supported are models with all their heads');
  if (!holdsNothing(json.quantization_config)) {
    problems.push('quantization_config; supported are weights as plain numbers');
  }
  if (activation === undefined || problems.length > 0) throw errors.unsupportedConfig(file, problems);
  return activation;
}

const holdsNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
