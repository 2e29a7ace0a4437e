/** What a family of language models is, for all that is done with its checkpoints. */

import type { Architecture } from '../architecture.ts';
import type { LanguageModelConfig } from '../config.ts';
import type { ConfigEntries } from '../entries.ts';

/** A `model_type` of config.json. */
export interface CheckpointType {
  /** How the names of its classes begin, in `architectures`. */
  readonly classes: string;
  /** What the reference takes for entries that are absent, where its types differ. */
  readonly assumed: Readonly<Record<string, number>>;
}

/** What a block's dense layers are for. */
export type AdapterTarget = 'query' | 'key' | 'value' | 'output' | 'feed-forward';

/** A family of language models: how its checkpoints are read, and what its models are made of. */
export interface Family {
  readonly types: Readonly<Record<string, CheckpointType>>;
  /** Where the label word is read: at a mask, or at the last token, which it follows. */
  readonly predicts: 'masked words' | 'the next word';
  /** Reads everything of a configuration but its family; defaults are those of transformers 5.24. */
  readonly read: (
    entries: ConfigEntries,
    type: string,
    checkpoint: CheckpointType,
  ) => Omit<LanguageModelConfig, 'family'>;
  readonly architecture: (config: LanguageModelConfig) => Architecture;
  /** Tensors of its files that bear on nothing here, and why. */
  readonly idleTensors: readonly { readonly pattern: RegExp; readonly reason: string }[];
  /** Layers of a block that adapters of low rank are put beside, by what they are for. */
  readonly targets: Readonly<Record<AdapterTarget, readonly string[]>>;
  /** How the names of its classes in transformers end, with these heads. */
  readonly classEndings: { readonly words: string; readonly classifier?: string };
}
