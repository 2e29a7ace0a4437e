/** Which kernel describes an optimizer (Malladi et al. 2023, section 4). */

import type { ComputedKind } from '../kernel/kernelKinds.ts';

/** Optimizers whose step is a multiple of the gradient, or of gradients before. */
const LINEAR: readonly string[] = ['sgd', 'momentum', 'nesterov', 'asgd'];

/**
 * SGD's kernel for it and its relatives. Others divide gradients by their size, and early in training that leaves their signs:
 * A-SignGD's.
 */
export function kernelOfOptimizer(optimizer: string): ComputedKind & ('sgd' | 'a-signgd') {
  return LINEAR.includes(optimizer) ? 'sgd' : 'a-signgd';
}
