/** Optimizers whose update of a matrix is a function of the whole matrix (theory 11). */

import { mul } from '../../program/index.ts';
import { average, choose, epsilon, flag, share } from '../common.ts';
import { defineOptimizer, matrixOf, variant } from '../define.ts';
import { adam } from './adam.ts';
import { shapeFactor, shapeFlags } from './shapeFactor.ts';

/** The coefficients of the polynomial that a step takes of singular values. */
const coefficient = (value: number, power: string) => ({
  value,
  domain: {},
  meaning: `of ${power} in one Newton–Schulz step`,
});

/**
 * Muon (Jordan et al. 2024): Newton–Schulz steps of an average of gradients, X ← aX + b(XXᵀ)X + c(XXᵀ)²X from the average
 * over its Frobenius norm, times a factor of the matrix's shape. With `aspect` that is √max(1, rows/columns), with
 * `spectral` √(rows/columns), with `matchRms` 0.2·√max(rows, columns) (Liu et al. 2025), else 1. As in torch.optim.Muon
 * the average starts from 0 and with `nesterov` the matrix is that of the gradient's and the average's average.
 *
 * Parameters that are no matrices over two widths (input weights, embeddings, biases, gains, readouts) follow Adam at
 * `othersRate` times the rate.
 */
export const muon = defineOptimizer({
  name: 'muon',
  source: 'Jordan et al. 2024, Muon; torch.optim.Muon',
  learningRate: 0.02,
  hyperparameters: {
    momentum: share(0.95, 'μ, what the average of gradients keeps of the past'),
    nesterov: flag(true, 'look ahead: the average of the gradient and the average'),
    a: coefficient(3.4445, 'X'),
    b: coefficient(-4.775, '(XXᵀ)X'),
    c: coefficient(2.0315, '(XXᵀ)²X'),
    steps: { value: 5, domain: { atLeast: 0, atMost: 100 }, meaning: 'Newton–Schulz steps, a whole number' },
    epsilon: epsilon(1e-7, 'what is added to the Frobenius norm'),
    ...shapeFlags({ aspect: true }),
    byHead: flag(false, "take the update of each head's matrix alone"),
    othersRate: { value: 1, domain: { above: 0 }, meaning: 'the rate of parameters that are no matrices, over η' },
    beta1: adam.hyperparameters.beta1 ?? share(0.9, ''),
    beta2: adam.hyperparameters.beta2 ?? share(0.999, ''),
    othersEpsilon: epsilon(1e-8, 'ε of the Adam of parameters that are no matrices'),
    smooth: flag(false, 'ε inside the root of that Adam'),
  },
  state: { first: 0 },
  notes: ['ahead', 'orthogonal'],
  others: { optimizer: adam, rate: 'othersRate', settings: { epsilon: 'othersEpsilon' } },
  formulas: (now, next) => ({
    first: average(now.momentum, now.first, now.gradient),
    ahead: choose(now.nesterov, average(now.momentum, next.first, now.gradient), next.first),
    orthogonal: matrixOf('newtonSchulz', next.ahead, {
      a: 'a',
      b: 'b',
      c: 'c',
      steps: 'steps',
      epsilon: 'epsilon',
    }),
    update: mul(shapeFactor(now), next.orthogonal),
  }),
});

/**
 * The polar factor of the average of gradients, the step of steepest descent in the operator norm: Newton–Schulz with the
 * coefficients of the quintic iteration that converges, (15x − 10x³ + 3x⁵)/8. A singular value of s over the Frobenius norm
 * is brought to 1 within 10⁻³ where s > 10⁻³; smaller ones are multiplied by about 1.875 a step.
 */
export const polar = variant(muon, 'polar', 'Higham 2008, Functions of Matrices, chapter 8', {
  a: 1.875,
  b: -1.25,
  c: 0.375,
  steps: 14,
});

/**
 * The polar factor to rounding: enough of the same steps that a singular value above 10⁻⁶ of the Frobenius norm becomes
 * 1. What rounding makes of a gradient of low rank stays below 10⁻⁸ in f64.
 */
export const exactPolar = variant(muon, 'exact-polar', 'Higham 2008, Functions of Matrices, chapter 8', {
  a: 1.875,
  b: -1.25,
  c: 0.375,
  steps: 27,
});
