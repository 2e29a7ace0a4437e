/** How the library trains at a finite width: the one file of the bench that knows it. */

import { nodeEngine } from '../../src/finite/node/index.ts';
import {
  bind,
  entries,
  feedsOf,
  type Program,
  type Sizes,
  type Stepper as StateKeeper,
  shapeOf,
  type Tensor,
  type Tensors,
} from '../../src/program/index.ts';
import { sizesOf, stepOf, type Workload } from './workloads.ts';

/** A training run that goes on from step to step. */
export interface Stepper {
  /** Of the runtime, for reports. */
  readonly name: string;
  /** One step on a batch; its `loss` is that before the update. */
  step(data: Tensors): Promise<Tensors>;
  /** Begins anew from these weights, with the optimizer's state as it starts. */
  load(weights: Tensors): Promise<void>;
  release(): Promise<void>;
}

/** A stepper that has no weights yet. */
export async function makeStepper(workload: Workload, threads: number): Promise<Stepper> {
  const program = stepOf(workload);
  const sizes = sizesOf(workload);
  const engine = nodeEngine({ threads });
  let stepper: StateKeeper | undefined;
  return {
    name: engine.backend.name,
    step: async (data) => stepper?.step(data) ?? {},
    load: async (weights) => {
      const state = { ...initialState(program, sizes), ...weights };
      if (stepper === undefined) stepper = await engine.stepper(program, sizes, { state }, ['loss']);
      else stepper.load(state);
    },
    release: async () => {
      await stepper?.release();
      await engine.release();
    },
  };
}

/** States that start from one value; the others are the weights. Those of zeros share their memory, which is never written. */
function initialState(program: Program, sizes: Sizes): Tensors {
  const bound = bind(program, sizes);
  const constants = feedsOf(program).flatMap(({ name, instruction: { law }, type: { axes } }) =>
    law?.kind === 'constant' ? [{ name, axes, shape: shapeOf(axes, bound), value: law.value }] : [],
  );
  const zeros = new Float32Array(Math.max(0, ...constants.map(({ shape }) => entries(shape))));
  return Object.fromEntries(
    constants.map(({ name, axes, shape, value }): [string, Tensor] => {
      const count = entries(shape);
      const data = value === 0 ? zeros.subarray(0, count) : new Float32Array(count).fill(value);
      return [name, { axes, shape, data }];
    }),
  );
}
