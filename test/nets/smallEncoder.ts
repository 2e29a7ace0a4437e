/** The encoder that tests read, differentiate and train: two blocks of width 8, small enough for the oracle. */

import type { LanguageModelConfig } from '../../src/nets/index.ts';

export const smallEncoder: LanguageModelConfig = {
  family: 'bert',
  vocabulary: 13,
  positions: 8,
  firstPosition: 0,
  tokenTypes: 2,
  width: 8,
  layers: 2,
  heads: 2,
  feedForward: 12,
  activation: 'gelu',
  normEpsilon: 1e-5,
  tied: true,
};
