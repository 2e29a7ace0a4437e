/** LoRA at its start (Hu et al. 2021, section 4.1): A drawn at random, B zero, so that the model is still itself. */

import { required } from '../../errors/index.ts';
import {
  type AdaptedLayers,
  type AdapterTarget,
  type DenseLayer,
  denseLayers,
  factorNames,
  familyOf,
  type LanguageModelConfig,
  type LanguageModelHead,
} from '../../nets/index.ts';
import { stream } from '../../numeric/index.ts';
import type { AdapterChoice } from './adapter.ts';
import { unknownTarget } from './loraErrors.ts';

/** Which layers get factors, and which. */
export interface FreshLora {
  /** Numbers between A and B. */
  readonly rank: number;
  /** The change is multiplied by alpha/rank. */
  readonly alpha: number;
  /** Of {@link LORA_TARGETS}, or ends of layers' names. */
  readonly targets: readonly string[];
  /** Of the draws of A. */
  readonly seed: number;
}

/** What layers that may be adapted are for, in any model. */
export const LORA_TARGETS: readonly AdapterTarget[] = ['query', 'key', 'value', 'output', 'feed-forward'];

/** The rank, alpha and layers of usual use; those of the peer where it has some (query and value). */
export const DEFAULT_LORA: FreshLora = { rank: 8, alpha: 16, targets: ['query', 'value'], seed: 0 };

/**
 * Those of a model's layers that targets name: by what they are for, or by the ends of their names, as peft has them. Throws
 * {@link UserError} `lm.unknown-lora-target`.
 */
export function targeted(
  config: LanguageModelConfig,
  head: LanguageModelHead['kind'],
  targets: readonly string[],
): readonly DenseLayer[] {
  const layers = denseLayers(config, head).filter(({ layer }) => layer !== undefined);
  const { targets: byPurpose } = familyOf(config);
  const wanted = targets.flatMap((target) => {
    const purpose = LORA_TARGETS.find((known) => known === target);
    const ends = purpose === undefined ? [target] : byPurpose[purpose];
    const found = layers.filter(({ name }) => ends.some((end) => name.endsWith(`.${end}`)));
    if (found.length === 0) throw unknownTarget(target, [...new Set([...LORA_TARGETS, ...lastNames(layers)])]);
    return found;
  });
  return layers.filter((layer) => wanted.includes(layer));
}

/** The last parts of layers' names. */
const lastNames = (layers: readonly DenseLayer[]): readonly string[] =>
  layers.map(({ name }) => name.replace(/^.*\./, ''));

/**
 * A at the start, [rank, columns] row-major: uniform below 1/√columns in magnitude, as peft draws it (Kaiming-uniform with
 * a = √5), so of variance 1/(3 columns). Each rank has draws of its own.
 */
export function drawA(seed: number, layer: Pick<DenseLayer, 'name' | 'columns'>, rank: number): Float32Array {
  const uniforms = stream(seed, `${factorNames(layer.name).a} of rank ${rank}`).uniforms(rank * layer.columns);
  const most = 1 / Math.sqrt(layer.columns);
  return Float32Array.from(uniforms, (u) => (2 * u - 1) * most);
}

/** Factors at their start. Throws {@link UserError} `lm.unknown-lora-target`. */
export function freshLora({ rank, alpha, targets, seed }: FreshLora): AdapterChoice {
  return async (config, head) => {
    const chosen = targeted(config, head, targets);
    const layers: AdaptedLayers = Object.fromEntries(chosen.map(({ name }) => [name, { rank, scale: alpha / rank }]));
    const draws = new Map(
      chosen.flatMap((layer): (readonly [string, () => Float32Array])[] => {
        const { a, b } = factorNames(layer.name);
        return [
          [a, () => drawA(seed, layer, rank)],
          [b, () => new Float32Array(layer.rows * rank)],
        ];
      }),
    );
    return {
      layers,
      read: async (parameter) => required(draws.get(parameter), `factor "${parameter}"`)(),
      close: async () => undefined,
    };
  };
}
