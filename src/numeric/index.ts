/** Seeded random numbers, Sobol points, the normal law, small statistics and dense linear algebra. */

export { at, entry } from './arrays.ts';
export { wilsonInterval } from './binomial.ts';
export { chiSquareQuantile } from './chiSquareLaw.ts';
export { type Elementwise, elementwise, type Operand } from './elementwise.ts';
export { confidenceInterval, type Interval, type WeightedLinearFit, weightedLinearFit } from './fits.ts';
export { deviationOf, drawInitial, drawInto, drawLaw, draws, initialStream } from './initial.ts';
export {
  type LeastSquares,
  leastSquares,
  multiply,
  operatorNorm,
  pseudoInverse,
  type SingularDecomposition,
  type SymmetricEigen,
  singularDecomposition,
  singularValues,
  solve,
  solvePositiveDefinite,
  symmetricEigen,
  transpose,
} from './linearAlgebra.ts';
export { type Matrix, matrix } from './matrix.ts';
export { erf, erfc, normalCdf, normalDensity } from './normalDistribution.ts';
export { normalQuantile } from './normalQuantile.ts';
export { portableLog } from './portableLog.ts';
export { compositeLegendre, gaussHermite, gaussLegendre, integrate, type Quadrature } from './quadrature.ts';
export { permutation, type Stream, stream } from './random.ts';
export { type OdeOptions, solveOde } from './rungeKutta.ts';
export { type QuasiSource, sobol } from './sobol.ts';
export { type SpectralForm, spectralForm } from './spectralForm.ts';
export { type LinearFit, linearFit, mean, standardDeviation } from './statistics.ts';
export { studentQuantile } from './studentLaw.ts';
