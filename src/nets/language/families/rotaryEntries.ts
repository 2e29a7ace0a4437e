/**
 * How configurations say how fast rotary positions turn: `rope_parameters` (transformers 5), or `rope_theta` and
 * `rope_scaling` (4). Formulas are those of its `modeling_rope_utils.py`.
 */

import type { Rotary } from '../../parts/rotary.ts';
import type { ConfigEntries } from '../entries.ts';

export interface RotaryOptions {
  /** Coordinates of a head that are turned. */
  readonly coordinates: number;
  /** The most tokens that the model is meant for. */
  readonly positions: number;
  /** The entry with the base, where `rope_parameters` has none, and what it is where that is absent too. */
  readonly base: { readonly entry: string; readonly assumed: number };
  /** The kind of layers, where `rope_parameters` has something for each. */
  readonly kind?: string;
}

type Parameters = Readonly<Record<string, unknown>>;

const isParameters = (value: unknown): value is Parameters =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The entry that holds parameters, and the parameters. */
interface Given {
  readonly entry: string;
  readonly parameters: Parameters;
}

/** Frequencies by pair: base^(−2j/coordinates), scaled as asked. */
export function readRotary(entries: ConfigEntries, options: RotaryOptions): Rotary {
  const { coordinates, base } = options;
  const given = scalingOf(entries, options.kind);
  const theta =
    given.parameters.rope_theta === undefined
      ? entries.positive(base.entry, base.assumed)
      : positiveParameter(entries, given, 'rope_theta');
  if (coordinates % 2 !== 0) entries.unsupported(`${coordinates} turned coordinates per head; supported are pairs`);
  const plain = Array.from({ length: Math.floor(coordinates / 2) }, (_, j) => theta ** ((-2 * j) / coordinates));
  return { frequencies: scaledFrequencies(entries, plain, given, options) };
}

function scalingOf(entries: ConfigEntries, kind: string | undefined): Given {
  const now = entries.given('rope_parameters');
  const before = entries.given('rope_scaling');
  if (isParameters(now)) {
    const own = kind === undefined ? now : (now[kind] ?? now);
    return { entry: 'rope_parameters', parameters: isParameters(own) ? own : {} };
  }
  if (now !== undefined && now !== null) entries.problem('rope_parameters: expected an object');
  if (before !== undefined && before !== null && !isParameters(before))
    entries.problem('rope_scaling: expected an object');
  return { entry: 'rope_scaling', parameters: isParameters(before) ? before : {} };
}

function scaledFrequencies(
  entries: ConfigEntries,
  plain: readonly number[],
  given: Given,
  { positions }: RotaryOptions,
): readonly number[] {
  const { entry, parameters } = given;
  const type = parameters.rope_type ?? parameters.type ?? 'default';
  switch (type) {
    case 'default':
      return plain;
    case 'linear': {
      const factor = positiveParameter(entries, given, 'factor');
      return plain.map((frequency) => frequency / factor);
    }
    // What it does begins behind `max_position_embeddings`, the most tokens that a text has here.
    case 'dynamic':
      return plain;
    case 'llama3':
      return llama3(entries, plain, given, positions);
    default:
      entries.unsupported(`${entry} of type ${JSON.stringify(type)}; supported are default, linear, dynamic, llama3`);
      return plain;
  }
}

/** Slow turns are divided by a factor, fast ones are not, and those between are a mixture of both. */
function llama3(entries: ConfigEntries, plain: readonly number[], given: Given, positions: number): readonly number[] {
  const [factor, low, high] = ['factor', 'low_freq_factor', 'high_freq_factor'].map((name) =>
    positiveParameter(entries, given, name),
  ) as [number, number, number]; // as many as names
  const original = given.parameters.original_max_position_embeddings;
  const length =
    original === undefined ? positions : positiveParameter(entries, given, 'original_max_position_embeddings');
  return plain.map((frequency) => {
    const turns = (length * frequency) / (2 * Math.PI);
    if (turns < low) return frequency / factor;
    if (turns > high) return frequency;
    const share = (turns - low) / (high - low);
    return (1 - share) * (frequency / factor) + share * frequency;
  });
}

function positiveParameter(entries: ConfigEntries, { entry, parameters }: Given, name: string): number {
  const value = parameters[name];
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  entries.problem(`${entry}: expected a positive number as its ${name}, found ${JSON.stringify(value)}`);
  return 1;
}
