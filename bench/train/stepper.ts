/** How the library trains at a finite width: the one file of the bench that knows it. */

import { nodeEngine } from '../../src/finite/index.ts';
import {
  bind,
  entries,
  feedsOf,
  type Program,
  type Sizes,
  shapeOf,
  step,
  type Tensor,
  type Tensors,
} from '../../src/program/index.ts';
import { sizesOf, stepOf, type Workload } from './workloads.ts';

/** A training run that goes on from step to step. */
export interface Stepper {
  /** Of the runtime, for reports. */
  readonly name: string;
  /** One step on a batch; its outputs are those before the update. */
  step(data: Tensors): Promise<Tensors>;
  /** Begins anew from these weights, with the optimizer's state as it starts. */
  load(weights: Tensors<Float32Array>): Promise<void>;
  release(): Promise<void>;
}

/** A stepper that has no weights yet. */
export async function makeStepper(workload: Workload, threads: number): Promise<Stepper> {
  const program = stepOf(workload);
  const sizes = sizesOf(workload);
  const engine = nodeEngine({ threads });
  const run = async (stepped: Program, feeds: Tensors): Promise<Tensors> => engine.run(stepped, feeds, sizes);
  let state: Tensors = {};
  return {
    name: engine.backend.name,
    step: async (data) => {
      const { outputs, state: next } = await step(run, program, state, data);
      state = next;
      return outputs;
    },
    load: async (weights) => {
      state = { ...initialState(program, sizes), ...weights };
    },
    release: () => engine.release(),
  };
}

/** States that start from one value; the others are the weights. */
function initialState(program: Program, sizes: Sizes): Tensors {
  const bound = bind(program, sizes);
  return Object.fromEntries(
    feedsOf(program).flatMap(({ name, instruction, type }): [string, Tensor][] => {
      if (instruction.law?.kind !== 'constant') return [];
      const shape = shapeOf(type.axes, bound);
      const data = new Float32Array(entries(shape)).fill(instruction.law.value);
      return [[name, { axes: type.axes, shape, data }]];
    }),
  );
}
