/** LoRA at its start (Hu et al. 2021, section 4.1): A drawn at random, B zero, so that the model is still itself. */

import { required } from '../../errors/index.ts';
import { type AdaptedLayers, type DenseLayer, denseLayers, factorNames } from '../../nets/index.ts';
import { stream } from '../../numeric/index.ts';
import type { AdapterChoice } from './adapter.ts';
import { unknownTarget } from './loraErrors.ts';

/** Which layers get factors, and which. */
export interface FreshLora {
  /** Numbers between A and B. */
  readonly rank: number;
  /** The change is multiplied by alpha/rank. */
  readonly alpha: number;
  /** Names of {@link LORA_TARGETS}. */
  readonly targets: readonly string[];
  /** Of the draws of A. */
  readonly seed: number;
}

/** Dense layers of every block by the names that choose them. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  query: ['attention.self.query'],
  key: ['attention.self.key'],
  value: ['attention.self.value'],
  output: ['attention.output.dense'],
  'feed-forward': ['intermediate.dense', 'output.dense'],
};

/** Names of layers that may be adapted. */
export const LORA_TARGETS: readonly string[] = Object.keys(TARGETS);

/** The rank, alpha and layers of usual use; those of the peer where it has some (query and value). */
export const DEFAULT_LORA: FreshLora = { rank: 8, alpha: 16, targets: ['query', 'value'], seed: 0 };

/** Those of the layers that targets name. Throws {@link UserError} `lm.unknown-lora-target`. */
export function targeted(layers: readonly DenseLayer[], targets: readonly string[]): readonly DenseLayer[] {
  const wanted = targets.flatMap((target) => {
    const found = Object.hasOwn(TARGETS, target) ? TARGETS[target] : undefined;
    if (found === undefined) throw unknownTarget(target, LORA_TARGETS);
    return found;
  });
  return layers.filter(({ name, layer }) => layer !== undefined && wanted.includes(withinBlock(name)));
}

/** A layer's name without that of its block. */
const withinBlock = (name: string): string => name.replace(/^.*\.layer\.\d+\./, '');

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
    const chosen = targeted(denseLayers(config, head), targets);
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
