/** Which kernels are asked for, as a list. */

import { InvalidArgumentError } from 'commander';
import { KERNEL_KINDS, type KernelKind } from '../lm/index.ts';

/** `sgd,signgd` and so on, each once. */
export function kernelKinds(text: string): readonly KernelKind[] {
  const kinds = text.split(',').map((name) => KERNEL_KINDS.find((kind) => kind === name.trim()));
  const known = kinds.filter((kind) => kind !== undefined);
  if (known.length < kinds.length || new Set(known).size < known.length) {
    throw new InvalidArgumentError(`Give some of ${KERNEL_KINDS.join(',')}, separated by commas, each once.`);
  }
  return known;
}
