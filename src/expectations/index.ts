/**
 * Exact means of functions of jointly Gaussian variables: expressions in them (variates), their expectations by Wick's
 * formula, dual activations and quadrature, and the reason where none of these reaches.
 *
 * The room knows Gaussian variables by number and covariance alone, and nothing of programs' values.
 */

export { NOISE } from './covariance.ts';
export { dualActivation } from './dual.ts';
export { Expectations, gaussianExpectation } from './expectation.ts';
export { variateOf } from './fromExpr.ts';
export { cancels, closedOr, isNotClosed, type NotClosed, Unclosed, whereClosed } from './notClosed.ts';
export { type Perturbation, perturbed, unperturbed } from './perturbation.ts';
export type { Generator } from './terms.ts';
export { inVariables, variablesOf } from './traverse.ts';
export { type Linear, type Part, type Variate, Variates } from './variates.ts';
export { Whitening } from './whitening.ts';
