/**
 * Named functions: operations with a definition in primitives, optionally a derivative rule of their own, and optionally
 * a fused lowering in an engine. An interpreter without a rule for one expands the definition, so naming a function
 * never adds meaning; it saves work where an engine knows better, without recognizing patterns.
 */

import { eigenbasis } from './eigenbasis.ts';
import type { NamedFunction } from './function.ts';
import { logSumExp } from './logSumExp.ts';
import { inverseDeviation, normalize } from './normalize.ts';
import { rotated } from './rotated.ts';
import type { FunctionName } from './signatures.ts';
import { softmax } from './softmax.ts';
import { matrixFunction } from './writtenMatrices.ts';

export { eigenvectors, hasDefinition } from './eigenbasis.ts';
export type { NamedFunction } from './function.ts';
export type { MatrixAlgebra, NewtonSchulz, SymmetricAlgebra } from './matrixAlgebra.ts';
export {
  isMatrixFunction,
  type MatrixFunctionName,
  matrixAxes,
  matrixFunctionOf,
  preconditioningCall,
  type RotationName,
} from './matrixFunctions.ts';
export { newtonSchulzCall } from './newtonSchulz.ts';
export { type Call, type FunctionName, symmetricAxes } from './signatures.ts';

/** The named functions by name, as interpreters expand or lower them. */
export const namedFunctions: Readonly<Record<FunctionName, NamedFunction>> = {
  softmax,
  logSumExp,
  normalize,
  inverseDeviation,
  newtonSchulz: matrixFunction('newtonSchulz'),
  spectralNormalize: matrixFunction('spectralNormalize'),
  precondition: matrixFunction('precondition'),
  intoEigenbases: rotated('into'),
  outOfEigenbases: rotated('out of'),
  eigenbasis,
};
