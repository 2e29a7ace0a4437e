/** Stochastic gradient descent, and the sign methods beside it. */

import { add, mul, sub, unary } from '../../program/index.ts';
import { average, choose, flag, share } from '../common.ts';
import { defineOptimizer, variant } from '../define.ts';

/**
 * Gradient descent, with momentum and Nesterov's look-ahead where asked for (Sutskever et al. 2013, as PyTorch has it:
 * the momentum sums gradients, m ← μm + (1 − δ)g, and the first step takes m = g whatever the dampening δ).
 */
export const sgd = defineOptimizer({
  name: 'sgd',
  source: 'torch.optim.SGD',
  learningRate: 0.001,
  hyperparameters: {
    momentum: share(0, 'μ, what is kept of the past steps'),
    dampening: { value: 0, domain: { atLeast: 0, atMost: 1 }, meaning: 'δ, what is left out of each new gradient' },
    nesterov: flag(false, 'look ahead: the step is g + μm'),
  },
  state: { velocity: 0 },
  formulas: ({ gradient, velocity, momentum, dampening, nesterov, step }, next) => {
    // 0 at the first step, 1 from then on.
    const later = unary('step', sub(step, 1));
    const ahead = choose(nesterov, add(gradient, mul(momentum, next.velocity)), next.velocity);
    return {
      velocity: add(mul(momentum, velocity), mul(sub(1, mul(dampening, later)), gradient)),
      update: ahead,
    };
  },
});

export const momentum = variant(sgd, 'momentum', 'torch.optim.SGD', { momentum: 0.9 });

export const nesterov = variant(sgd, 'nesterov', 'torch.optim.SGD', { momentum: 0.9, nesterov: true });

/** The sign of an average of gradients, m ← βm + (1 − β)g (Bernstein et al. 2018, algorithm 2); sign(0) = 0. */
export const signum = defineOptimizer({
  name: 'signum',
  source: 'Bernstein et al. 2018, arXiv 1802.04434, algorithm 2',
  learningRate: 0.001,
  hyperparameters: { momentum: share(0.9, 'β, what the average keeps of the past') },
  state: { first: 0 },
  formulas: ({ gradient, first, momentum: beta }, next) => ({
    first: average(beta, first, gradient),
    update: unary('sign', next.first),
  }),
});

/** The sign of the gradient (Bernstein et al. 2018, algorithm 1): Signum without memory. */
export const signsgd = variant(signum, 'signsgd', 'Bernstein et al. 2018, arXiv 1802.04434, algorithm 1', {
  momentum: 0,
});

/** The sign of one average while another is remembered (Chen et al. 2023). */
export const lion = defineOptimizer({
  name: 'lion',
  source: 'Chen et al. 2023, arXiv 2302.06675, program 1',
  learningRate: 1e-4,
  hyperparameters: {
    beta1: share(0.9, 'β₁, what the average that is stepped along keeps of the past'),
    beta2: share(0.99, 'β₂, what the average that is remembered keeps of the past'),
  },
  state: { first: 0 },
  formulas: ({ gradient, first, beta1, beta2 }) => ({
    first: average(beta2, first, gradient),
    update: unary('sign', average(beta1, first, gradient)),
  }),
});
