/** Names that fields offer. */

import { optimizers } from 'nexort/optimizers';

export const optimizerNames: readonly string[] = Object.keys(optimizers);
