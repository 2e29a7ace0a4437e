/** What schedules are made of: lines, cosines and steps of a whole number t. */

import {
  add,
  argument,
  constant,
  div,
  type Expr,
  type ExprLike,
  minimum,
  mul,
  sub,
  unary,
} from '../../program/index.ts';

/** The number of steps done. */
export const t = argument(0);

/** 1 from step `count` on, 0 before; t is a whole number. */
export const atLeast = (time: Expr, count: number): Expr => unary('step', sub(time, count - 0.5));

/** From one value to another in a line of so many steps, unbounded. */
export const line = (from: number, to: number, time: Expr, steps: ExprLike): Expr =>
  add(from, mul(to - from, div(time, steps)));

/** The share of so many steps that is done, at most 1. */
export const done = (time: Expr, steps: number): Expr => div(minimum(time, steps), steps);

/** From one value to another along half a cosine, at the share 0 to 1 of the way. */
export const cosineBetween = (from: ExprLike, to: ExprLike, share: Expr): Expr =>
  add(to, mul(mul(0.5, sub(from, to)), add(1, unary('cos', mul(Math.PI, share)))));

/** How many bits a count of whole periods has at most. */
const BITS = 20;

/**
 * ⌊t/every⌋ for whole numbers, below 2^20. The language has no floor; bit k of ⌊y⌋ is set where sin(πy/2^k) < 0, and
 * y = (t + ½)/every is never near a whole number.
 */
export function wholePeriods(time: Expr, every: number): Expr {
  const y = div(add(time, 0.5), every);
  const bits = Array.from({ length: BITS }, (_, k): Expr => {
    const set = unary('step', unary('neg', unary('sin', mul(Math.PI / 2 ** k, y))));
    return mul(2 ** k, set);
  });
  return bits.reduce((sum, bit) => add(sum, bit), constant(0));
}
