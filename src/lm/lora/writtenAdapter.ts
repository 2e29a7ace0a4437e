/** Changes of low rank as peft (0.21) keeps them: what savedAdapter.ts reads. */

import { required } from '../../errors/index.ts';
import { type AdaptedLayers, type DenseLayer, denseLayers, factorNames, type LowRank } from '../../nets/index.ts';
import type { Tensors } from '../../program/index.ts';
import type { StoredTensor } from '../../training/index.ts';
import type { LanguageModel } from '../model/checkpoint.ts';
import type { JsonObject } from '../model/json.ts';
import { ADAPTER_CONFIG, ADAPTER_TENSORS, WRAPPED } from './savedAdapter.ts';

export interface WrittenAdapter {
  /** The name of the file of its configuration, and what it says. */
  readonly config: { readonly file: string; readonly json: JsonObject };
  readonly tensors: { readonly file: string; readonly tensors: Readonly<Record<string, StoredTensor>> };
}

/** The changes of a model with these weights; `base` is the folder of the model that they are put beside. */
export function writtenAdapter({ adapted, config }: LanguageModel, weights: Tensors, base: string): WrittenAdapter {
  const layers = denseLayers(config, 'words');
  const tensors = layers.flatMap(({ name, rows, columns }): [string, StoredTensor][] => {
    const { rank } = adapted[name] ?? {};
    if (rank === undefined) return [];
    const { a, b } = factorNames(name);
    const stored = (factor: string, shape: readonly number[]): [string, StoredTensor] => {
      const { data } = required(weights[factor], `factor "${factor}"`);
      return [`${WRAPPED}${factor}`, { shape, data: Float32Array.from(data) }];
    };
    return [stored(a, [rank, columns]), stored(b, [rows, rank])];
  });
  return {
    config: { file: ADAPTER_CONFIG, json: configOf(adapted, Object.keys(adapted), base, layers) },
    tensors: { file: ADAPTER_TENSORS, tensors: Object.fromEntries(tensors) },
  };
}

/** One rank and alpha where all layers have the same; else those of each by its name. */
function configOf(
  adapted: AdaptedLayers,
  names: readonly string[],
  base: string,
  layers: readonly DenseLayer[],
): JsonObject {
  const first = required(Object.values(adapted)[0], 'change of low rank');
  const alpha = ({ rank, scale }: LowRank): number => rank * scale;
  const others = Object.entries(adapted).filter(([, one]) => one.rank !== first.rank || one.scale !== first.scale);
  return {
    peft_type: 'LORA',
    auto_mapping: null,
    base_model_name_or_path: base,
    bias: 'none',
    fan_in_fan_out: layers.some(({ name, turned }) => turned === true && names.includes(name)),
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha(first),
    lora_dropout: 0,
    modules_to_save: null,
    r: first.rank,
    rank_pattern: Object.fromEntries(others.map(([name, { rank }]) => [name, rank])),
    alpha_pattern: Object.fromEntries(others.map(([name, one]) => [name, alpha(one)])),
    target_modules: targets(names, layers),
    task_type: null,
    use_rslora: false,
  };
}

/** The last parts of the layers' names where these say which they are, else the names. */
function targets(names: readonly string[], layers: readonly { readonly name: string }[]): readonly string[] {
  const last = [...new Set(names.map((name) => name.replace(/^.*\./, '')))];
  const meant = layers.filter(({ name }) => last.some((part) => name.endsWith(`.${part}`)));
  return meant.length === names.length ? last : names;
}
