/** Parts of formulas that several optimizers have in common, those of theory 5. */

import { add, div, type Expr, type ExprLike, mul, square, sub, unary } from '../program/index.ts';
import type { Hyperparameter } from './optimizer.ts';

/** β · old + (1 − β) · new: an exponential moving average. */
export const average = (beta: Expr, old: Expr, next: ExprLike): Expr => add(mul(beta, old), mul(sub(1, beta), next));

/** An average that started from 0, as if it had not: x/(1 − β^t). */
export const unbiased = (value: Expr, power: Expr): Expr => div(value, sub(1, power));

/** One of two finite values by a condition that is 0 or 1; a flag folds to one of them. */
export const choose = (condition: Expr, yes: ExprLike, no: ExprLike): Expr =>
  add(mul(condition, yes), mul(sub(1, condition), no));

/**
 * √v kept away from 0: √v + ε as libraries have it, or √(v + ε²), smooth at 0, as IVb 2.1 does. The smooth form is for
 * infinite-width limits, whose proofs ask for derivatives.
 */
export const guardedRoot = (second: Expr, epsilon: Expr, smooth: Expr): Expr =>
  choose(smooth, unary('sqrt', add(second, square(epsilon))), add(unary('sqrt', second), epsilon));

/** The share that an average keeps of its past. */
export const share = (value: number, meaning: string): Hyperparameter => ({
  value,
  domain: { atLeast: 0, below: 1 },
  meaning,
});

export const flag = (value: boolean, meaning: string): Hyperparameter => ({ value, domain: {}, meaning });

export const epsilon = (value: number, meaning = 'ε, which keeps divisors away from 0'): Hyperparameter => ({
  value,
  domain: { atLeast: 0 },
  meaning,
});

/** Which of the two conventions for ε holds. */
export const SMOOTH = flag(false, 'ε inside the root, √(v + ε²), in place of √v + ε');
