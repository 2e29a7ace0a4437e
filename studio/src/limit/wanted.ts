/** Everything that the limit page trains for what it is told. */

import type { LimitSpec, PageSpec } from '../problem/spec.ts';

/** What of a side is trained, by key: its limit, and networks. */
export interface Wanted {
  readonly key: string;
  readonly side: LimitSpec;
  /** Absent of the limit. */
  readonly network?: { readonly width: number; readonly seed: number };
}

/** That of the slider, then those beside it. */
export const shownWidths = ({ width, beside }: PageSpec): readonly number[] => [
  ...new Set([...(Number.isFinite(width) ? [width] : []), ...beside]),
];

/** Limits first, then what the slider shows, then what stands beside it. */
export function wantedOf(spec: PageSpec | undefined): readonly Wanted[] {
  if (spec === undefined) return [];
  const { seeds, sides } = spec;
  const widths = shownWidths(spec);
  const limits = sides.map((side): Wanted => ({ key: keyOf(side), side }));
  const networks = widths.flatMap((width) =>
    Array.from({ length: seeds }, (_, k) => k).flatMap((k) =>
      sides.map((side): Wanted => {
        const network = { width, seed: side.seed + k };
        return { key: keyOf(side, network), side, network };
      }),
    ),
  );
  return [...limits, ...networks];
}

/** What is computed from equal words is equal: a network does not depend on how the limit is sampled. */
export function keyOf(side: LimitSpec, network?: { readonly width: number; readonly seed: number }): string {
  if (network === undefined) return JSON.stringify(side);
  const { samples: _, scramblings: __, seed: ___, ...told } = side;
  return JSON.stringify([told, network.width, network.seed]);
}
