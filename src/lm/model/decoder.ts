/**
 * Which tensors are the decoder of a language model: its rows may be those of the word embeddings, and its bias that of the
 * head. As in transformers 5 (`tie_weights`): what is tied by config.json is one parameter unless the file holds both with
 * different numbers, in which case the decoder's own count; where one of two tied is absent it is the other.
 */

import { architectureOf, type LanguageModelConfig } from '../../nets/index.ts';
import type { Replaced, Unused } from './checkpointUse.ts';
import type { TensorStore } from './safetensors.ts';

export interface DecoderReading {
  /** `config.tied` as the file bears it out. */
  readonly config: LanguageModelConfig;
  /** Tensors to read for parameters of other names. */
  readonly sources: ReadonlyMap<string, string>;
  /** Whether the file itself shows that the decoder is tied, by holding no other. */
  readonly confirmed: boolean;
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
  config: LanguageModelConfig,
  find: (name: string) => string | undefined,
): Promise<DecoderReading> {
  const names = architectureOf(config).words.decoder;
  const [table, weight] = [names.wordTable, names.weight].map(find);
  const sources = new Map<string, string>();
  const replaced: Replaced[] = [];
  const unused: Unused[] = [];
  const copies: string[] = [];
  const swap = (part: string, by: string, tensor: string, reason: string): void => {
    replaced.push({ part, by, reason, tensors: [tensor] });
  };
  const differ = (other: string) => `config.json ties it to ${other}, but the file holds different numbers`;
  const lacks = (other: string) => `the file does not hold ${other}`;

  let tied = config.tied;
  if (config.tied && table !== undefined && weight !== undefined) {
    tied = await store.equal(table, weight);
    if (tied) copies.push(weight);
    else swap('decoder', weight, table, differ(table));
  } else if (config.tied && table === undefined && weight !== undefined) {
    swap('word embeddings', weight, names.wordTable, `${lacks(names.wordTable)}, to which config.json ties it`);
  } else if (!config.tied && weight === undefined && table !== undefined) {
    swap('decoder', table, names.weight, `${lacks(names.weight)}, though config.json does not tie the two`);
  }

  await compareBiases();
  if (copies.length > 0) unused.push({ of: 'tensors', names: copies, reason: COPY, harmless: true });
  return { config: { ...config, tied }, sources, replaced, unused, confirmed: config.tied && weight === undefined };

  async function compareBiases(): Promise<void> {
    if (names.bias === undefined || names.ownBias === undefined) return;
    const [bias, ownBias] = [find(names.bias), find(names.ownBias)];
    if (bias !== undefined && ownBias !== undefined) {
      if (await store.equal(bias, ownBias)) copies.push(config.tied && tied ? ownBias : bias);
      else if (config.tied) {
        sources.set(names.bias, ownBias);
        swap('bias of the decoder', ownBias, bias, differ(bias));
      } else {
        unused.push({ of: 'tensors', names: [bias], reason: `an untied decoder adds ${ownBias}`, harmless: false });
      }
    } else if (!config.tied && ownBias === undefined && bias !== undefined) {
      // The reference would start it anew, at 0: its own older versions stored the one bias under this name alone.
      swap(
        'bias of the decoder',
        bias,
        names.ownBias,
        `${lacks(names.ownBias)}, though config.json does not tie the two`,
      );
    }
  }
}
