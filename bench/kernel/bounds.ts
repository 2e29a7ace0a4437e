/** What our wall time is held to. */

import type { RivalKernel, Variant } from './peer.ts';

/** Most that our wall time may be of the stock rival's, by tokens. */
const BOUNDS: Readonly<Record<RivalKernel, ReadonlyMap<number, number>>> = {
  sgd: new Map([
    [32, 0.65],
    [128, 0.7],
  ]),
  signgd: new Map([
    [32, 0.5],
    [128, 0.5],
  ]),
};
/** The rival and the sizes that the bounds are stated for. */
const YARDSTICK: Variant = 'stock';
const STATED = { layers: 6, examples: 64, threads: 2 } as const;

/** What decides whether a bound is stated. */
export interface Setting {
  readonly kernel: RivalKernel;
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
  const { kernel, tokens, variants, chunk } = setting;
  const bound = BOUNDS[kernel].get(tokens);
  if (bound === undefined) return { none: 'no bound is set for so many tokens' };
  if (!variants.includes(YARDSTICK)) return { none: `the bound is set for the ${YARDSTICK} rival` };
  if (chunk !== undefined) return { none: `the bound is set for the chunks of the ${YARDSTICK} rival` };
  const other = (['layers', 'examples', 'threads'] as const).find((size) => setting[size] !== STATED[size]);
  return other === undefined
    ? { bound, yardstick: YARDSTICK }
    : { none: `the bound is set for ${STATED[other]} ${other}` };
}
