/** What our wall time is held to, and when it may be judged. */

import { BUSY_SHARE } from '../harness/machine.ts';
import type { Variant } from './peer.ts';

/** Most that our wall time may be of the stock rival's, by tokens. */
const BOUNDS: ReadonlyMap<number, number> = new Map([
  [32, 0.65],
  [128, 0.7],
]);
/** The rival and the sizes that the bounds are stated for. */
const YARDSTICK: Variant = 'stock';
const STATED = { layers: 6, examples: 64, threads: 2 } as const;

/** Fewer rounds than this give no verdict. */
const MIN_ROUNDS = 7;

/** What decides whether a bound is stated. */
export interface Setting {
  readonly tokens: number;
  readonly layers: number;
  readonly examples: number;
  readonly threads: number;
  readonly variants: readonly Variant[];
  readonly chunk?: number;
}

/** The bound on the wall ratio to the yardstick, or why none is stated. */
export function boundOf(
  setting: Setting,
): { readonly bound: number; readonly yardstick: Variant } | { readonly none: string } {
  const { tokens, variants, chunk } = setting;
  const bound = BOUNDS.get(tokens);
  if (bound === undefined) return { none: 'no bound is set for so many tokens' };
  if (!variants.includes(YARDSTICK)) return { none: `the bound is set for the ${YARDSTICK} rival` };
  if (chunk !== undefined) return { none: `the bound is set for the chunks of the ${YARDSTICK} rival` };
  const other = (['layers', 'examples', 'threads'] as const).find((size) => setting[size] !== STATED[size]);
  return other === undefined
    ? { bound, yardstick: YARDSTICK }
    : { none: `the bound is set for ${STATED[other]} ${other}` };
}

/** Why measurements give no verdict, if so. */
export function unfit(measured: {
  readonly before: number;
  readonly enough: boolean;
  readonly disturbed: number;
  readonly rounds: number;
}): string | undefined {
  const { before, enough, disturbed, rounds } = measured;
  if (!enough) return `others took more than ${percent(BUSY_SHARE)} of the machine during ${disturbed} rounds`;
  if (before > BUSY_SHARE) return `others took ${percent(before)} of the machine before the first round`;
  return rounds < MIN_ROUNDS ? `${rounds} rounds are fewer than ${MIN_ROUNDS}` : undefined;
}

/** A share as a person reads it. */
export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
