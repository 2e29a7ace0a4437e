/** Derivatives of an encoder's logits by central differences. */

import type { Program, Tensors } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';

/** What gradients must meet, relative to the derivative. */
export const DERIVATIVE_TOLERANCE = 1e-6;

/** Σ over examples and classes of seed · logit. */
function output(program: Program, feeds: Tensors, seed: readonly number[]): number {
  const logits = interpret(program, feeds).logits?.data ?? new Float64Array();
  return logits.reduce((sum, value, k) => sum + value * (seed[k % seed.length] ?? 0), 0);
}

/** The derivative along a direction in some parameters, by fourth-order central differences. */
export function difference(
  program: Program,
  feeds: Tensors,
  seed: readonly number[],
  direction: Tensors,
  step: number,
): number {
  const at = (t: number): number => {
    const moved = Object.entries(direction).map(([name, { axes, shape, data }]) => {
      const base = feeds[name]?.data ?? new Float64Array(data.length);
      return [name, { axes, shape, data: Float64Array.from(data, (u, k) => (base[k] ?? 0) + t * u) }] as const;
    });
    return output(program, { ...feeds, ...Object.fromEntries(moved) }, seed);
  };
  return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
}

/** Σ of products of entries. */
export const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
};
