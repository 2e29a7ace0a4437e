/** Changes of low rank that are put beside a language model's dense layers, with the numbers of their factors. */

import type { AdaptedLayers, LanguageModelConfig, LanguageModelHead } from '../../nets/index.ts';

/** Factors of low rank beside a language model's dense layers, with their numbers. */
export interface Adapter {
  /** Where its files are; absent of one that is drawn. */
  readonly folder?: string;
  readonly layers: AdaptedLayers;
  /** The numbers of a factor by its parameter's name, row-major on its axes. Throws the errors of reading tensors. */
  read(parameter: string): Promise<Float32Array>;
  /** Closes its files; nothing can be read afterwards. */
  close(): Promise<void>;
}

/** Makes or opens an adapter for a language model. */
export type AdapterChoice = (config: LanguageModelConfig, head: LanguageModelHead['kind']) => Promise<Adapter>;
