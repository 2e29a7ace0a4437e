/** Wording of the errors of limits of training. */

import { UserError } from '../../errors/index.ts';

export function badExamples(batch: number, stray: number | undefined, count: number): UserError {
  const found = stray === undefined ? 'it has none' : `it names example ${stray}`;
  return new UserError(
    'experiments.bad-batch',
    `batch ${batch}: expected numbers of examples from 0 to ${count - 1}, but ${found}.`,
    { batch, stray, count },
  );
}

export function noFeatures(net: string): UserError {
  return new UserError(
    'experiments.no-features',
    `net "${net}": expected layers with examples (the axis batch) and a width for kernels of features; ` +
      'name such values in layers.',
    { net },
  );
}

export function severalOutputs(net: string, axes: readonly string[]): UserError {
  return new UserError(
    'experiments.several-outputs',
    `net "${net}": expected one output for each example, [batch], but it is on [${axes.join(', ')}]; give it one class.`,
    { net, axes },
  );
}
