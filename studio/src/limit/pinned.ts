/** Pins as figures of one side take them. */

import { DASHES } from '../problem/pins.ts';
import type { PinnedSide } from './figures/common.ts';
import type { Pinned } from './session.ts';

export const dashOf = (place: number): string => DASHES[place % DASHES.length] ?? '4 4';

/** Those that have come to something, on one side of the page. */
export function pinnedSides(pinned: readonly Pinned[], side: 0 | 1): readonly PinnedSide[] {
  return pinned.flatMap(({ place, spec, views }) => {
    const [own, view] = [spec?.sides[side], views?.[side]];
    if (spec === undefined || own === undefined || view === undefined) return [];
    return [{ number: place + 1, dash: dashOf(place), spec, side: own, view }];
  });
}
