/** How a program starts at a finite width: its data and its state, drawn by their laws. */

import { drawInitial } from '../numeric/index.ts';
import { type Program, type Sizes, statesOf, type Tensor, type Tensors } from '../program/index.ts';
import { badSeed } from './errors.ts';

/** What is drawn once and what steps carry on. */
export interface Start {
  readonly data: Tensors;
  readonly state: Tensors;
}

/** Draws everything that has a law. */
export function drawStart(program: Program, sizes: Sizes, seed: number): Start {
  const states = new Set(statesOf(program).map(({ name }) => name));
  const drawn: [string, Tensor][] = Object.entries(drawInitial(program, sizes, seed));
  return {
    data: Object.fromEntries(drawn.filter(([name]) => !states.has(name))),
    state: Object.fromEntries(drawn.filter(([name]) => states.has(name))),
  };
}

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
