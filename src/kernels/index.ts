/**
 * Kernels of infinitely wide networks in closed form: a reading of programs in which a value is its pair (nngp, ntk) of
 * covariances, found by forward propagation over the same programs that train at finite width.
 */

export type { Team } from '../numeric/wasm/index.ts';
export { type EmpiricalOptions, empiricalNtk } from './empirical/empiricalNtk.ts';
export { type TangentProgramOptions, tangentKernelProgram } from './empirical/tangentKernelProgram.ts';
export { countInputs } from './inputs.ts';
export { type KernelOptions, type LimitingKernels, limitingKernels, limitingKernelsOn } from './limitingKernels.ts';
export type { KernelMachine, Product } from './plan/machine.ts';
export {
  type CrossEntropyOptions,
  type CrossEntropyPredictor,
  crossEntropyPredictor,
  oneHot,
} from './predict/crossEntropy.ts';
export type { Training } from './predict/decay.ts';
export type { TrainingOptions } from './predict/options.ts';
export {
  type Both,
  type Predictor,
  type PredictorOptions,
  posterior,
  predictor,
  type Start,
} from './predict/predictor.ts';
export type { Rate, Rates } from './rates.ts';
