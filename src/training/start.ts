/** How training starts: sizes from what is given and from the data, the state drawn by its laws. */

import { drawInitial } from '../numeric/index.ts';
import { type Program, type Sizes, type Stepper, statesOf, type Tensors } from '../program/index.ts';

/** Makes what trains: a step program at bound sizes, from a state. Steps hand out some outputs, default all. */
export type MakeStepper = (
  program: Program,
  sizes: Sizes,
  initial: Tensors,
  outputs?: readonly string[],
) => Promise<Stepper>;

/** The state that a program starts from, drawn by its laws. */
export function drawState(program: Program, sizes: Sizes, seed: number): Tensors {
  const names = new Set(statesOf(program).map(({ name }) => name));
  return Object.fromEntries(Object.entries(drawInitial(program, sizes, seed)).filter(([name]) => names.has(name)));
}
