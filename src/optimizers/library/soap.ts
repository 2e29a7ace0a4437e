/** Adam in the eigenbases of Shampoo's statistics. */

import { add, div, mul, square, unary } from '../../program/index.ts';
import { average, epsilon, share, unbiased } from '../common.ts';
import { defineOptimizer, gramOf, matrixOf, scalar } from '../define.ts';
import { BY_HEAD, LEFT_TO_ADAM, OTHERS } from './shampoo.ts';
import { shapeFactor, shapeFlags } from './shapeFactor.ts';

/**
 * SOAP (Vyas et al. 2024, algorithm 3): with L and R averages of G Gᵀ and Gᵀ G and Q_L, Q_R their eigenvectors by falling
 * eigenvalue, Q = Q_L N Q_Rᵀ, N = m̂/(√v̂ + ε), m = Q_Lᵀ M Q_R of an average M of gradients and v the average of the squares of
 * Q_Lᵀ G Q_R, entry by entry.
 *
 * Bases are exact and new at every step, and those of statistics that this step's gradient is in: one of low rank then
 * has no part outside the spans of eigenvalues above 0, where a basis would be anybody's choice. (The published code takes the bases of
 * the step before, refreshed by one QR step now and then, and only collects statistics in its first step.)
 */
export const soap = defineOptimizer({
  name: 'soap',
  source: 'Vyas et al. 2024, arXiv 2409.11321',
  learningRate: 0.003,
  hyperparameters: {
    beta1: share(0.95, 'β₁, what the average of gradients keeps of the past'),
    beta2: share(0.95, 'β₂, what the average of squares keeps of the past'),
    shampooBeta: share(0.95, 'what L and R keep of the past'),
    epsilon: epsilon(1e-8),
    ...shapeFlags({ aspect: false }),
    byHead: BY_HEAD,
    ...OTHERS,
  },
  state: {
    first: 0,
    second: 0,
    left: { initial: 0, extent: 'rowPairs' },
    right: { initial: 0, extent: 'columnPairs' },
    power1: scalar(1),
    power2: scalar(1),
  },
  notes: ['rowProducts', 'columnProducts', 'rotated', 'rotatedFirst', 'quotient', 'back'],
  formulas: (now, next) => {
    const statistics = [next.left, next.right];
    return {
      first: average(now.beta1, now.first, now.gradient),
      rowProducts: gramOf('rows', now.gradient),
      columnProducts: gramOf('columns', now.gradient),
      left: average(now.shampooBeta, now.left, next.rowProducts),
      right: average(now.shampooBeta, now.right, next.columnProducts),
      rotated: matrixOf('intoEigenbases', now.gradient, {}, statistics),
      rotatedFirst: matrixOf('intoEigenbases', next.first, {}, statistics),
      second: average(now.beta2, now.second, square(next.rotated)),
      power1: mul(now.beta1, now.power1),
      power2: mul(now.beta2, now.power2),
      quotient: div(
        unbiased(next.rotatedFirst, next.power1),
        add(unary('sqrt', unbiased(next.second, next.power2)), now.epsilon),
      ),
      back: matrixOf('outOfEigenbases', next.quotient, {}, statistics),
      update: mul(shapeFactor(now), next.back),
    };
  },
  others: LEFT_TO_ADAM,
});
