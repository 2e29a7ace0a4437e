/** Whether two sides train alike: their losses step by step. */

import { at } from '../../src/numeric/index.ts';

/**
 * Losses further apart than this, relative to themselves, are different ones. The first steps agree to 1e-6, as f32 does.
 * Later rounding shows: where a gradient is about 0, it decides the sign of an Adam step, and units of relu that are about
 * to turn on or off. Over 20 steps at the rate of workloads.ts sides were at most 8e-5 apart (multilayer perceptron of
 * width 1024; 6e-5 at 4096, 1e-6 for the GPT), at ten times that rate 1e-2, which is why it is not larger.
 */
export const SAME_LOSS = 2e-4;

export interface Agreement {
  /** Largest relative difference, and the step where it is, from 1 on. */
  readonly difference: number;
  readonly step: number;
  readonly agrees: boolean;
}

/** Compares losses of as many steps; NaN where they are not as many, or one is none. */
export function compareLosses(ours: readonly number[], theirs: readonly number[]): Agreement {
  if (ours.length !== theirs.length || ours.length === 0) return { difference: Number.NaN, step: 1, agrees: false };
  const differences = ours.map((loss, k) => Math.abs(loss - at(theirs, k)) / Math.abs(at(theirs, k)));
  const wrong = differences.findIndex(Number.isNaN);
  const worst = wrong >= 0 ? wrong : differences.indexOf(Math.max(...differences));
  const difference = at(differences, worst);
  return { difference, step: worst + 1, agrees: difference <= SAME_LOSS };
}
