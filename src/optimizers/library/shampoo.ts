/** Optimizers whose update of a matrix is scaled by statistics of its rows and columns, or by its largest singular value. */

import { add, div, type Expr, mul, sub, unary } from '../../program/index.ts';
import { average, epsilon, flag, share } from '../common.ts';
import { defineOptimizer, gramOf, matrixOf, scalar } from '../define.ts';
import { adam } from './adam.ts';
import { shapeFactor, shapeFlags } from './shapeFactor.ts';

/** 1 where β = 1, else 0. */
const isOne = (beta: Expr): Expr => sub(1, unary('sign', sub(1, beta)));
/** β · old + new where β = 1, a sum, else an average. */
const accumulated = (beta: Expr, old: Expr, next: Expr): Expr =>
  add(mul(beta, old), mul(add(sub(1, beta), isOne(beta)), next));

/** What parameters that are no matrices are told: Adam, at a rate of their own. */
export const OTHERS = {
  othersRate: { value: 1, domain: { above: 0 }, meaning: 'the rate of parameters that are no matrices, over η' },
  othersBeta1: share(0.9, 'β₁ of the Adam of parameters that are no matrices'),
  othersBeta2: share(0.999, 'β₂ of that Adam'),
  othersEpsilon: epsilon(1e-8, 'ε of that Adam'),
  smooth: flag(false, 'ε inside the root of that Adam'),
} as const;
export const LEFT_TO_ADAM = {
  optimizer: adam,
  rate: 'othersRate',
  settings: { beta1: 'othersBeta1', beta2: 'othersBeta2', epsilon: 'othersEpsilon' },
} as const;
export const BY_HEAD = flag(false, "take the update of each head's matrix alone");

/**
 * Shampoo (Gupta et al. 2018): (L + ε‖L‖)^(−1/p) M (R + ε‖R‖)^(−1/p), L = Σ G Gᵀ and R = Σ Gᵀ G over all steps at β₂ = 1,
 * their averages without bias below it, those of this step alone at β₂ = 0, and M an average of gradients. ε is in units of
 * the Frobenius norms, as libraries have it in units of the largest eigenvalue: an ε as such would have to grow with the
 * width as L does.
 */
export const shampoo = defineOptimizer({
  name: 'shampoo',
  source: 'Gupta et al. 2018, arXiv 1802.09568',
  learningRate: 0.02,
  hyperparameters: {
    momentum: share(0, 'what the average of gradients keeps of the past'),
    beta2: {
      value: 1,
      domain: { atLeast: 0, atMost: 1 },
      meaning: 'β₂, what L and R keep of the past; at 1 they are sums',
    },
    root: { value: 4, domain: { atLeast: 1, atMost: 64 }, meaning: 'p of L^(−1/p), a whole number' },
    epsilon: { value: 1e-6, domain: { above: 0 }, meaning: 'ε, over the Frobenius norm of L, or of R' },
    ...shapeFlags({ aspect: false }),
    byHead: BY_HEAD,
    ...OTHERS,
  },
  state: {
    first: 0,
    left: { initial: 0, extent: 'rowPairs' },
    right: { initial: 0, extent: 'columnPairs' },
    power2: scalar(1),
  },
  notes: ['rowProducts', 'columnProducts', 'leftMean', 'rightMean', 'preconditioned'],
  formulas: (now, next) => {
    const unbiased = (sum: Expr): Expr => div(sum, sub(1, mul(sub(1, isOne(now.beta2)), next.power2)));
    return {
      first: average(now.momentum, now.first, now.gradient),
      rowProducts: gramOf('rows', now.gradient),
      columnProducts: gramOf('columns', now.gradient),
      left: accumulated(now.beta2, now.left, next.rowProducts),
      right: accumulated(now.beta2, now.right, next.columnProducts),
      power2: mul(now.beta2, now.power2),
      leftMean: unbiased(next.left),
      rightMean: unbiased(next.right),
      preconditioned: matrixOf('precondition', next.first, { root: 'root', epsilon: 'epsilon' }, [
        next.leftMean,
        next.rightMean,
      ]),
      update: mul(shapeFactor(now), next.preconditioned),
    };
  },
  others: LEFT_TO_ADAM,
});

/** An average of gradients over its largest singular value: its step is the gradient's, its size that of the rate. */
export const spectral = defineOptimizer({
  name: 'spectral',
  source: 'the gradient over its operator norm, as in Miyato et al. 2018, arXiv 1802.05957, for weights',
  learningRate: 0.02,
  hyperparameters: {
    momentum: share(0.9, 'what the average of gradients keeps of the past'),
    squarings: {
      value: 24,
      domain: { atLeast: 0, atMost: 60 },
      meaning: 'j of the rank^(2^-j) by which the largest singular value may be off, a whole number',
    },
    byHead: BY_HEAD,
    ...OTHERS,
  },
  state: { first: 0 },
  formulas: (now, next) => ({
    first: average(now.momentum, now.first, now.gradient),
    update: matrixOf('spectralNormalize', next.first, { squarings: 'squarings' }),
  }),
  others: LEFT_TO_ADAM,
});
