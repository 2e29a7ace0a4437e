/** Everything of a checkpoint that is not simply read, and why. */

import { counted } from '../../errors/wording/index.ts';
import { familyOf, type LanguageModelConfig, type LanguageModelHead } from '../../nets/index.ts';
import type { CheckpointUse, Replaced, Unused } from './checkpointUse.ts';
import type { ConfigReading } from './config.ts';
import type { DecoderReading } from './decoder.ts';
import type { TensorStore } from './safetensors.ts';

const POOLER = /(^|\.)pooler\.dense\.(weight|bias)$/;

/** Tensors that are known not to matter, whatever the family. */
const OTHER_TASKS = { pattern: /^(classifier|pre_classifier|qa_outputs|score)\./, reason: 'the head of another task' };

const HEAD = /^(cls\.predictions|lm_head|vocab_(transform|layer_norm|projector)|head|decoder|embed_out)\./;

/** What was found in a checkpoint, and the tensors that parameters are read from. */
export interface Findings {
  /** Names of its files. */
  readonly files: readonly string[];
  /** Whether the adapter among them is put on top of the weights. */
  readonly adapted: boolean;
  readonly store: TensorStore;
  readonly reading: ConfigReading;
  /** Where the head is that of a language model. */
  readonly decoder?: DecoderReading;
  readonly kind: LanguageModelHead['kind'];
  readonly read: ReadonlySet<string>;
}

/** An adapter that transformers would put on top of the weights. */
const ADAPTER = /^adapter_(config\.json|model\.(safetensors|bin))$/;

export function useOf({ files, adapted, store, reading, decoder, kind, read }: Findings): CheckpointUse {
  const { config, modelType, assumed, unknown, otherClasses } = reading;
  const [swapped, spare] = [decoder?.replaced ?? [], decoder?.unused ?? []];
  const told = new Set([...read, ...swapped.flatMap(({ tensors }) => tensors), ...spare.flatMap(({ names }) => names)]);
  const left = store.names.filter((name) => !told.has(name));
  const adapters = adapted ? [] : files.filter((name) => ADAPTER.test(name));
  return {
    assumed: assumed.filter(({ entry }) => entry !== 'tie_word_embeddings' || decoder?.confirmed !== true),
    replaced: [...swapped, ...roundedWeights(store, read)],
    unused: [
      ...harmful('files', adapters, 'an adapter, which is not put on top of the weights: --adapter does that'),
      ...harmful('config.json', unknown, 'nexort does not know what it means'),
      ...harmful('config.json', otherClasses, `not a class of its model_type, ${modelType}`),
      ...spare.flatMap((one) => {
        // But those that are read after all, such as a copy where the decoder is a parameter of its own.
        const names = one.names.filter((name) => !read.has(name));
        return names.length === 0 ? [] : [{ ...one, names }];
      }),
      ...unusedTensors(left, config, kind),
      ...harmful('tensors', store.unlisted, 'in a shard, but not where the index has it'),
    ],
  };
}

function harmful(of: Unused['of'], names: readonly string[], reason: string): readonly Unused[] {
  return names.length === 0 ? [] : [{ of, names, reason, harmless: false }];
}

function roundedWeights(store: TensorStore, read: ReadonlySet<string>): readonly Replaced[] {
  const tensors = [...read].filter((name) => store.dtype(name) === 'F64');
  if (tensors.length === 0) return [];
  const reason = `${counted(tensors.length, 'tensor')} in the file with 64 bits`;
  return [{ part: 'weights', by: 'rounded to 32 bits', reason, tensors }];
}

/** The tensors that are left over, by the reason. */
function unusedTensors(
  names: readonly string[],
  config: LanguageModelConfig,
  kind: LanguageModelHead['kind'],
): readonly Unused[] {
  const byReason = new Map<string, { readonly names: string[]; readonly harmless: boolean }>();
  for (const name of names) {
    const { reason, harmless } = whyUnused(name, config, kind);
    const group = byReason.get(reason) ?? { names: [], harmless };
    group.names.push(name);
    byReason.set(reason, group);
  }
  return [...byReason].map(([reason, group]) => ({ of: 'tensors', reason, ...group }));
}

function whyUnused(
  name: string,
  config: LanguageModelConfig,
  kind: LanguageModelHead['kind'],
): { readonly reason: string; readonly harmless: boolean } {
  if (kind !== 'words' && HEAD.test(name)) {
    const instead = kind === 'functional' ? 'a functional' : 'a head on the first token';
    return { reason: `the head of the language model, for which ${instead} stands`, harmless: true };
  }
  if (kind === 'dense' && POOLER.test(name)) {
    return { reason: 'the pooler, for which a fresh one stands', harmless: true };
  }
  const known = [...familyOf(config).idleTensors, OTHER_TASKS].find(({ pattern }) => pattern.test(name));
  if (known !== undefined) return { reason: known.reason, harmless: true };
  const layer = /(?:^|\.)(?:layer|layers|h)\.(\d+)\./.exec(name)?.[1];
  if (layer !== undefined && Number(layer) >= config.layers) {
    return { reason: `layers beyond num_hidden_layers ${config.layers}`, harmless: false };
  }
  return { reason: 'no part of the model that config.json describes', harmless: false };
}
