/** Runs of update programs in the oracle. */

import { type Optimizer, optimizerNamed, type Settings, updateProgram } from '../../src/optimizers/index.ts';
import {
  bind,
  constantLaw,
  entries,
  feedsOf,
  fixed,
  type Program,
  type Sizes,
  type Space,
  shapeOf,
  type Tensor,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';

export type State = Record<string, Tensor<Float64Array>>;

/** A space of a size known now. */
export const sized = (name: string, size: number): Space => ({ name, ...fixed(size), size });

/** What a run starts from: weights as given, everything else by its law. */
export function initialState(program: Program, weights: State, given: Sizes = {}): State {
  const sizes = bind(program, given);
  const state = feedsOf(program).flatMap(({ name, instruction, type }) => {
    if (instruction.op !== 'input' || instruction.role !== 'state' || weights[name] !== undefined) return [];
    const law = instruction.law ?? constantLaw(Number.NaN);
    const shape = shapeOf(type.axes, sizes);
    const count = entries(shape);
    const value = law.kind === 'constant' ? law.value : Number.NaN;
    return [[name, tensor(type.axes, shape, new Array<number>(count).fill(value))] as const];
  });
  return { ...Object.fromEntries(state), ...weights };
}

/** A width n. */
export const WIDTH: Space = { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } };

/** A parameter of three entries. */
export const vector = { axes: ['a'], spaces: [sized('a', 3)] };
export const vectorOf = (...values: number[]): Tensor<Float64Array> => tensor(['a'], [3], values);

/** A gradient of such a parameter. */
export const G: readonly number[] = [0.5, -1, 0.25];

/** The weights of such a parameter after each step on given gradients. */
export function weights(
  optimizer: Optimizer | string,
  settings: Settings,
  gradients: readonly (readonly number[])[],
  start: readonly number[] = [1, -2, 3],
): number[][] {
  const program = updateProgram(typeof optimizer === 'string' ? optimizerNamed(optimizer) : optimizer, vector, {
    settings,
  });
  let state = initialState(program, { weight: vectorOf(...start) });
  return gradients.map((gradient) => {
    state = advance(program, state, { gradient: vectorOf(...gradient) });
    return [...(state.weight?.data ?? [])];
  });
}

/** One step: the next state, and the outputs beside it. */
export function advance(program: Program, state: State, data: State): State {
  return interpret(program, { ...state, ...data });
}
