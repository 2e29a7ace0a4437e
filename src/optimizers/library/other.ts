/** Optimizers of families of their own. */

import { add, div, maximum, minimum, mul, pow, sub, unary } from '../../program/index.ts';
import { defineOptimizer } from '../define.ts';

/**
 * Resilient propagation (Riedmiller & Braun 1993): steps of a size of their own, which grows while the sign of the
 * gradient stays and shrinks when it turns; then the gradient counts as 0 once, as PyTorch has it (iRprop−, Igel &
 * Hüsken 2000).
 *
 * η is what the step sizes start from and multiplies nothing; n^(−c) and limits act on the step as on any other Q.
 */
export const rprop = defineOptimizer({
  name: 'rprop',
  source: 'Riedmiller & Braun 1993; torch.optim.Rprop',
  learningRate: 0.01,
  hyperparameters: {
    shrink: { value: 0.5, domain: { above: 0, below: 1 }, meaning: 'η₋, the factor where the sign turns' },
    grow: { value: 1.2, domain: { above: 1 }, meaning: 'η₊, the factor where the sign stays' },
    smallest: { value: 1e-6, domain: { atLeast: 0 }, meaning: 'the smallest step' },
    largest: { value: 50, domain: { above: 0 }, meaning: 'the largest step' },
  },
  state: { previous: 0, size: { initial: 'learningRate' } },
  notes: ['turned', 'seen'],
  formulas: ({ gradient, previous, size, shrink, grow, smallest, largest }, next) => {
    const product = mul(gradient, previous);
    const stayed = unary('step', product);
    const neither = sub(sub(1, stayed), next.turned);
    const factor = add(add(mul(grow, stayed), mul(shrink, next.turned)), neither);
    return {
      turned: unary('step', unary('neg', product)),
      size: minimum(maximum(mul(size, factor), smallest), largest),
      seen: mul(sub(1, next.turned), gradient),
      previous: next.seen,
      rate: 1,
      update: mul(unary('sign', next.seen), next.size),
    };
  },
});

/**
 * Averaged gradient descent (Polyak & Juditsky 1992, as in PyTorch after Bottou): a falling rate η/(1 + ληt)^α, decay
 * by λ, and beside the weight its average, kept as state `average`, from step t₀ on.
 */
export const asgd = defineOptimizer({
  name: 'asgd',
  source: 'Polyak & Juditsky 1992; torch.optim.ASGD',
  learningRate: 0.01,
  hyperparameters: {
    lambda: { value: 1e-4, domain: { atLeast: 0 }, meaning: 'λ, of decay and of the falling rate' },
    alpha: { value: 0.75, domain: { atLeast: 0 }, meaning: 'α, the power with which the rate falls' },
    start: { value: 1e6, domain: { atLeast: 0 }, meaning: 't₀, the step after which weights are averaged' },
  },
  state: { average: { initial: 0, kept: true } },
  formulas: ({ gradient, weight, average, step, learningRate, lambda, alpha, start }, next) => ({
    rate: div(learningRate, pow(add(1, mul(mul(lambda, learningRate), sub(step, 1))), alpha)),
    update: add(gradient, mul(lambda, weight)),
    // The share of the newest weight is 1 until averaging starts.
    average: add(average, mul(sub(next.weight, average), div(1, maximum(1, sub(sub(step, 1), start))))),
  }),
});
