/** Kernels as people read their names. */

import type { KernelKind } from '../lm/index.ts';

export const KERNEL_NAMES: Readonly<Record<KernelKind, string>> = {
  sgd: 'SGD kernel',
  signgd: 'SignGD kernel',
  'a-signgd': 'A-SignGD kernel',
  adam: 'Adam kernel',
};
