/** Wording of the errors that experiments have in common. */

import { UserError } from '../errors/index.ts';

export function badSeed(given: number, most: number): UserError {
  return new UserError(
    'experiments.bad-seed',
    `the seeds of an experiment are whole numbers from 0 to ${most}, but ${given} would be one of them; give a smaller seed.`,
    { given, most },
  );
}
