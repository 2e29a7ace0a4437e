/**
 * Functions of matrices by name: what a call asks for, told once for all algebras that it may be computed in. They are
 * those of theory 11.
 */

import type { Axis } from '../axes.ts';
import { type MatrixAlgebra, newtonSchulzOf, spectrallyNormalizedOf } from './matrixAlgebra.ts';
import { newtonSchulzCall } from './newtonSchulz.ts';
import { type Preconditioning, preconditionedOf } from './preconditioning.ts';
import { attribute, type Call, type FunctionName } from './signatures.ts';

/** Named functions that are functions of matrices. */
export type MatrixFunctionName = 'newtonSchulz' | 'spectralNormalize' | 'precondition';

/** A matrix in other bases, which are those of its statistics. */
export type RotationName = 'intoEigenbases' | 'outOfEigenbases';

const NAMES: readonly string[] = ['newtonSchulz', 'spectralNormalize', 'precondition'] satisfies MatrixFunctionName[];

/** Whether a function is one of a matrix alone, or of it with statistics: not of the bases of its sides. */
export function isMatrixFunction(name: FunctionName): name is MatrixFunctionName {
  return NAMES.includes(name);
}

/** The axes of a call's matrix: the first `rows` of `over`, 1 unless told, and those behind them. */
export function matrixAxes(call: Call): { readonly rows: readonly Axis[]; readonly columns: readonly Axis[] } {
  const count = attribute(call, 'rows', 1);
  return { rows: call.over.slice(0, count), columns: call.over.slice(count) };
}

/** Squarings of a spectral norm: rank^(2^-25) is 1 up to rounding in f32. */
const SQUARINGS = 24;
/** Shampoo's fourth root (Gupta et al. 2018), and an ε as libraries add of the largest eigenvalue. */
const USUAL: Preconditioning = { root: 4, epsilon: 1e-6 };

/** What a call of `precondition` asks for. */
export function preconditioningCall(call: Call): Preconditioning {
  return { root: attribute(call, 'root', USUAL.root), epsilon: attribute(call, 'epsilon', USUAL.epsilon) };
}

/** The function of a matrix that a call names, in any algebra; statistics are those of rows, then of columns. */
export function matrixFunctionOf<X, S>(
  name: MatrixFunctionName,
  call: Call,
  algebra: MatrixAlgebra<X, S>,
  x: X,
  statistics: readonly S[],
): X {
  switch (name) {
    case 'newtonSchulz':
      return newtonSchulzOf(algebra, x, newtonSchulzCall(call));
    case 'spectralNormalize':
      return spectrallyNormalizedOf(algebra, x, attribute(call, 'squarings', SQUARINGS));
    case 'precondition': {
      const [left, right] = statistics as readonly [S, S]; // as many as the signature asks for
      return preconditionedOf(algebra, x, [left, right], preconditioningCall(call));
    }
  }
}
