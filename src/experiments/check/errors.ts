/** Wording of the errors of the check. */

import { UserError } from '../../errors/index.ts';

export function noScalars(program: string): UserError {
  return new UserError(
    'experiments.no-scalars',
    `program "${program}" has no output without a width axis, so there is nothing to compare across widths; hand out an average, as in "output size = avg(x^2)".`,
    { program },
  );
}

export function noWidth(program: string): UserError {
  return new UserError(
    'experiments.no-width',
    `program "${program}" declares no width, so it has no infinite-width limit; declare one, as in "width n".`,
    { program },
  );
}

export function tooFewWidths(given: readonly number[]): UserError {
  return new UserError(
    'experiments.too-few-widths',
    `an exponent needs at least 3 different widths, but ${given.length === 0 ? 'none' : given.join(', ')} were given; five or more say more.`,
    { given },
  );
}

export function tooFewSeeds(given: number): UserError {
  return new UserError(
    'experiments.too-few-seeds',
    `distances need at least 2 seeds at each width, but ${given} was given; a hundred make good intervals.`,
    { given },
  );
}
