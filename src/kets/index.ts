/** Infinite width by sampling: kets, lazy Gaussian matrices, nonlinear outer products, estimates with errors. */

export { isNotClosed, type NotClosed } from '../expectations/index.ts';
export {
  type Estimate,
  type EstimatedOutput,
  type EstimatedStep,
  type EstimateOptions,
  estimateLimit,
  type Keep,
  type ScramblingTeam,
} from './estimate.ts';
export {
  type ExactInterpreter,
  type ExactInterpreterOptions,
  type ExactLimit,
  type ExactOptions,
  type ExactOutput,
  type ExactOutputs,
  type ExactState,
  exactInterpreter,
  exactLimit,
} from './exact/index.ts';
export { forecastBytes } from './forecast.ts';
export {
  denseMatrix,
  type LazyGaussian,
  lazyGaussian,
  type MatrixSource,
  type NormalSource,
  type RandomMatrix,
} from './gaussian/index.ts';
export type { MatrixSampler } from './initialValues.ts';
export { type KetInterpreter, type KetOptions, type KetRan, ketInterpreter } from './interpreter.ts';
export type { Sampling } from './normals.ts';
export { type Columns, isColumns, type KetOutputs, type ProductParts } from './run.ts';
export {
  computeScrambling,
  type ScrambledOutput,
  type Scrambling,
  type ScramblingTask,
  type SpelledPhase,
} from './scrambling.ts';
export type { KetState } from './state.ts';
export type { Column } from './values.ts';
