/**
 * Adam and its relatives.
 *
 * Notation: m and v are averages of gradients and of their squares (`first`, `second`); `power1` and `power2` are β₁^t
 * and β₂^t, kept as running products, so that a program computes no power of t and β may follow a schedule.
 */

import { add, div, type Expr, maximum, mul, pow, square, sub, unary } from '../../program/index.ts';
import { average, choose, epsilon, flag, guardedRoot, SMOOTH, share, unbiased } from '../common.ts';
import { defineOptimizer, scalar, variant } from '../define.ts';

const BETA1 = share(0.9, 'β₁, what the average of gradients keeps of the past');
const BETA2 = share(0.999, 'β₂, what the average of squares keeps of the past');
const FROM_ZERO = { first: 0, second: 0 } as const;
const POWERS = { power1: scalar(1), power2: scalar(1) } as const;

/**
 * Adam (Kingma & Ba 2015, algorithm 1): Q = m̂/(√v̂ + ε), or m̂/√(v̂ + ε²) where `smooth`.
 *
 * `amsgrad` divides by the largest v so far (Reddi et al. 2018) as PyTorch does: the largest of the biased v, unbiased
 * afterwards, where the paper does without any correction.
 */
export const adam = defineOptimizer({
  name: 'adam',
  source: 'Kingma & Ba 2015, arXiv 1412.6980; torch.optim.Adam',
  learningRate: 0.001,
  hyperparameters: {
    beta1: BETA1,
    beta2: BETA2,
    epsilon: epsilon(1e-8),
    smooth: SMOOTH,
    amsgrad: flag(false, 'divide by the largest v so far'),
  },
  state: { ...FROM_ZERO, largest: 0, ...POWERS },
  formulas: (now, next) => ({
    first: average(now.beta1, now.first, now.gradient),
    second: average(now.beta2, now.second, square(now.gradient)),
    largest: maximum(now.largest, next.second),
    power1: mul(now.beta1, now.power1),
    power2: mul(now.beta2, now.power2),
    update: div(
      unbiased(next.first, next.power1),
      guardedRoot(unbiased(choose(now.amsgrad, next.largest, next.second), next.power2), now.epsilon, now.smooth),
    ),
  }),
});

/** Adam with decoupled weight decay (Loshchilov & Hutter 2019); its λ is PyTorch's, multiplied by the rate. */
export const adamw = variant(adam, 'adamw', 'Loshchilov & Hutter 2019, arXiv 1711.05101; torch.optim.AdamW', {
  decoupledDecay: 0.01,
});

/** Adam divided by the largest v so far; see {@link adam} for how the library differs from the paper. */
export const amsgrad = variant(adam, 'amsgrad', 'Reddi et al. 2018, arXiv 1904.09237; torch.optim.Adam(amsgrad=True)', {
  amsgrad: true,
});

/** The base of the momentum schedule in Dozat's NAdam. */
const NADAM_BASE = 0.96;

/**
 * Adam with Nesterov's look-ahead (Dozat 2016) and a momentum that warms up, μ_t = β₁(1 − ½·0.96^(tψ)); the products of
 * μ and the powers of 0.96^ψ are scalar states.
 */
export const nadam = defineOptimizer({
  name: 'nadam',
  source: 'Dozat 2016; torch.optim.NAdam',
  learningRate: 0.002,
  hyperparameters: {
    beta1: BETA1,
    beta2: BETA2,
    epsilon: epsilon(1e-8),
    smooth: SMOOTH,
    momentumDecay: { value: 0.004, domain: { atLeast: 0 }, meaning: 'ψ, how fast the momentum warms up' },
  },
  state: { ...FROM_ZERO, warmth: scalar(1), product: scalar(1), power2: scalar(1) },
  notes: ['momentum', 'momentumAfter'],
  formulas: (now, next) => {
    const warmer = (warmth: Expr): Expr => mul(warmth, pow(NADAM_BASE, now.momentumDecay));
    const momentum = (warmth: Expr): Expr => mul(now.beta1, sub(1, mul(0.5, warmth)));
    return {
      first: average(now.beta1, now.first, now.gradient),
      second: average(now.beta2, now.second, square(now.gradient)),
      warmth: warmer(now.warmth),
      momentum: momentum(next.warmth),
      momentumAfter: momentum(warmer(next.warmth)),
      product: mul(now.product, next.momentum),
      power2: mul(now.beta2, now.power2),
      update: div(
        add(
          mul(div(sub(1, next.momentum), sub(1, next.product)), now.gradient),
          mul(div(next.momentumAfter, sub(1, mul(next.product, next.momentumAfter))), next.first),
        ),
        guardedRoot(unbiased(next.second, next.power2), now.epsilon, now.smooth),
      ),
    };
  },
});

