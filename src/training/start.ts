/** How training starts: sizes from what is given and from the data, the state drawn by its laws. */

import { draws } from '../numeric/index.ts';
import {
  bind,
  feedsOf,
  isCarried,
  type Program,
  type Sizes,
  type Stepper,
  type Tensor,
  type Tensors,
} from '../program/index.ts';

/**
 * Makes what trains: a step program at bound sizes, from a state on the axes of its feeds. Steps hand out some outputs,
 * default all.
 */
export type MakeStepper = (
  program: Program,
  sizes: Sizes,
  initial: Tensors,
  outputs?: readonly string[],
) => Promise<Stepper>;

/** What a program may start from besides its laws. */
export interface StartOptions {
  /** A state, of this program or of another; what this one does not name is left out. */
  readonly given?: Tensors;
  /** Of a step: initial data that it gives are no part of the state. */
  readonly data?: Tensors;
}

/**
 * The state that a program starts from, each tensor on the axes of its input or parameter: what is given, and what it
 * lacks drawn by the laws. States and parameters without a law that are not given are left out.
 */
export function drawState(
  program: Program,
  given: Sizes,
  seed: number,
  { given: state = {}, data = {} }: StartOptions = {},
): Tensors {
  const [sizes, draw] = [bind(program, given), draws(seed)];
  return Object.fromEntries(
    heldBy(program, data).flatMap((feed): [string, Tensor][] => {
      const { name, instruction } = feed;
      const own = Object.hasOwn(state, name) ? state[name] : undefined;
      if (own !== undefined) return [[name, own]];
      return instruction.law === undefined ? [] : [[name, draw(feed, sizes)]];
    }),
  );
}

/** What states of a program hold: its states and parameters, and the initial data that no step gives. */
export function heldBy(program: Program, data: Tensors = {}): ReturnType<typeof feedsOf> {
  return feedsOf(program).filter(
    ({ name, instruction }) => isCarried(instruction) || (instruction.law !== undefined && !Object.hasOwn(data, name)),
  );
}
