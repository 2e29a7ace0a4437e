/** `adapter_config.json` of peft (0.21): which layers an adapter of LoRA changes, and by what. */

import type { LowRank } from '../../nets/index.ts';
import type { JsonObject } from '../model/json.ts';
import { isJsonObject } from '../model/json.ts';
import { alternatives, found } from '../wording.ts';
import { badAdapterConfig, unsupportedAdapter } from './loraErrors.ts';

/** Entries that bear on nothing here: where it comes from, how it was trained, and settings of what is off. */
const IDLE: readonly string[] = [
  'auto_mapping',
  'base_model_name_or_path',
  'ensure_weight_tying',
  'fan_in_fan_out',
  'inference_mode',
  'lora_dropout',
  'megatron_core',
  'peft_type',
  'peft_version',
  'qalora_group_size',
  'revision',
  'runtime_config',
  'task_type',
];

/** Entries that are read. */
const READ: readonly string[] = [
  'alpha_pattern',
  'bias',
  'exclude_modules',
  'init_lora_weights',
  'layers_pattern',
  'layers_to_transform',
  'lora_alpha',
  'r',
  'rank_pattern',
  'target_modules',
  'use_rslora',
];

/** Ways to start A and B that leave the model's own weights as they are. */
const PLAIN_STARTS: readonly unknown[] = [undefined, null, true, false, 'gaussian', 'orthogonal', 'eva'];

/** What checkpoints call the blocks of models. */
const BLOCKS = ['layer', 'layers', 'h'];

/** A layer that an adapter may change: its name as the adapter knows it, and its block. */
export interface NamedLayer {
  readonly name: string;
  readonly layer?: number;
}

/**
 * Reads an adapter's configuration: which change a layer has, if any.
 * @throws UserError `lm.bad-adapter-config`; UnsupportedError `lm.unsupported-adapter`, each with every entry concerned.
 */
export function readAdapterConfig(json: JsonObject, file: string): (layer: NamedLayer) => LowRank | undefined {
  refuseMoreThanLora(json, file);
  return new Changes(json, file).of;
}

function refuseMoreThanLora(json: JsonObject, file: string): void {
  const problems: string[] = [];
  if (json.peft_type !== 'LORA') problems.push(`peft_type ${found(json.peft_type)}; supported is "LORA"`);
  const bias = json.bias ?? 'none';
  if (bias !== 'none') problems.push(`bias ${found(bias)}; supported is "none": the biases of the model itself`);
  if (!PLAIN_STARTS.includes(json.init_lora_weights)) {
    problems.push(
      `init_lora_weights ${found(json.init_lora_weights)}, which changes the model's own weights; save the adapter converted to plain LoRA`,
    );
  }
  for (const [entry, value] of Object.entries(json)) {
    if (!IDLE.includes(entry) && !READ.includes(entry) && isSet(value)) problems.push(`${entry} ${found(value)}`);
  }
  if (problems.length > 0) throw unsupportedAdapter(file, problems);
}

/** Whether an entry asks for something. */
function isSet(value: unknown): boolean {
  if (value === null || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

class Changes {
  readonly #json: JsonObject;
  readonly #problems: string[] = [];
  readonly #targets: (name: string) => boolean;
  readonly #excluded: (name: string) => boolean;
  readonly #ranks: (name: string) => number;
  readonly #alphas: (name: string) => number;
  readonly #layers: readonly number[] | undefined;

  constructor(json: JsonObject, file: string) {
    this.#json = json;
    this.#targets = this.#names('target_modules', true);
    this.#excluded = this.#names('exclude_modules', false);
    this.#ranks = this.#byPattern('r', 'rank_pattern', (value) => Number.isSafeInteger(value) && value > 0);
    this.#alphas = this.#byPattern('lora_alpha', 'alpha_pattern', (value) => Number.isFinite(value));
    this.#layers = this.#layerNumbers();
    if (this.#problems.length > 0) throw badAdapterConfig(file, this.#problems);
  }

  readonly of = ({ name, layer }: NamedLayer): LowRank | undefined => {
    if (!this.#targets(name) || this.#excluded(name)) return undefined;
    if (this.#layers !== undefined && (layer === undefined || !this.#layers.includes(layer))) return undefined;
    const rank = this.#ranks(name);
    return { rank, scale: this.#alphas(name) / (this.#json.use_rslora === true ? Math.sqrt(rank) : rank) };
  };

  /** Names of layers, or their last parts, or one regular expression for the whole of them (peft, `check_target_module_exists`). */
  #names(entry: string, needed: boolean): (name: string) => boolean {
    const value = this.#json[entry];
    if (!needed && (value === undefined || value === null)) return () => false;
    if (entry === 'target_modules' && value === 'all-linear') return () => true;
    if (typeof value === 'string') {
      const pattern = this.#pattern(entry, `^(?:${value})$`);
      return (name) => pattern.test(name);
    }
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
      return (name) => value.some((one) => name === one || name.endsWith(`.${one}`));
    }
    this.#problem(entry, 'names of layers or a pattern');
    return () => false;
  }

  /** A number for all layers, and others for those that a pattern matches the end of (peft, `get_pattern_key`). */
  #byPattern(entry: string, exceptions: string, fits: (value: number) => boolean): (name: string) => number {
    const usual = this.#json[entry];
    const given = this.#json[exceptions] ?? {};
    const checked = (value: unknown, where: string): number => {
      if (typeof value === 'number' && fits(value)) return value;
      return this.#problem(where, entry === 'r' ? 'a whole number of at least 1' : 'a number', value);
    };
    const all = checked(usual, entry);
    if (!isJsonObject(given)) {
      this.#problem(exceptions, 'numbers by patterns');
      return () => all;
    }
    const others = Object.entries(given).map(([key, value]) => ({
      pattern: this.#pattern(exceptions, `^(?:.*\\.)?(?:${key})$`),
      value: checked(value, `${exceptions} of ${key}`),
    }));
    return (name) => others.find(({ pattern }) => pattern.test(name))?.value ?? all;
  }

  #layerNumbers(): readonly number[] | undefined {
    const value = this.#json.layers_to_transform;
    if (value === undefined || value === null) return undefined;
    const numbers: unknown[] = Array.isArray(value) ? value : [value];
    // The blocks are the only numbered parts.
    const pattern: unknown = this.#json.layers_pattern ?? [];
    const patterns: unknown[] = Array.isArray(pattern) ? pattern : [pattern];
    const named = patterns.length === 0 || BLOCKS.some((one) => patterns.includes(one));
    if (!named) this.#problem('layers_pattern', `${alternatives(BLOCKS)}, which blocks are called`);
    if (numbers.every((one) => typeof one === 'number')) return numbers;
    this.#problem('layers_to_transform', 'numbers of layers');
    return undefined;
  }

  #pattern(entry: string, text: string): RegExp {
    try {
      return new RegExp(text);
    } catch {
      this.#problem(entry, 'a regular expression');
      return /^$/;
    }
  }

  #problem(entry: string, expected: string, value: unknown = this.#json[entry]): number {
    this.#problems.push(`${entry}: expected ${expected}, found ${found(value)}`);
    return 1;
  }
}
