/** What trains on this machine: the one place to change for another. */

import type { Engine } from '../../finite/index.ts';
import { stepperOf } from '../../program/index.ts';
import type { MakeStepper } from '../../training/index.ts';

/** Steps through ONNX Runtime: the state is fed and fetched at every step. */
export function nodeStepper(engine: Engine): MakeStepper {
  return async (program, sizes, initial) => stepperOf((p, feeds) => engine.run(p, feeds, sizes), program, initial);
}
