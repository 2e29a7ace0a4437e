/**
 * Training runs as step programs: state in, state out (design: state).
 *
 * A state is a value of the interpreter that made it. It holds, by name, what programs have started or handed on: states,
 * parameters, and initial data with a law. A program takes from it what it names; what the state lacks starts from its
 * law; what a program does not name stays as it is. So a state may be branched, and given to another program that names
 * the same values: another loss, optimizer or data, or an evaluation.
 */

import type { Sizes } from './axes.ts';
import type { InstructionOf, Role } from './instructions.ts';
import { feedsOf, type NodeOf, nodesOf, type Program } from './program.ts';
import { bind } from './sizes.ts';
import type { Tensor, Tensors } from './tensor.ts';

/** The states that a step program reads, as inputs. */
export function statesOf(program: Program): NodeOf<'input'>[] {
  return nodesOf(program, 'input').filter(({ instruction }) => instruction.role === 'state');
}

/** What a run gives: outputs by name, and the state after it. */
export interface Ran<S, O = Tensors> {
  readonly outputs: O;
  readonly state: S;
}

/** One way of running programs, whose states are S and whose outputs are O. */
export interface Interpreter<S, O = Tensors> {
  /** A state of given values; everything else starts from its law when a program first names it. */
  start(given?: Tensors): S;
  /** Runs a program once. The state that was given stays what it was. */
  run(program: Program, state: S, data?: Tensors): Ran<S, O> | Promise<Ran<S, O>>;
  /** A state that shares nothing with this one that a run could change: what is learned of one is not known to the other. */
  fork(state: S): S;
  /** The values of a state, by name, as tensors. */
  exported(state: S): Tensors;
  /** Lets go of what a state holds beyond the states made of it; those stay right. */
  release(state: S): void;
}

/** How a program is run at bound sizes: named feeds in, named outputs out, each on its axes in the program. */
export type SizedRun<T extends Tensors = Tensors> = (program: Program, feeds: Tensors, sizes: Sizes) => T | Promise<T>;

/** Draws the initial value of a feed with a law, on its axes, at the sizes of all spaces. */
export type Draw = (feed: NodeOf<'input'> | NodeOf<'parameter'>, sizes: Sizes) => Tensor;

/** The state of an interpreter of tensors: its values by name. */
export type TensorState = Tensors;

/** What an interpreter on tensors is told: sizes that data leave open, and how initial values are drawn. */
export interface TensorInterpreterOptions {
  /** Symbols that data leave open, such as the width. */
  readonly sizes?: Sizes;
  readonly draw: Draw;
}

/**
 * An interpreter from a function that runs programs on tensors, each on the axes of the input, parameter or output of
 * its name. Throws {@link UserError} as that function does.
 */
export function tensorInterpreter(
  run: SizedRun,
  { sizes = {}, draw }: TensorInterpreterOptions,
): Interpreter<TensorState> {
  return {
    start: (given = {}) => given,
    run: async (program, state, data = {}) => {
      const { feeds, held } = fed(program, state, data, (feed) =>
        draw(feed, bind(program, sizes, { ...data, ...state })),
      );
      const results = await run(program, feeds, sizes);
      const part = (role: Role): Tensors =>
        Object.fromEntries(
          program.outputs.flatMap((output) => {
            const result = results[output.name];
            return output.role === role && result !== undefined ? [[output.name, result]] : [];
          }),
        );
      return { outputs: part('data'), state: { ...held, ...part('state') } };
    },
    fork: (state) => state,
    exported: (state) => state,
    release: () => {},
  };
}

/**
 * Where a program's feeds come from: states and parameters from the state, else from data of their names, which become
 * its start; initial data from data, else from the state; what neither has and a law tells is drawn.
 */
function fed(
  program: Program,
  state: TensorState,
  data: Tensors,
  draw: (feed: NodeOf<'input'> | NodeOf<'parameter'>) => Tensor,
): { readonly feeds: Tensors; readonly held: TensorState } {
  const feeds: Record<string, Tensor> = { ...data };
  const held: Record<string, Tensor> = { ...state };
  for (const feed of feedsOf(program)) {
    const { name, instruction } = feed;
    if (!isHeld(name, instruction, data)) continue;
    const law = instruction.law === undefined ? undefined : () => draw(feed);
    const value = state[name] ?? data[name] ?? law?.();
    if (value === undefined) continue;
    feeds[name] = value;
    if (isCarried(instruction) || instruction.law !== undefined) held[name] = value;
  }
  return { feeds, held };
}

/**
 * Whether a feed is what the state holds of it, or starts it: states and parameters always are, initial data where a run
 * is not given them.
 */
export function isHeld(name: string, instruction: InstructionOf<'input' | 'parameter'>, data: Tensors): boolean {
  return isCarried(instruction) || data[name] === undefined;
}

/** Whether a feed is a value that runs carry on, not data that each is given. */
export function isCarried(instruction: InstructionOf<'input' | 'parameter'>): boolean {
  return instruction.op === 'parameter' || instruction.role === 'state';
}

/** A step program whose state stays where it is computed. */
export interface Stepper<S = Tensors, O = Tensors> {
  /** Runs one step: the outputs; the state advances. */
  step(data: Tensors): O | Promise<O>;
  /** The state as it is now. */
  state(): S;
  /** Replaces the state. */
  load(state: S): void;
  release(): Promise<void>;
}

/** A stepper of any interpreter; it lets states go that it has left behind. */
export function stepperOf<S, O>(interpreter: Interpreter<S, O>, program: Program, initial: S): Stepper<S, O> {
  let state = initial;
  // A state that was handed in or out is its owner's to release.
  let own = false;
  return {
    step: async (data) => {
      const ran = await interpreter.run(program, state, data);
      if (own) interpreter.release(state);
      ({ state } = ran);
      own = true;
      return ran.outputs;
    },
    state: () => {
      own = false;
      return state;
    },
    load: (next) => {
      if (own) interpreter.release(state);
      state = next;
      own = false;
    },
    release: async () => {
      if (own) interpreter.release(state);
    },
  };
}

/** The data of steps: the same at each, or a function of the step alone, counted from 0. */
export type StepData = Tensors | ((step: number) => Tensors);

/** The data of one step, each on the axes of the program's input of its name. */
export function dataAt(data: StepData, step: number): Tensors {
  return typeof data === 'function' ? data(step) : data;
}

/** The one loop over steps: the outputs of each, from step `from` to before step `to`. */
export async function* follow<S, O>(
  stepper: Stepper<S, O>,
  data: StepData,
  { from = 0, to }: { readonly from?: number; readonly to: number },
): AsyncGenerator<O> {
  for (let step = from; step < to; step++) yield await stepper.step(dataAt(data, step));
}

/** Steps of one program: a training on one task, an evaluation. */
export interface Phase {
  readonly program: Program;
  /** Default 1. */
  readonly steps?: number;
  /** Default none. */
  readonly data?: StepData;
}

/** Runs phases one after the other, each from the state that the one before has left: the outputs of every step. */
export async function* followPhases<S, O>(
  interpreter: Interpreter<S, O>,
  phases: readonly Phase[],
  start: S = interpreter.start(),
): AsyncGenerator<O> {
  let state = start;
  for (const { program, steps = 1, data = {} } of phases) {
    const stepper = stepperOf(interpreter, program, state);
    yield* follow(stepper, data, { to: steps });
    const next = stepper.state();
    if (state !== start && state !== next) interpreter.release(state);
    state = next;
  }
}
