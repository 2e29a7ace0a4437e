/**
 * Which tensors are the decoder of a language model: its rows may be those of the word embeddings, and its bias that of the
 * head. As in transformers 5 (`tie_weights`): what is tied by config.json is one parameter unless the file holds both with
 * different numbers, in which case the decoder's own count; where one of two tied is absent it is the other.
 */

import { decoderNames, type EncoderConfig } from '../../nets/index.ts';
import type { Replaced, Unused } from './checkpointUse.ts';
import type { TensorStore } from './safetensors.ts';

export interface DecoderReading {
  /** `config.tied` as the file bears it out. */
  readonly config: EncoderConfig;
  /** Tensors to read for parameters of other names. */
  readonly sources: ReadonlyMap<string, string>;
  readonly replaced: readonly Replaced[];
  readonly unused: readonly Unused[];
}

const COPY = 'equal to what it is tied to';

/**
 * Reads what is doubly there, to compare. `find` gives the name of a tensor in the files, where they hold it.
 * Throws the errors of reading tensors.
 */
export async function readDecoder(
  store: TensorStore,
  config: EncoderConfig,
  find: (name: string) => string | undefined,
): Promise<DecoderReading> {
  const names = decoderNames(config.family);
  const [table, weight, bias, ownBias] = [names.wordTable, names.weight, names.bias, names.ownBias].map(find);
  const sources = new Map<string, string>();
  const replaced: Replaced[] = [];
  const unused: Unused[] = [];
  const copy = (name: string): number => unused.push({ of: 'tensors', names: [name], reason: COPY, harmless: true });
  const swap = (tensor: string, by: string, reason: string): void => {
    replaced.push({ tensors: [tensor], by, reason });
  };

  let tied = config.tied;
  if (config.tied && table !== undefined && weight !== undefined) {
    tied = await store.equal(table, weight);
    if (tied) copy(weight);
    else swap(table, weight, 'as the decoder: config.json ties the two, but the file holds different numbers');
  } else if (config.tied && table === undefined && weight !== undefined) {
    swap(names.wordTable, weight, 'which config.json ties to it: the file does not hold it');
  } else if (!config.tied && weight === undefined && table !== undefined) {
    swap(names.weight, table, 'though config.json says that the two are not tied: the file does not hold it');
  }

  if (bias !== undefined && ownBias !== undefined) {
    if (await store.equal(bias, ownBias)) copy(tied ? ownBias : bias);
    else if (config.tied) {
      sources.set(names.bias, ownBias);
      swap(bias, ownBias, 'as the bias of the decoder: the two are tied, but the file holds different numbers');
    } else {
      unused.push({ of: 'tensors', names: [bias], reason: `an untied decoder adds ${ownBias}`, harmless: false });
    }
  } else if (!config.tied && ownBias === undefined && bias !== undefined) {
    swap(names.ownBias, bias, "as the bias of a decoder that is not tied: the file does not hold the decoder's own");
  }
  return { config: { ...config, tied }, sources, replaced, unused };
}
