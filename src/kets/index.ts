/** Infinite width by sampling: kets, lazy Gaussian matrices, nonlinear outer products, estimates with errors. */

export {
  type Estimate,
  type EstimatedOutput,
  type EstimatedStep,
  type EstimateOptions,
  estimateLimit,
  isColumns,
} from './estimate.ts';
export { type ExactOptions, type ExactOutput, exactLimit, isNotClosed, type NotClosed } from './exact/index.ts';
export { forecastBytes } from './forecast.ts';
export {
  denseMatrix,
  type LazyGaussian,
  lazyGaussian,
  type NormalSource,
  type RandomMatrix,
} from './gaussian/index.ts';
export type { MatrixSampler } from './initialValues.ts';
export { type Columns, type KetOptions, KetRun, type ProductParts } from './run.ts';
export type { Sampling } from './sources.ts';
export type { Column } from './values.ts';
