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

export function badStart(
  expected: readonly number[],
  shape: readonly number[],
  bad: { readonly place: number; readonly value: number } | undefined,
): UserError {
  const found = bad === undefined ? `it has ${shape.join(' × ')}` : `number ${bad.place + 1} is ${bad.value}`;
  return new UserError(
    'experiments.bad-start',
    `the start of the outputs: expected ${expected.join(' × ')} finite numbers, one for each output, and where weights decay ` +
      `one for each after every step, but ${found}.`,
    { expected, shape, ...bad },
  );
}
