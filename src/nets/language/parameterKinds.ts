/**
 * The kinds of a language model's parameters (IVb 2.9.11, 2.9.12): which of their axes grow with its width.
 *
 * A configuration is one model; its family is read off how such models are made larger: the residual stream n and the
 * feed-forward width grow together, and heads grow in number while their size, what queries share a key, vocabulary and
 * positions stay. Scores over the root of the head size are of order 1 at every width then, where a head that grows itself
 * would need its size (theory 6).
 */

import type { ParameterKind } from '../../parametrizations/index.ts';
import { spaceOf } from '../../program/index.ts';
import type { LanguageModelConfig, LanguageModelHead } from './config.ts';
import { denseLayers } from './denseLayers.ts';
import { languageModel } from './model.ts';
import { storedDimensions } from './storedShape.ts';

/**
 * - `embedding`: a table whose rows are looked up, or added by position; one input at a time.
 * - `matrix`: a dense layer.
 * - `gain`: of a norm; starts at 1, and counts as 1 plus a vector that starts at zero.
 * - `bias`: of a dense layer or a norm; starts at zero.
 * - `readout`: what makes the logits.
 */
export type ParameterRole = 'embedding' | 'matrix' | 'gain' | 'bias' | 'readout';

/** A parameter by its name in checkpoints, and what a parametrization needs to know of it. */
export interface LanguageModelParameter {
  readonly name: string;
  /** By how many of its axes grow; a table that is the readout too is a vector, as it is of its first use. */
  readonly kind: ParameterKind;
  readonly role: ParameterRole;
  /** Whether it starts at a number, whatever a parametrization says: gains at one, biases at zero. */
  readonly fixedStart: boolean;
  /** As checkpoints store it. */
  readonly shape: readonly number[];
  /** Whether the dimensions of `shape` grow with the width, one by one. */
  readonly grows: readonly boolean[];
  /** How many numbers a coordinate of its product is a sum over: 1 of embeddings, gains and biases. */
  readonly fanIn: number;
  /** Whether the logits are products with the rows of this embedding: one parameter with two uses. */
  readonly tied: boolean;
}

/** A size of a configuration that grows with the width, and how many times the width it is. */
export interface LanguageModelWidth {
  readonly name: 'residual stream' | 'feed-forward' | 'heads' | 'key heads';
  /** How many coordinates, or heads. */
  readonly size: number;
  readonly ratio: number;
}

/** A model's width and its parameters in order. */
export interface LanguageModelKinds {
  /** n, of the residual stream. */
  readonly width: number;
  /** All sizes that grow with it, itself first. */
  readonly widths: readonly LanguageModelWidth[];
  readonly parameters: readonly LanguageModelParameter[];
}

/** Spaces of {@link languageModel} that grow; `head` where every query has a key of its own, else `group`. */
const GROWING: ReadonlySet<string> = new Set(['n', 'wide', 'head', 'group']);

/** Label words that are read; their number changes no parameter of a head of words. */
const CLASSES = 2;

/**
 * The kinds of the parameters of a model of this configuration, with the head of the language model unless another is
 * given. Throws {@link UnsupportedError} `nets.no-classifier`.
 */
export function parameterKinds(
  config: LanguageModelConfig,
  head: LanguageModelHead = { kind: 'words', classes: CLASSES, untie: false },
): LanguageModelKinds {
  const fanIns = new Map(denseLayers(config, head.kind).map(({ name, columns }) => [`${name}.weight`, columns]));
  const net = languageModel(config, head);
  const tied = head.kind === 'words' && config.tied && !head.untie;
  const read = net.layers.at(-1)?.parameter;
  const parameters = net.parameters.map(({ name, kind: written, axes, law, checkpoint }): LanguageModelParameter => {
    const grows = storedDimensions(axes).map((joined) => joined.some((axis) => GROWING.has(spaceOf(axis))));
    const role = roleOf(written, name, law.kind === 'constant' && law.value === 1);
    const fanIn = fanIns.get(name) ?? (role === 'readout' ? config.width : 1);
    const shape = checkpoint?.shape ?? [];
    const fixedStart = role === 'gain' || role === 'bias';
    return { name, kind: kindOf(written, grows), role, fixedStart, shape, grows, fanIn, tied: tied && name === read };
  });
  return { width: config.width, widths: widthsOf(config), parameters };
}

function roleOf(kind: ParameterKind, name: string, startsAtOne: boolean): ParameterRole {
  if (kind === 'matrix' || kind === 'readout') return kind;
  if (startsAtOne) return 'gain';
  return name.endsWith('.bias') ? 'bias' : 'embedding';
}

/** The axes of a head's norm are its coordinates alone, none of which is a width. */
const kindOf = (written: ParameterKind, grows: readonly boolean[]): ParameterKind =>
  grows.includes(true) ? written : 'scalar';

function widthsOf({ width, feedForward, heads, keyHeads = heads }: LanguageModelConfig): LanguageModelWidth[] {
  const of = (name: LanguageModelWidth['name'], size: number) => ({ name, size, ratio: size / width });
  return [
    of('residual stream', width),
    of('feed-forward', feedForward),
    of('heads', heads),
    ...(keyHeads === heads ? [] : [of('key heads', keyHeads)]),
  ];
}