/** Below this length of the approximated average, v is too uncertain to divide by. */
const RADAM_LEAST = 5;

/**
 * Rectified Adam (Liu et al. 2020, algorithm 2): plain momentum until the average of squares holds enough of them, from
 * then on Adam times the rectification r_t.
 *
 * As in PyTorch ε is added to √v before the bias of v is corrected, m̂ r √(1 − β₂^t)/(√v + ε); the paper has no ε. The
 * smooth form is m̂ r √(1 − β₂^t)/√(v + ε²).
 */
export const radam = defineOptimizer({
  name: 'radam',
  source: 'Liu et al. 2020, arXiv 1908.03265; torch.optim.RAdam',
  learningRate: 0.001,
  hyperparameters: { beta1: BETA1, beta2: BETA2, epsilon: epsilon(1e-8), smooth: SMOOTH },
  state: { ...FROM_ZERO, ...POWERS },
  notes: ['length', 'enough', 'rectified'],
  formulas: (now, next) => {
    const longest = sub(div(2, sub(1, now.beta2)), 1);
    // Clamped where momentum is plain, so that what is not chosen is finite.
    const [length, most] = [maximum(next.length, RADAM_LEAST), maximum(longest, RADAM_LEAST)];
    return {
      first: average(now.beta1, now.first, now.gradient),
      second: average(now.beta2, now.second, square(now.gradient)),
      power1: mul(now.beta1, now.power1),
      power2: mul(now.beta2, now.power2),
      length: sub(longest, div(mul(mul(2, now.step), next.power2), sub(1, next.power2))),
      enough: unary('step', sub(next.length, RADAM_LEAST)),
      rectified: unary(
        'sqrt',
        div(
          mul(mul(mul(sub(length, 4), sub(length, 2)), most), sub(1, next.power2)),
          mul(mul(sub(most, 4), sub(most, 2)), length),
        ),
      ),
      update: div(
        unbiased(next.first, next.power1),
        choose(next.enough, div(guardedRoot(next.second, now.epsilon, now.smooth), next.rectified), 1),
      ),
    };
  },
});

/**
 * Adam with the largest gradient in place of the root of squares (Kingma & Ba 2015, algorithm 2): u ← max(β₂u, |g| + ε).
 * The paper has no ε; PyTorch adds it to |g|. The smooth form takes √(g² + ε²).
 */
export const adamax = defineOptimizer({
  name: 'adamax',
  source: 'Kingma & Ba 2015, arXiv 1412.6980, algorithm 2; torch.optim.Adamax',
  learningRate: 0.002,
  hyperparameters: { beta1: BETA1, beta2: BETA2, epsilon: epsilon(1e-8), smooth: SMOOTH },
  state: { first: 0, largest: 0, power1: scalar(1) },
  formulas: (now, next) => ({
    first: average(now.beta1, now.first, now.gradient),
    largest: maximum(
      mul(now.beta2, now.largest),
      choose(
        now.smooth,
        unary('sqrt', add(square(now.gradient), square(now.epsilon))),
        add(unary('abs', now.gradient), now.epsilon),
      ),
    ),
    power1: mul(now.beta1, now.power1),
    update: div(unbiased(next.first, next.power1), next.largest),
  }),
});
