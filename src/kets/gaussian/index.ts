/** Random matrices, sampled lazily or stored, and the products of columns that they and their updates are made of. */

export { addCombinations, type Column, combine, divided, gram, norms, scaled } from './columns.ts';
export { denseMatrix } from './denseMatrix.ts';
export {
  type ImageParts,
  type LazyGaussian,
  type LazyGaussianOptions,
  LEAST_TOLERANCE,
  lazyGaussian,
} from './lazyGaussian.ts';
export type { MatrixSource, NormalSource, RandomMatrix } from './randomMatrix.ts';
export type { RankOne } from './updates.ts';
