/** Wording of errors in predictions. */

import { UserError } from '../../errors/index.ts';

export function badTraining(option: string, given: number, expected: string): UserError {
  return new UserError('kernels.bad-training', `predictor: ${option} is ${expected}, but ${given} was given.`, {
    option,
    given,
    expected,
  });
}

export function badSizes(name: string, given: string, expected: string): UserError {
  return new UserError(
    'kernels.bad-sizes',
    `predictor: ${name} was ${given}, expected ${expected}; targets are [train, outputs], kernels [inputs, inputs].`,
    { name, given, expected },
  );
}

export function badTime(given: number, algorithm: 'flow' | 'descent'): UserError {
  const expected = algorithm === 'flow' ? 'a number from 0 on' : 'a whole number of steps from 0 on';
  return new UserError('kernels.bad-time', `predictor: a time is ${expected}, or Infinity, but ${given} was given.`, {
    given,
    algorithm,
  });
}

export function diverges(rate: number, limit: number): UserError {
  return new UserError(
    'kernels.diverges',
    `predictor: gradient descent at the learning rate ${rate} diverges; it converges below ${limit}.`,
    { rate, limit },
  );
}

/** Cross-entropy is trained without end. */
export function noEnd(): UserError {
  return new UserError(
    'kernels.bad-time',
    'predictor: training on cross-entropy has no end, its outputs grow for ever where classes can be told apart; give finite times.',
    { given: Number.POSITIVE_INFINITY },
  );
}

export function badClasses(given: string, expected: string): UserError {
  return new UserError('kernels.bad-classes', `predictor: targets of classes are ${expected}, but have ${given}.`, {
    given,
    expected,
  });
}

export function notAKernel(name: string, problem: string): UserError {
  return new UserError('kernels.not-a-kernel', `predictor: ${name} ${problem}.`, { name, problem });
}

export function badTargets(row: number, column: number, value: number): UserError {
  return new UserError(
    'kernels.bad-targets',
    `predictor: targets hold ${value} in row ${row}, column ${column}; every target must be finite.`,
    { row, column, value },
  );
}
