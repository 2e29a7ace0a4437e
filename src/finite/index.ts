/** Programs at finite width: lowering to ONNX and running it. */

export type { Backend, BackendSession, RawTensor } from './backend.ts';
export { multiplications, outputSizes } from './cost.ts';
export { type Compiled, type CompiledInto, Engine } from './engine.ts';
export { interpretedStepper } from './interpretedStepper.ts';
export { layOut } from './layout.ts';
export { peakNumbers } from './liveness.ts';
export { lower } from './lower.ts';
export {
  type Boundary,
  type ChainOptions,
  type ChainPrograms,
  type Cut,
  chainPrograms,
  type MatrixFactors,
  type MatrixGradient,
  type RowsFactors,
  type RowsGradient,
  type StageGradients,
  type StagePrograms,
  StageRunner,
  type StageRunnerOptions,
} from './stages/index.ts';
export type { StepperStart } from './states.ts';
