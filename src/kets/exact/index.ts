/** Limits computed exactly, where the covariances close: what verifies the sampling estimator. */

export { type Direction, ExactKets, type ExactMatrix, type ExactProduct, type Ket } from './exactKets.ts';
export { type ExactLimit, type ExactOptions, exactLimit } from './exactLimit.ts';
export {
  type ExactInterpreter,
  type ExactInterpreterOptions,
  type ExactOutput,
  type ExactOutputs,
  type ExactState,
  exactInterpreter,
} from './interpreter.ts';
