/** Training runs as step programs: state in, state out (design: state). */

import { type NodeOf, nodesOf, type Program } from './program.ts';
import type { Tensors } from './tensor.ts';

/** The states that a step program reads, as inputs. */
export function statesOf(program: Program): NodeOf<'input'>[] {
  return nodesOf(program, 'input').filter(({ instruction }) => instruction.role === 'state');
}

/** How any interpreter runs a program: named feeds in, named outputs out. */
export type Run<T extends Tensors = Tensors> = (program: Program, feeds: Tensors) => T | Promise<T>;

/** Outputs and next state of one step. */
export interface Stepped<T extends Tensors = Tensors> {
  readonly outputs: T;
  readonly state: T;
}

/** Runs one step of a program under an interpreter, telling outputs from the next state by their roles. */
export async function step<T extends Tensors>(
  run: Run<T>,
  program: Program,
  state: Tensors,
  data: Tensors,
): Promise<Stepped<T>> {
  const results = await run(program, { ...data, ...state });
  const part = (role: 'data' | 'state'): T =>
    Object.fromEntries(
      program.outputs.filter((output) => output.role === role).map(({ name }) => [name, results[name]]),
    ) as T; // a part of the results, by name
  return { outputs: part('data'), state: part('state') };
}

/** A step program whose state stays where it is computed. */
export interface Stepper {
  /** Runs one step: the outputs; the state advances. */
  step(data: Tensors): Promise<Tensors>;
  /** A copy of the state. */
  state(): Tensors;
  /** Replaces the state (by name; all of it). */
  load(state: Tensors): void;
  release(): Promise<void>;
}

/** A stepper from any interpreter. */
export function stepperOf(run: Run, program: Program, initial: Tensors): Stepper {
  let state = copied(initial);
  return {
    step: async (data) => {
      const stepped = await step(run, program, state, data);
      state = stepped.state;
      return stepped.outputs;
    },
    state: () => copied(state),
    load: (next) => {
      state = copied(next);
    },
    release: async () => {},
  };
}

function copied(tensors: Tensors): Tensors {
  return Object.fromEntries(
    // A slice of a typed array keeps its type.
    Object.entries(tensors).map(([name, { axes, shape, data }]) => [name, { axes, shape, data: data.slice() }]),
  );
}
