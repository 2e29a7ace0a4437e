/** A fine-tuned model as the files of a checkpoint: those that it comes from, with the numbers that were trained. */

import { required } from '../../errors/index.ts';
import { denseLayers, factorNames, familyOf, type LanguageModelConfig } from '../../nets/index.ts';
import type { Tensors } from '../../program/index.ts';
import type { StoredTensor } from '../../training/index.ts';
import type { Task } from '../data/tasks.ts';
import type { LanguageModel } from '../model/checkpoint.ts';
import { type CheckpointFiles, readJsonObject } from '../model/checkpointFiles.ts';
import type { JsonObject } from '../model/json.ts';
import { openTensors } from '../model/safetensors.ts';
import { storedAs } from '../model/stored.ts';
import type { Setting } from '../run/setting.ts';

/** Heads of language models, which a model with another head does not have. */
const WORDS_HEAD = /^(cls|lm_head|vocab_transform|vocab_layer_norm|vocab_projector|decoder)\./;
/** Formats of numbers that are read here; others, whole numbers of old versions, are no weights. */
const REAL: readonly string[] = ['F64', 'F32', 'F16', 'BF16'];

/**
 * The tensors of a fine-tuned model in 32 bits: its parameters under the names of its files, changes of low rank added to the
 * matrices that they stand beside, and whatever else the files hold as it is. Throws the errors of reading tensors.
 */
export async function savedTensors(
  files: CheckpointFiles,
  model: LanguageModel,
  weights: Tensors,
): Promise<Readonly<Record<string, StoredTensor>>> {
  const { net, adapted } = model;
  const all: Tensors = { ...(await model.load(net.parameters.map(({ name }) => name))), ...weights };
  const factors = new Set(Object.keys(adapted).flatMap((layer) => Object.values(factorNames(layer))));
  const tensors: Record<string, StoredTensor> = {};
  for (const parameter of net.parameters) {
    if (factors.has(parameter.name)) continue;
    const { shape } = storedAs(parameter);
    const { data } = required(all[parameter.name], `weights of "${parameter.name}"`);
    const layer = parameter.name.replace(/\.weight$/, '');
    const changed = Object.hasOwn(adapted, layer) ? merged(data, layer, model, all) : Float32Array.from(data);
    for (const name of model.tensorsOf(parameter.name)) tensors[name] = { shape, data: changed };
  }
  const isDecoder = familyOf(model.config).predicts === 'the next word';
  const isWords = isDecoder || net.parameters.some(({ name }) => WORDS_HEAD.test(name));
  const store = await openTensors(files);
  try {
    for (const name of store.names) {
      if (Object.hasOwn(tensors, name) || model.ownTensors.has(name) || !REAL.includes(store.dtype(name))) continue;
      if (!isWords && WORDS_HEAD.test(name)) continue;
      tensors[name] = { shape: store.shape(name), data: await store.read(name) };
    }
  } finally {
    await store.close();
  }
  return tensors;
}

/** W + s B A, [rows, columns], or [columns, rows] where checkpoints store it so. */
function merged(
  data: ArrayLike<number>,
  layer: string,
  { adapted, config }: LanguageModel,
  all: Tensors,
): Float32Array {
  const { rank, scale } = required(adapted[layer], `change of "${layer}"`);
  const names = factorNames(layer);
  const [a, b] = [names.a, names.b].map((name) => required(all[name], `factor "${name}"`).data);
  const columns = required(a, names.a).length / rank;
  const { turned = false } = required(
    denseLayers(config, 'words').find(({ name }) => name === layer),
    `dense layer "${layer}"`,
  );
  const rows = data.length / columns;
  return Float32Array.from(data, (value, k) => {
    const [row, column] = turned ? [k % rows, Math.floor(k / rows)] : [Math.floor(k / columns), k % columns];
    let change = 0;
    for (let r = 0; r < rank; r++) change += numberAt(b, row * rank + r) * numberAt(a, r * columns + column);
    return value + scale * change;
  });
}

const numberAt = (data: ArrayLike<number> | undefined, k: number): number => required(data?.[k], 'entry of a factor');

/** What a model's head is called in transformers; a linear head on the first token has no class there. */
function classOf(config: LanguageModelConfig, type: unknown, { kind }: Setting): string | undefined {
  const { classEndings, types } = familyOf(config);
  const ending = { prompt: classEndings.words, 'cls-random': classEndings.classifier, 'cls-probe': undefined }[kind];
  const { classes } = required(types[String(type)], `model_type ${String(type)}`);
  return ending === undefined ? undefined : `${classes}${ending}`;
}

/** `config.json` of a fine-tuned model: that which it comes from, with its head, its labels and 32 bits. */
export async function savedConfig(
  files: CheckpointFiles,
  { config }: LanguageModel,
  { setting, untie, task }: { readonly setting: Setting; readonly untie: boolean; readonly task: Task },
): Promise<JsonObject> {
  const before = await readJsonObject(files, 'config.json');
  const head = classOf(config, before.model_type, setting);
  const labels = task.labels.map(({ name }, k) => [String(k), name] as const);
  return {
    ...before,
    architectures: head === undefined ? [] : [head],
    ...('torch_dtype' in before ? { torch_dtype: 'float32' } : { dtype: 'float32' }),
    tie_word_embeddings: config.tied && !untie,
    ...(setting.kind === 'prompt'
      ? {}
      : {
          id2label: Object.fromEntries(labels),
          label2id: Object.fromEntries(labels.map(([k, name]) => [name, Number(k)])),
          problem_type: 'single_label_classification',
        }),
  };
}
