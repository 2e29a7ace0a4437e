/** Chains of stages streamed over batches, forward and backward. */

export type { Boundary } from './boundaries.ts';
export { type ChainOptions, type ChainPrograms, type Cut, chainPrograms } from './chainPrograms.ts';
export type { MatrixGradient, RowsGradient, StagePrograms } from './stagePrograms.ts';
export {
  type MatrixFactors,
  type RowsFactors,
  type StageGradients,
  StageRunner,
  type StageRunnerOptions,
} from './stageRunner.ts';
