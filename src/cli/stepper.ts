/** What trains on this machine: the one place to change for another. */

import type { Engine } from '../finite/index.ts';
import type { MakeStepper } from '../training/index.ts';

/** Gradients by ONNX Runtime, updates by compiled kernels, the state in memory that both work on. */
export function nodeStepper(engine: Engine): MakeStepper {
  return (program, sizes, state, outputs) => engine.stepper(program, sizes, { state }, outputs);
}
