/** Optimizers that divide by sums or averages of squares, without Adam's first moment. */

import { add, div, maximum, mul, square, sub, unary } from '../../program/index.ts';
import { average, choose, epsilon, flag, guardedRoot, SMOOTH, share } from '../common.ts';
import { defineOptimizer } from '../define.ts';

/** Division by the root of the sum of all squares (Duchi et al. 2011, diagonal), with PyTorch's falling rate. */
export const adagrad = defineOptimizer({
  name: 'adagrad',
  source: 'Duchi, Hazan & Singer 2011; torch.optim.Adagrad',
  learningRate: 0.01,
  hyperparameters: {
    rateDecay: { value: 0, domain: { atLeast: 0 }, meaning: 'the rate at step t is η/(1 + (t − 1) · this)' },
    initialSum: { value: 0, domain: { atLeast: 0 }, meaning: 'what the sum of squares starts from' },
    epsilon: epsilon(1e-10),
    smooth: SMOOTH,
  },
  state: { sum: { initial: 'initialSum' } },
  formulas: (now, next) => ({
    sum: add(now.sum, square(now.gradient)),
    rate: div(now.learningRate, add(1, mul(now.rateDecay, sub(now.step, 1)))),
    update: div(now.gradient, guardedRoot(next.sum, now.epsilon, now.smooth)),
  }),
});

/**
 * Steps whose units are those of the weight (Zeiler 2012, algorithm 1): Δ = √(E[Δ²] + ε)/√(E[g²] + ε) · g. The paper has
 * no rate; PyTorch's multiplies Δ. Here ε is added to squares and the root is smooth as it is.
 */
export const adadelta = defineOptimizer({
  name: 'adadelta',
  source: 'Zeiler 2012, arXiv 1212.5701; torch.optim.Adadelta',
  learningRate: 1,
  hyperparameters: {
    rho: share(0.9, 'ρ, what the averages of squares keep of the past'),
    epsilon: epsilon(1e-6, 'ε, added to both averages of squares'),
  },
  state: { second: 0, moved: 0 },
  formulas: ({ gradient, second, moved, rho, epsilon: small }, next) => ({
    second: average(rho, second, square(gradient)),
    moved: average(rho, moved, square(next.update)),
    update: mul(div(unary('sqrt', add(moved, small)), unary('sqrt', add(next.second, small))), gradient),
  }),
});

/**
 * Division by the root of an average of squares (Hinton's lecture 6e, 2012), less the square of the average gradient
 * where `centered` (Graves 2013), with momentum on the result.
 *
 * Rounding may leave v − m² slightly negative, whose root PyTorch takes (NaN); here it counts as 0.
 */
export const rmsprop = defineOptimizer({
  name: 'rmsprop',
  source: 'Tieleman & Hinton 2012; Graves 2013, arXiv 1308.0850; torch.optim.RMSprop',
  learningRate: 0.01,
  hyperparameters: {
    alpha: share(0.99, 'α, what the averages keep of the past'),
    momentum: share(0, 'μ, what is kept of the past steps'),
    centered: flag(false, 'divide by the deviation from the average gradient'),
    epsilon: epsilon(1e-8),
    smooth: SMOOTH,
  },
  state: { second: 0, first: 0, velocity: 0 },
  notes: ['direction'],
  formulas: (now, next) => ({
    second: average(now.alpha, now.second, square(now.gradient)),
    first: average(now.alpha, now.first, now.gradient),
    direction: div(
      now.gradient,
      guardedRoot(
        choose(now.centered, maximum(sub(next.second, square(next.first)), 0), next.second),
        now.epsilon,
        now.smooth,
      ),
    ),
    velocity: add(mul(now.momentum, now.velocity), next.direction),
    update: next.velocity,
  }),
});
