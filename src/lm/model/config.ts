import {
  type CheckpointType,
  type ConfigEntries,
  type EncoderActivation,
  type FamilyName,
  families,
  familyOf,
  type LanguageModelConfig,
} from '../../nets/index.ts';
import * as errors from '../errors.ts';
import { found } from '../wording.ts';
import { refuseAdapter } from './adapterFolder.ts';
import { type CheckpointFiles, readJsonObject } from './checkpointFiles.ts';
import type { Assumed } from './checkpointUse.ts';
import { COMMON_ENTRIES, unknownEntries } from './configEntries.ts';
import type { JsonObject } from './json.ts';
import { nearestType } from './nearestTypes.ts';

/** A `model_type`, the family that it belongs to, and what is its own. */
type CheckpointName = readonly [type: string, family: FamilyName, checkpoint: CheckpointType];

const TYPES: readonly CheckpointName[] = families.flatMap(([family, { types }]) =>
  Object.entries(types).map(([type, checkpoint]): CheckpointName => [type, family, checkpoint]),
);

/** The reference's default of `initializer_range`, which nothing but a fresh head depends on. */
const INITIAL_DEVIATION = 0.02;

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
  readonly config: LanguageModelConfig;
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
 * Reads a checkpoint's config.json (Hugging Face layout, all `families`). Entries that it lacks have the values
 * that transformers gives them; `openLanguageModel` lists them.
 * @throws UserError `lm.missing-folder`, `lm.missing-file`, `lm.malformed-json`, `lm.no-model-type`, or `lm.bad-config` with
 *   every entry that is impossible; UnsupportedError `lm.unsupported-model` or `lm.unsupported-config`.
 */
export async function readConfig(files: CheckpointFiles): Promise<LanguageModelConfig> {
  return (await describeConfig(files)).config;
}

/** The same, with what was assumed and what is not used. Throws what {@link readConfig} throws. */
export async function describeConfig(files: CheckpointFiles): Promise<ConfigReading> {
  await refuseAdapter(files);
  return parseConfig(await readJsonObject(files, 'config.json'), files.path('config.json'));
}

/** The most tokens a text of this model can have, special tokens included. */
export function maxTokens(config: LanguageModelConfig): number {
  return config.positions - config.firstPosition;
}

function parseConfig(json: JsonObject, file: string): ConfigReading {
  const [type, family, checkpoint] = typeOf(json, file);
  const entries = new Entries(json);
  const config: LanguageModelConfig = { family, ...familyOf({ family }).read(entries, type, checkpoint) };
  const { problems } = entries;
  if (problems.length === 0 && config.positions <= config.firstPosition) {
    problems.push(
      `max_position_embeddings ${config.positions} leaves no position after the ${config.firstPosition} reserved`,
    );
  }
  if (problems.length > 0) throw errors.badConfig(file, problems);
  entries.allow('add_cross_attention', [undefined, false], 'a model of text alone, false');
  if (!holdsNothing(json.pruned_heads)) entries.unsupported('pruned_heads; supported are models with all their heads');
  if (!holdsNothing(json.quantization_config)) {
    entries.unsupported('quantization_config; supported are weights as plain numbers');
  }
  if (entries.refused.length > 0) throw errors.unsupportedConfig(file, entries.refused);
  return {
    config,
    modelType: type,
    initialDeviation: () => {
      const given = json.initializer_range ?? INITIAL_DEVIATION;
      if (typeof given === 'number' && given > 0 && given < Number.POSITIVE_INFINITY) return given;
      throw errors.badConfig(file, [`initializer_range: expected a positive number, found ${found(given)}`]);
    },
    assumed: entries.assumed,
    unknown: unknownEntries(json, entries.read),
    otherClasses: architectures(json).filter((name) => !name.startsWith(checkpoint.classes)),
  };
}

