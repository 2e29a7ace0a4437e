/** How near 0 the limit of a probe comes, by its entries' estimates. */

import { at } from '../../../numeric/index.ts';
import type { EntryLimit } from '../limits.ts';
import { between } from './bounds.ts';
import type { Reach } from './singular.ts';

/** Standard errors within which an estimate may be 0; eight scramblings leave chance less than a thousandth of this. */
const MARGIN = 6;
/** An exact limit below this is rounding of what cancelled. */
const ROUNDING = 1e-13;

/** Undefined for no entries. */
export function reachOf(entries: readonly EntryLimit[]): Reach | undefined {
  if (entries.length === 0) return undefined;
  const isExact = ({ sampled }: EntryLimit): boolean => sampled !== undefined;
  const widest = entries.map(({ limit, standardError }) => MARGIN * standardError + ROUNDING * Math.abs(limit));
  const low = entries.reduce((least, { limit }, k) => Math.min(least, limit - at(widest, k)), Infinity);
  const high = entries.reduce((most, { limit }, k) => Math.max(most, limit + at(widest, k)), -Infinity);
  const near = entries.filter(({ limit }, k) => !(Math.abs(limit) > Math.max(ROUNDING, at(widest, k))));
  const zero = near.some(isExact) ? 'exactly' : near.length > 0 ? 'perhaps' : 'no';
  return { bounds: between(low, high, zero === 'no'), zero };
}
