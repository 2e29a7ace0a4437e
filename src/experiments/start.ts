/** How a program starts at a finite width: its data and its state, drawn by their laws. */

import { drawInitial } from '../numeric/index.ts';
import { feedsOf, type Program, type Sizes, type Tensor, type Tensors } from '../program/index.ts';

/** What is drawn once and what steps carry on. */
export interface Start {
  readonly data: Tensors;
  readonly state: Tensors;
}

/** Draws everything that has a law. */
export function drawStart(program: Program, sizes: Sizes, seed: number): Start {
  const states = new Set(
    feedsOf(program).flatMap(({ name, instruction }) =>
      instruction.op === 'input' && instruction.role === 'state' ? [name] : [],
    ),
  );
  const drawn: [string, Tensor][] = Object.entries(drawInitial(program, sizes, seed));
  return {
    data: Object.fromEntries(drawn.filter(([name]) => !states.has(name))),
    state: Object.fromEntries(drawn.filter(([name]) => states.has(name))),
  };
}

/** More than any width. */
const WIDTHS = 2 ** 24;

/** A seed of its own for every width: with common draws, what is found at two widths would move together. */
export const seedAt = (seed: number, width: number): number => seed * WIDTHS + width;