function typeOf(json: JsonObject, file: string): CheckpointName {
  const known = TYPES.find(([name]) => name === json.model_type);
  if (known !== undefined) return known;
  const names = TYPES.map(([name]) => name);
  if (json.model_type !== undefined && json.model_type !== null) {
    throw errors.unsupportedModel(file, json.model_type, names, nearestType(json.model_type));
  }
  const given = architectures(json);
  const [likely] = TYPES.find(([, , { classes }]) => given.some((name) => name.startsWith(classes))) ?? [];
  throw errors.noModelType(file, given, names, likely);
}

function architectures({ architectures: given }: JsonObject): readonly string[] {
  return Array.isArray(given) ? given.map(String) : [];
}

/** Entries of config.json that some family reads. */
export function readEntries(): readonly string[] {
  const all = TYPES.map(([type, family, checkpoint]) => {
    const entries = new Entries({});
    familyOf({ family }).read(entries, type, checkpoint);
    return [...entries.read];
  });
  return [...new Set([...COMMON_ENTRIES, ...all.flat()])];
}

/** The entries of a config.json as they are read: what is absent has its default, and what is impossible is collected. */
class Entries implements ConfigEntries {
  readonly assumed: Assumed[] = [];
  readonly problems: string[] = [];
  readonly refused: string[] = [];
  /** Names of those that were asked for. */
  readonly read = new Set<string>(COMMON_ENTRIES);
  readonly #json: JsonObject;

  constructor(json: JsonObject) {
    this.#json = json;
  }

  size(entry: string, assumed: number): number {
    return this.#size(entry, this.#value(entry, assumed));
  }

  sizeIfAny(entry: string): number | undefined {
    const value = this.given(entry) ?? undefined;
    return value === undefined ? undefined : this.#size(entry, value);
  }

  tokenId(entry: string, assumed: number): number {
    const given = this.given(entry);
    const value = given === null ? this.#assume(entry, assumed) : this.#value(entry, assumed);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return this.#problem(entry, 'a token id', 0);
  }

  positive(entry: string, assumed: number): number {
    const value = this.#value(entry, assumed);
    if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
    return this.#problem(entry, 'a positive number', 1);
  }

  choice(entry: string, assumed: boolean): boolean {
    return this.#choice(entry, this.#value(entry, assumed));
  }

  choiceIfAny(entry: string): boolean | undefined {
    const value = this.given(entry) ?? undefined;
    return value === undefined ? undefined : this.#choice(entry, value);
  }

  activation(entry: string, assumed: string): EncoderActivation {
    const value = this.#value(entry, assumed);
    if (typeof value !== 'string') return this.#problem(entry, 'a name', 'linear');
    const activation = HIDDEN_ACTS.get(value);
    if (activation !== undefined) return activation;
    this.unsupported(`${entry} ${found(value)}; supported are ${[...HIDDEN_ACTS.keys()].join(', ')}`);
    return 'linear';
  }

  given(entry: string): unknown {
    this.read.add(entry);
    return this.#json[entry];
  }

  allow(entry: string, allowed: readonly unknown[], supported: string): void {
    const value = this.given(entry) ?? undefined;
    if (!allowed.includes(value)) this.unsupported(`${entry} ${found(value)}; supported is ${supported}`);
  }

  divides(part: readonly [string, number], whole: readonly [string, number]): void {
    // Numbers that stand for impossible ones need not fit.
    if (this.problems.length > 0 || whole[1] % part[1] === 0) return;
    this.problem(`${whole.join(' ')} is not divisible by ${part.join(' ')}`);
  }

  problem(problem: string): void {
    this.problems.push(problem);
  }

  unsupported(problem: string): void {
    this.refused.push(problem);
  }

  #value(entry: string, assumed: Assumed['value']): unknown {
    const value = this.given(entry);
    return value === undefined ? this.#assume(entry, assumed) : value;
  }

  #size(entry: string, value: unknown): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    return this.#problem(entry, 'a positive whole number', 1);
  }

  #choice(entry: string, value: unknown): boolean {
    return typeof value === 'boolean' ? value : this.#problem(entry, 'true or false', true);
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

const holdsNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
