/** The seeds of runs at finite widths. */

import { badSeed } from './errors.ts';

/** More than any width. */
const WIDTHS = 2 ** 24;

/** The largest seed whose numbers at all widths are exact. */
export const MOST_SEED = 2 ** 53 / WIDTHS - 1;

/** Before anything is trained: seeds that follow one another. Throws {@link UserError} `experiments.bad-seed`. */
export function checkSeeds(first: number, count: number): void {
  for (const seed of [first, first + count - 1]) {
    if (!Number.isSafeInteger(seed) || seed < 0 || seed > MOST_SEED) throw badSeed(seed, MOST_SEED);
  }
}

/**
 * A seed of its own for every width: with common draws, what is found at two widths would move together. Throws
 * {@link UserError} `experiments.bad-seed`.
 */
export function seedAt(seed: number, width: number): number {
  checkSeeds(seed, 1);
  return seed * WIDTHS + width;
}
